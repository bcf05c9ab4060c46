//! Mails that go out are rows, written in the transaction of their cause: what is committed goes out, and
//! what is rolled back never does. Nothing here speaks to a mail server; that is [`super::sending`].

use serde_json::json;

use super::outbox_store as store;
use super::sending::settling;
use super::{EmailAddress, thread_store};
use crate::clock::{Random, Timestamp};
use crate::conversations::Error as CommandError;
use crate::db::{Error, Tx};
use crate::ids::{AgentId, ConversationId, MailId, SiteId, WorkspaceId};

/// What kind of mail it is: each has its template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// What a visitor has not read.
    Unread,
    /// Asks whether the address is the visitor's, without a word that somebody else could choose.
    Proof,
    /// What an agent wrote in a conversation that is by mail.
    Written,
    /// A conversation, whole.
    Transcript,
    /// An agent is told of something that waits for them.
    Alert,
    /// An agent is told of all that waited.
    Digest,
    /// Somebody tries whether mail goes out.
    Test,
    /// Somebody is to become an agent.
    Invitation,
    /// An agent has forgotten their password.
    Reset,
}

impl Kind {
    /// Every one.
    pub const ALL: [Self; 9] = [
        Self::Unread,
        Self::Proof,
        Self::Written,
        Self::Transcript,
        Self::Alert,
        Self::Digest,
        Self::Test,
        Self::Invitation,
        Self::Reset,
    ];

    /// As it stands in `mails.kind`, in templates' folders and in metrics.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unread => "unread",
            Self::Proof => "proof",
            Self::Written => "written",
            Self::Transcript => "transcript",
            Self::Alert => "alert",
            Self::Digest => "digest",
            Self::Test => "test",
            Self::Invitation => "invitation",
            Self::Reset => "reset",
        }
    }

    /// The kind of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// A mail that is to go out.
#[derive(Debug, Clone)]
pub struct NewMail {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// What it is.
    pub kind: Kind,
    /// Whose colours, name and address it has; none for mails to agents.
    pub site_id: Option<SiteId>,
    /// Which conversation it is of.
    pub conversation_id: Option<ConversationId>,
    /// The agent whom it is for.
    pub agent_id: Option<AgentId>,
    /// Who gets it.
    pub address: EmailAddress,
    /// What its template needs: one of [`super::payload`], as JSON.
    pub payload: serde_json::Value,
    /// Not before this.
    pub due: Timestamp,
}

/// Leaves a mail to be sent once this transaction is committed. `domain` is what stands behind the @ of its
/// `Message-ID`.
pub async fn enqueue(tx: &mut Tx, random: &Random, domain: &str, new: NewMail) -> Result<MailId, Error> {
    let key = thread_store::ensure_key(tx, new.workspace_id, random).await?;
    let id = MailId::from_uuid(tx.moment.ids.draw());
    let message_id = key.message_id(new.workspace_id, id, domain);
    store::insert(tx, id, &message_id, &new).await?;
    Ok(id)
}

/// A mail came back (RFC 3464): the mail is marked, nothing more goes to its address, and its conversation says
/// so. `why` is what the server said. Of a mail that is not there nothing is done, and false given; a second
/// report of one changes nothing.
pub async fn bounced(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: MailId,
    code: Option<i64>,
    why: &str,
) -> Result<bool, CommandError> {
    let Some(mail) = mark(tx, ws, id, code, why).await? else { return Ok(false) };
    if let Some(conversation) = mail.conversation_id {
        let told = json!({"to": {"name": settling::masked(&mail.address)}, "comment": why});
        settling::say(tx, ws, conversation, "mail_bounced", told).await?;
    }
    Ok(true)
}

/// Marks a mail and its address as taking none.
pub(super) async fn mark(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: MailId,
    code: Option<i64>,
    why: &str,
) -> Result<Option<store::Named>, Error> {
    let Some(mail) = store::mark_bounced(tx, ws, id, code, why).await? else { return Ok(None) };
    if let (Some(key), Some(address)) = (thread_store::key(tx.conn(), ws).await?, EmailAddress::parse(&mail.address)) {
        store::note_bounce(tx, ws, &key.address_hash(&address), why).await?;
    }
    Ok(Some(mail))
}

/// Somebody wrote from an address, or proved it: it takes mail.
pub async fn takes_mail(tx: &mut Tx, ws: WorkspaceId, address: &EmailAddress) -> Result<(), Error> {
    let Some(key) = thread_store::key(tx.conn(), ws).await? else { return Ok(()) };
    store::forget_bounce(tx, ws, &key.address_hash(address)).await
}

/// A mail that is to be sent now, and is ours for a while.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Taken {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// Its id.
    pub id: MailId,
    /// [`Kind::word`].
    pub kind: String,
    /// Whose colours, name and address it has.
    pub site_id: Option<SiteId>,
    /// Which conversation it is of.
    pub conversation_id: Option<ConversationId>,
    /// The agent whom it is for.
    pub agent_id: Option<AgentId>,
    /// Who gets it.
    pub address: String,
    /// JSON: what its template needs.
    pub payload: String,
    /// Without brackets.
    pub message_id: String,
    /// Which attempt it is, from 1.
    pub attempts: i64,
    /// When the row was written.
    pub created_at: Timestamp,
}
