//! What agents change of their own: name, password, second factor, devices. Each act is one transaction
//! with its row in the audit log.

use serde_json::json;

use super::account_store as store;
use super::session_store;
use super::totp::TotpSecret;
use crate::audit::{self, Act, By, Changes};
use crate::clock::{Random, Timestamp};
use crate::conversations::ActingAgent;
use crate::db::{Error, Tx};
use crate::ids::{AgentId, WorkspaceId};
use crate::mail::alerts;
use crate::mail::alerts::wishes::{About, Wishes};
use crate::mail::{EmailAddress, outbox};
use crate::secrets::token_hash;
use crate::workspaces::Name;

/// Recovery codes that are made at once.
pub const RECOVERY_CODES: usize = 10;
/// Characters of a recovery code: about 50 bits of chance each.
const CODE_CHARS: usize = 10;
/// Crockford's base32: no letter that looks like a digit.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// New recovery codes, as they are shown once: `xxxxx-xxxxx`.
pub fn draw_codes(random: &Random) -> Vec<String> {
    let code = |_| {
        let mut bytes = [0; CODE_CHARS];
        random.fill(&mut bytes);
        let text: String = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect();
        format!("{}-{}", &text[..CODE_CHARS / 2], &text[CODE_CHARS / 2..])
    };
    (0..RECOVERY_CODES).map(code).collect()
}

