//! The link by which somebody comes in, by mail: it is left to be sent in the transaction that makes it. Whether
//! it arrives the mails of the agent say.

use super::managing::Error;
use crate::app::App;
use crate::audit::{self, Act, By, Changes};
use crate::clock::Random;
use crate::db::Tx;
use crate::ids::AgentId;
use crate::mail::sender::id_domain;
use crate::mail::{EmailAddress, outbox, team};
use crate::words::Lang;
use crate::workspaces::store as workspaces;

/// A link that is to go by mail, before it is known whose it is.
#[derive(Clone)]
pub(super) struct ByMail {
    pub(super) token: String,
    pub(super) email: String,
    /// Who sends it.
    pub(super) sender: String,
    pub(super) lang: Lang,
    random: Random,
    domain: String,
}

impl ByMail {
    pub(super) fn new(app: &App, token: &str, email: &str, sender: &str, lang: Lang) -> Self {
        Self {
            token: token.to_owned(),
            email: email.to_owned(),
            sender: sender.to_owned(),
            lang,
            random: app.random.clone(),
            domain: id_domain(None, &app.config),
        }
    }

    /// Leaves it to be sent: an invitation to whoever has no password yet, else a link for another one.
    pub(super) async fn send(&self, tx: &mut Tx, by: &By, id: AgentId, name: &str, invited: bool) -> Result<(), Error> {
        let (ws, now) = (by.workspace(), tx.moment.now);
        let Some(address) = EmailAddress::parse(&self.email) else { return Ok(()) };
        let link = team::Link {
            workspace_id: ws,
            agent_id: id,
            address,
            token: self.token.clone(),
            ends: now.plus_seconds(super::managing::LINK_GOOD_FOR_S),
            language: self.lang.tag().to_owned(),
        };
        let workspace = workspaces::settings(tx.conn(), ws).await?.map(|row| row.name).unwrap_or_default();
        let mail = if invited { link.invitation(&self.sender, &workspace, now) } else { link.reset(now) };
        outbox::enqueue(tx, &self.random, &self.domain, mail).await?;
        let act = Act { action: "agent.link_mailed", subject: id.uuid(), name };
        Ok(audit::record(tx, by, act, Changes::default()).await?)
    }
}
