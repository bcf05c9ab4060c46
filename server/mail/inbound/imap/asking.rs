//! Commands of which the server's last word counts. What the library hands out is what came before that word: a
//! server that says NO, or hangs up, looks there like a mailbox in which nothing is, and a mail that it could not
//! give out for a moment would be passed over for good.

use async_imap::imap_proto::{AttributeValue, MailboxDatum, Response, Status};

use super::connecting::Session;
use super::{Error, within};

/// What a server told of the mails that were asked about.
#[derive(Debug, Default)]
pub struct Told {
    /// The numbers that a search found.
    pub uids: Vec<u32>,
    /// The size of the mail that was asked about; none where it is not there any more.
    pub size: Option<u32>,
    /// The whole of it; none as well.
    pub body: Option<Vec<u8>>,
}

/// Searches.
///
/// # Errors
/// [`Error::Refused`] if the server said NO or BAD, and those of the connection.
pub async fn search(session: &mut Session, query: &str) -> Result<Vec<u32>, Error> {
    Ok(ask(session, &format!("UID SEARCH {query}"), 0).await?.uids)
}

/// Fetches something of one mail.
///
/// # Errors
/// As [`search`].
pub async fn fetch(session: &mut Session, uid: u32, what: &str) -> Result<Told, Error> {
    ask(session, &format!("UID FETCH {uid} (UID {what})"), uid).await
}

async fn ask(session: &mut Session, command: &str, uid: u32) -> Result<Told, Error> {
    within(async {
        let tag = session.run_command(command).await?;
        let mut told = Told::default();
        loop {
            let Some(response) = session.read_response().await? else {
                return Err(Error::Connection(std::io::ErrorKind::UnexpectedEof.into()));
            };
            match response.parsed() {
                Response::Done { tag: of, status, outcome } if *of == tag => {
                    let said = || outcome.information.as_deref().unwrap_or("no more than that").to_owned();
                    return if *status == Status::Ok { Ok(told) } else { Err(Error::Refused(said())) };
                }
                Response::MailboxData(MailboxDatum::Search(uids)) => told.uids.extend(uids),
                // Servers tell of other mails, too, when their flags change.
                Response::Fetch(_, attributes) if attributes.contains(&AttributeValue::Uid(uid)) => {
                    told.take(attributes);
                }
                _ => {}
            }
        }
    })
    .await
}

impl Told {
    fn take(&mut self, attributes: &[AttributeValue<'_>]) {
        for attribute in attributes {
            match attribute {
                AttributeValue::Rfc822Size(size) => self.size = Some(*size),
                AttributeValue::BodySection { section: None, data: Some(data), .. } => {
                    self.body = Some(data.to_vec());
                }
                _ => {}
            }
        }
    }
}