/// A code as it is compared: however it was typed.
fn folded(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Whether this is the agent's code now: of the app, or a recovery code, which is used up by it.
pub async fn proves(tx: &mut Tx, ws: WorkspaceId, id: AgentId, code: &str) -> Result<bool, Error> {
    let now = tx.moment.now;
    let Some((secret, last)) = store::factor(tx.conn(), ws, id).await? else { return Ok(false) };
    if let Some(step) = secret.step_of(code, now, last) {
        return store::use_step(tx.conn(), ws, id, step).await;
    }
    store::use_code(tx.conn(), ws, id, &token_hash(folded(code).as_bytes())).await
}

/// Another name, for colleagues and visitors.
pub async fn rename(tx: &mut Tx, by: &ActingAgent, name: &Name) -> Result<(), Error> {
    if by.name == name.as_str() {
        return Ok(());
    }
    super::managing_store::save(tx.conn(), by.workspace_id, by.id, name.as_str(), by.role).await?;
    tx.names_changed();
    let mut changes = Changes::default();
    changes.note("name", &by.name.as_str(), &name.as_str());
    note(tx, by, "agent.changed", changes).await
}

/// Which mails they get from now on. Whoever stopped them by the link in one and wants any gets them again.
pub async fn set_mails(tx: &mut Tx, by: &ActingAgent, wishes: Wishes) -> Result<(), Error> {
    let any = About::ALL.into_iter().any(|about| wishes.wants(about)) || wishes.wants_digest(by.role);
    let agent = super::managing_store::find(tx.conn(), by.workspace_id, by.id).await?.filter(|_| any);
    if let Some(address) = agent.and_then(|agent| EmailAddress::parse(&agent.email)) {
        outbox::takes_mail(tx, by.workspace_id, &address).await?;
    }
    let before = Wishes::parse(&alerts::stored_wishes(tx.conn(), by.workspace_id, by.id).await?);
    if before == wishes {
        return Ok(());
    }
    alerts::set_wishes(tx.conn(), by.workspace_id, by.id, &wishes.stored()).await?;
    let changes = Changes::default().with("mails", before, wishes);
    note(tx, by, "agent.mails_changed", changes).await
}

/// Another password: every other device is signed out.
pub async fn set_password(tx: &mut Tx, by: &ActingAgent, hash: &str, this: &[u8; 32]) -> Result<(), Error> {
    super::store::set_password(tx.conn(), by.workspace_id, by.id, hash).await?;
    store::end_others(tx.conn(), by.workspace_id, by.id, this).await?;
    store::end_halves(tx.conn(), by.workspace_id, by.id).await?;
    note(tx, by, "agent.password_changed", Changes::default()).await
}

/// The second factor is on from now on, if the code is the secret's. Gives whether it was; its recovery codes
/// take the place of older ones.
pub async fn switch_on(
    tx: &mut Tx,
    by: &ActingAgent,
    secret: &TotpSecret,
    code: &str,
    codes: &[String],
) -> Result<bool, Error> {
    let (ws, now) = (by.workspace_id, tx.moment.now);
    let Some(step) = secret.step_of(code, now, 0) else { return Ok(false) };
    store::set_factor(tx.conn(), ws, by.id, Some(secret), step).await?;
    save_codes(tx, by, codes).await?;
    note(tx, by, "agent.second_factor_on", Changes::default()).await?;
    Ok(true)
}

/// New recovery codes in the place of the older ones.
pub async fn renew_codes(tx: &mut Tx, by: &ActingAgent, codes: &[String]) -> Result<(), Error> {
    save_codes(tx, by, codes).await?;
    note(tx, by, "agent.codes_renewed", Changes::default()).await
}

async fn save_codes(tx: &mut Tx, by: &ActingAgent, codes: &[String]) -> Result<(), Error> {
    store::drop_codes(tx.conn(), by.workspace_id, by.id).await?;
    for code in codes {
        store::add_code(tx.conn(), by.workspace_id, by.id, &token_hash(folded(code).as_bytes())).await?;
    }
    Ok(())
}

/// The second factor is off: of oneself, or of somebody who has lost theirs.
pub async fn switch_off(tx: &mut Tx, by: &By, id: AgentId, name: &str) -> Result<(), Error> {
    let ws = by.workspace();
    if store::factor(tx.conn(), ws, id).await?.is_none() {
        return Ok(());
    }
    store::set_factor(tx.conn(), ws, id, None, 0).await?;
    store::drop_codes(tx.conn(), ws, id).await?;
    let act = Act { action: "agent.second_factor_off", subject: id.uuid(), name };
    audit::record(tx, by, act, Changes::default()).await
}

/// Signs a device out.
pub async fn end_device(tx: &mut Tx, by: &ActingAgent, hash: &[u8]) -> Result<(), Error> {
    if store::end_device(tx.conn(), by.workspace_id, by.id, hash).await? {
        note(tx, by, "agent.device_ended", Changes::default()).await?;
    }
    Ok(())
}

/// Signs every other device out.
pub async fn end_others(tx: &mut Tx, by: &ActingAgent, this: &[u8; 32]) -> Result<(), Error> {
    let ended = store::end_others(tx.conn(), by.workspace_id, by.id, this).await?;
    let changes = Changes::default().with("devices", json!(ended), json!(0));
    if ended > 0 { note(tx, by, "agent.device_ended", changes).await } else { Ok(()) }
}

/// Begins a session for somebody whose code is waited for, if the code is right.
pub async fn finish_half(
    tx: &mut Tx,
    ticket: &[u8; 32],
    code: &str,
    session: super::sessions::Fresh,
    most: i64,
) -> Result<bool, Error> {
    let now: Timestamp = tx.moment.now;
    let Some((ws, id)) = store::try_half(tx.conn(), ticket, now, most).await? else { return Ok(false) };
    if !proves(tx, ws, id, code).await? {
        return Ok(false);
    }
    store::end_half(tx.conn(), ticket).await?;
    session_store::insert(tx.conn(), &session.row(ws, id)).await?;
    Ok(true)
}

async fn note(tx: &mut Tx, by: &ActingAgent, action: &'static str, changes: Changes) -> Result<(), Error> {
    let act = Act { action, subject: by.id.uuid(), name: &by.name };
    audit::record(tx, &By::Agent(by.clone()), act, changes).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recovery_codes_are_many_and_typed_in_any_way() {
        let codes = draw_codes(&Random::seeded(5));
        let different: std::collections::BTreeSet<_> = codes.iter().collect();
        assert_eq!((codes.len(), different.len()), (RECOVERY_CODES, RECOVERY_CODES));
        assert!(codes.iter().all(|code| code.len() == CODE_CHARS + 1), "{codes:?}");
        assert_eq!(folded(" ABCDE fghjk "), folded("abcde-fghjk"));
    }
}
