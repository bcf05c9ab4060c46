//! What becomes of an answer while its visitor is not here: whether it goes to them by mail, when, and why
//! not. It says what [`super::waiting`] will do; nothing is sent here.

use super::sender::Sender;
use super::writing::reading_store as reading;
use super::{EmailAddress, channel_store, outbox_store, thread_store};
use crate::config::MailConfig;
use crate::conversations::Conversation;
use crate::db::{Conn, Error};
use crate::ids::{VisitorId, WorkspaceId};
use crate::sites;

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Reach {
    /// It waits in the chat: the site sends no mails, or nothing can go out.
    #[default]
    Chat,
    /// The conversation is by mail with this address: out at once.
    Mail {
        /// Who gets it.
        address: String,
        /// What the address's server said to an earlier mail, where nothing goes there.
        bounce: Option<String>,
    },
    /// What stays unread goes to this address, which the visitor proved, after so many seconds.
    Later {
        /// Who gets it.
        address: String,
        /// The site's pause.
        after_s: u32,
    },
    /// They gave this address and did not confirm it: they are asked there first.
    Unproved {
        /// Who is asked.
        address: String,
    },
    /// An earlier mail to it came back.
    Bounced {
        /// Of whom.
        address: String,
    },
    /// They want no mails that come by themselves.
    Unwanted,
    /// Nobody knows an address of theirs.
    Nowhere,
}

/// What becomes of an answer in this conversation.
///
/// # Errors
/// Of the database.
pub async fn of(mut conn: Conn<'_>, mail: &MailConfig, conversation: &Conversation) -> Result<Reach, Error> {
    let ws = conversation.workspace_id;
    if conversation.is_test || conversation.is_practice {
        return Ok(Reach::Chat);
    }
    if let Some(writing) = channel_store::writing(conn.again(), ws, conversation.id).await? {
        let bounce = bounce(conn, ws, &writing.address).await?;
        return Ok(Reach::Mail { address: writing.address, bounce });
    }
    let Some(site) = sites::store::find(conn.again(), ws, conversation.site_id).await? else { return Ok(Reach::Chat) };
    let after_s = site.settings.mail.away_s;
    if mail.smtp.is_none() || after_s == 0 || Sender::of(Some(&site), mail).is_none() {
        return Ok(Reach::Chat);
    }
    let theirs = self::address(conn.again(), ws, conversation.visitor_id).await?;
    let Some((address, proved)) = theirs else { return Ok(Reach::Nowhere) };
    let known = known(conn, ws, &address).await?;
    let address = address.to_string();
    Ok(match (known.bounced_at, known.unsubscribed_at) {
        (Some(_), _) => Reach::Bounced { address },
        (None, Some(_)) => Reach::Unwanted,
        (None, None) if proved => Reach::Later { address, after_s },
        (None, None) => Reach::Unproved { address },
    })
}

/// Where mails to a visitor go, and whether they proved that they read it.
///
/// # Errors
/// Of the database.
pub async fn address(
    conn: Conn<'_>,
    ws: WorkspaceId,
    visitor: VisitorId,
) -> Result<Option<(EmailAddress, bool)>, Error> {
    let Some(reader) = reading::reader(conn, ws, visitor).await? else { return Ok(None) };
    let address = reader.address().and_then(EmailAddress::parse);
    Ok(address.map(|address| {
        let proved = reader.proved(address.as_str());
        (address, proved)
    }))
}

/// What is known of an address; nothing before a workspace's first mail.
async fn known(
    mut conn: Conn<'_>,
    ws: WorkspaceId,
    address: &EmailAddress,
) -> Result<outbox_store::KnownAddress, Error> {
    let Some(key) = thread_store::key(conn.again(), ws).await? else {
        return Ok(outbox_store::KnownAddress::default());
    };
    outbox_store::known_address(conn, ws, &key.address_hash(address)).await
}

/// What its server said to an earlier mail, if the address takes none.
///
/// # Errors
/// Of the database.
pub async fn bounce(conn: Conn<'_>, ws: WorkspaceId, address: &str) -> Result<Option<String>, Error> {
    let Some(address) = EmailAddress::parse(address) else { return Ok(None) };
    let known = known(conn, ws, &address).await?;
    Ok(known.bounced_at.map(|_| known.bounce.unwrap_or_default()))
}

/// The same, where the visitor does not read in the chat either: words for them would reach nobody.
///
/// # Errors
/// Of the database.
pub async fn unread_and_bounced(
    mut conn: Conn<'_>,
    conversation: &Conversation,
    address: &str,
) -> Result<Option<String>, Error> {
    let ws = conversation.workspace_id;
    let Some(bounce) = bounce(conn.again(), ws, address).await? else { return Ok(None) };
    let reads = reading::read_seq(conn, ws, conversation.id).await? > 0;
    Ok(Some(bounce).filter(|_| !reads))
}
