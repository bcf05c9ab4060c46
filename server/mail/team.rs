//! Mails by which people come in: an invitation, and a link for another password. What such a link opens is
//! for its reader alone: it stands in the row of the mail until that was sent, and nowhere else.

use super::outbox::{Kind, NewMail};
use super::{EmailAddress, payload};
use crate::app::App;
use crate::clock::Timestamp;
use crate::db::Error;
use crate::ids::{AgentId, WorkspaceId};
use crate::sites::store as sites;

/// Whether a mail of this workspace can go out: there is a mail server, and an address to come from.
///
/// # Errors
/// The database.
pub async fn can_send(app: &App, ws: WorkspaceId) -> Result<bool, Error> {
    if app.config.mail.smtp.is_none() {
        return Ok(false);
    }
    if app.config.mail.domain.is_some() {
        return Ok(true);
    }
    let sites = sites::of_workspace(app.db.read().await?.conn(), ws).await?;
    Ok(sites.iter().any(|site| site.settings.mail.address.is_some()))
}

/// A link, and for whom it is.
#[derive(Debug, Clone)]
pub struct Link {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Whose it is.
    pub agent_id: AgentId,
    /// Where it goes.
    pub address: EmailAddress,
    /// What stands in it.
    pub token: String,
    /// When it ends.
    pub ends: Timestamp,
    /// The language to write in.
    pub language: String,
}

impl Link {
    fn path(&self) -> String {
        format!("/invite/{}", self.token)
    }

    /// Asks somebody to come in.
    pub fn invitation(&self, by: &str, workspace: &str, now: Timestamp) -> NewMail {
        let payload = payload::Invitation {
            by: by.to_owned(),
            workspace: workspace.to_owned(),
            path: self.path(),
            ends_ms: self.ends.millis(),
            language: self.language.clone(),
        };
        self.mail(Kind::Invitation, serde_json::to_value(payload), now)
    }

    /// Lets somebody set another password.
    pub fn reset(&self, now: Timestamp) -> NewMail {
        let (path, ends_ms, language) = (self.path(), self.ends.millis(), self.language.clone());
        self.mail(Kind::Reset, serde_json::to_value(payload::Reset { path, ends_ms, language }), now)
    }

    fn mail(&self, kind: Kind, payload: serde_json::Result<serde_json::Value>, due: Timestamp) -> NewMail {
        NewMail {
            workspace_id: self.workspace_id,
            kind,
            site_id: None,
            conversation_id: None,
            agent_id: Some(self.agent_id),
            address: self.address.clone(),
            payload: payload.unwrap_or_default(),
            due,
        }
    }
}
