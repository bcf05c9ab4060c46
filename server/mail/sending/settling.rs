//! What came of an attempt, in one transaction: the row's state, the mark at its address, and the sentence in
//! the conversation that agents read.

use std::sync::Arc;

use serde_json::json;

use super::store::{self, Outcome};
use super::transport::Sent;
use super::{TRIED_FOR, pause};
use crate::app::App;
use crate::conversations::Error as CommandError;
use crate::conversations::recording::Recording;
use crate::conversations::{self, Moment};
use crate::db::{Error, Tx};
use crate::ids::{ConversationId, WorkspaceId};
use crate::mail::outbox::{self, Kind, Taken};
use crate::metrics;
use crate::writer::{again, op};

/// The mail is not sent, as there is no use in it any more.
pub(super) async fn void(app: &Arc<App>, taken: &Taken, why: &str) -> Result<(), Error> {
    let outcome = Outcome { state: "void", error: Some(why.to_owned()), ..Outcome::default() };
    write(app, taken, outcome, None).await
}

/// The mail cannot be made, whatever happens.
pub(super) async fn unwritable(app: &Arc<App>, taken: &Taken, why: &str) -> Result<(), Error> {
    tracing::error!(mail = %taken.id, kind = taken.kind, why, "a mail cannot be written");
    let outcome = Outcome { state: "dead", error: Some(why.to_owned()), ..Outcome::default() };
    write(app, taken, outcome, None).await
}

/// What the mail server said.
pub(super) async fn settle(app: &Arc<App>, taken: &Taken, sent: Sent) -> Result<(), Error> {
    let now = app.clock.now();
    let (outcome, bounce) = match sent {
        Sent::Taken => (Outcome { state: "sent", ..Outcome::default() }, None),
        Sent::Later { code, why } => {
            let next = now.plus(pause(taken.attempts, &app.random));
            let ends = taken.created_at.plus(TRIED_FOR);
            let again = next < ends;
            let state = if again { "pending" } else { "dead" };
            tracing::warn!(mail = %taken.id, attempts = taken.attempts, why, state, "a mail could not be sent");
            (Outcome { state, next_at: again.then_some(next), code, error: Some(why) }, None)
        }
        Sent::Refused { code, why, recipient } => {
            tracing::warn!(mail = %taken.id, why, "a mail was refused");
            let outcome = Outcome { state: "dead", next_at: None, code, error: Some(why.clone()) };
            (outcome, recipient.then_some((code, why)))
        }
    };
    write(app, taken, outcome, bounce).await
}

async fn write(
    app: &Arc<App>,
    taken: &Taken,
    outcome: Outcome,
    bounce: Option<(Option<i64>, String)>,
) -> Result<(), Error> {
    let word = match (outcome.state, &bounce) {
        (_, Some(_)) => "bounced",
        ("pending", _) => "later",
        (state, _) => state,
    };
    let (of, came, kind) = (taken.clone(), outcome.clone(), taken.kind.clone());
    let operation = again(move |tx: &mut Tx| {
        let (taken, outcome, bounce) = (of.clone(), came.clone(), bounce.clone());
        Box::pin(async move {
            let now = tx.moment.now;
            if store::settle(tx.conn(), &taken, &outcome, now).await? {
                if let Some((code, why)) = bounce {
                    outbox::mark(tx, taken.workspace_id, taken.id, code, &why).await?;
                }
                tell(tx, &taken, word, outcome.error.as_deref()).await?;
            }
            Ok::<(), CommandError>(())
        })
    });
    if let Err(error) = app.writer.run_again("settle mail", operation).await {
        // What cannot be told must not be sent again for it.
        tracing::warn!(mail = %taken.id, %error, "what came of a mail could not be told in its conversation");
        let (taken, outcome) = (taken.clone(), outcome);
        let alone = op(move |tx: &mut Tx| {
            let now = tx.moment.now;
            Box::pin(async move { store::settle(tx.conn(), &taken, &outcome, now).await.map(drop) })
        });
        app.writer.run("settle mail alone", alone).await?;
    }
    metrics::mail(&kind, word);
    Ok(())
}

/// Says in the conversation what became of a mail of it.
async fn tell(tx: &mut Tx, taken: &Taken, word: &str, why: Option<&str>) -> Result<(), CommandError> {
    let (Some(conversation), Some(kind)) = (taken.conversation_id, Kind::parse(&taken.kind)) else { return Ok(()) };
    let name = match (word, kind) {
        ("sent", Kind::Unread | Kind::Written) => "mail_sent",
        ("sent", Kind::Proof) => "mail_proof_sent",
        ("sent", Kind::Transcript) => "mail_transcript_sent",
        ("bounced", _) => "mail_bounced",
        ("dead", _) => "mail_failed",
        _ => return Ok(()),
    };
    let told = json!({"to": {"name": masked(&taken.address)}, "comment": why.unwrap_or_default()});
    say(tx, taken.workspace_id, conversation, name, told).await
}

/// Puts an event that agents alone see into a conversation. One that is over stays where it is in lists.
pub(in crate::mail) async fn say(
    tx: &mut Tx,
    ws: WorkspaceId,
    conversation: ConversationId,
    name: &str,
    told: serde_json::Value,
) -> Result<(), CommandError> {
    let Some(found) = conversations::store::lock(tx.conn(), ws, conversation).await? else { return Ok(()) };
    let moment = tx.moment.clone();
    let ends = if found.is_closed() { found.updated_at } else { moment.now };
    let mut recording = Recording::of(found);
    recording.event_for_agents(tx, &moment, name, told).await?;
    recording.finish(tx, &Moment { now: ends, ..moment }).await.map(drop)
}

/// `a…@shop.example`: whoever may see the address finds it beside the conversation.
pub(in crate::mail) fn masked(address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let first: String = local.chars().take(1).collect();
    format!("{first}…@{domain}")
}
