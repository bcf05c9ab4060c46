//! Looks into a mailbox and takes what is new, one mail after another.

use std::time::Duration;

use super::asking;
use super::connecting::Session;
use super::{Error, Refusals, no_folder, within};
use crate::app::App;
use crate::config::MailServer;
use crate::mail::inbound::mark_store::{self, Mark};
use crate::mail::inbound::reading::Unread;
use crate::mail::inbound::{Envelope, MOST_BYTES, Way, receiving};
use crate::writer::op;

/// Of a mailbox that was never read, or whose numbers do not count any more, so old mails are taken: what came
/// before it was ours stays where it is, and what was taken is known.
const LOOK_BACK: Duration = Duration::from_secs(14 * 86_400);
/// Mails that are asked for at once, by number and size.
const AT_ONCE: usize = 500;

/// Takes what is new. `known` is the mark that this connection has reached.
pub async fn look(
    app: &App,
    session: &mut Session,
    server: &MailServer,
    mailbox: [u8; 32],
    known: &mut Option<Mark>,
    refusals: &mut Refusals,
) -> Result<(), Error> {
    let selected = within(session.select(&server.folder)).await.map_err(|error| no_folder(server, error))?;
    let uid_validity = i64::from(selected.uid_validity.ok_or(Error::NoNumbers)?);
    let mark = match *known {
        Some(mark) => Some(mark),
        None => mark_store::find(app.db.read().await?.conn(), &mailbox).await?,
    };
    let from = mark.filter(|mark| mark.uid_validity == uid_validity);
    let mut reached = from.unwrap_or(Mark { mailbox, uid_validity, uid: 0 });
    let mut uids = new_uids(app, session, from).await?;
    uids.truncate(AT_ONCE);
    let more = uids.len() == AT_ONCE;
    for uid in uids {
        let mark = Mark { uid: i64::from(uid), ..reached };
        if refusals.is_enough(uid) {
            pass_over(app, uid, Unread::Refused, mark).await?;
        } else if let Err(error) = take(app, session, uid, mark).await {
            if matches!(error, Error::Refused(_)) {
                refusals.note(uid);
            }
            return Err(error);
        }
        reached = mark;
        *known = Some(reached);
    }
    if from.is_none() && known.is_none_or(|known| known.uid_validity != uid_validity) {
        // An empty mailbox is read, too: whatever comes from now on is new.
        reached.uid = selected.uid_next.map_or(0, |next| i64::from(next) - 1);
        note(app, reached).await?;
        *known = Some(reached);
    }
    if more { Box::pin(look(app, session, server, mailbox, known, refusals)).await } else { Ok(()) }
}

async fn note(app: &App, mark: Mark) -> Result<(), Error> {
    let operation = op(move |tx| Box::pin(async move { mark_store::advance(tx, &mark).await }));
    Ok(app.writer.run("note mailbox", operation).await?)
}

/// The numbers of the mails that are new, in their order.
async fn new_uids(app: &App, session: &mut Session, from: Option<Mark>) -> Result<Vec<u32>, Error> {
    let query = match from {
        Some(mark) => format!("UID {}:*", mark.uid + 1),
        None => format!("SINCE {}", day(app.clock.now().minus(LOOK_BACK).millis())),
    };
    let found = asking::search(session, &query).await?;
    let after = from.map_or(0, |mark| mark.uid);
    // `n:*` names the last mail even where its number is lower.
    let mut uids: Vec<u32> = found.into_iter().filter(|uid| i64::from(*uid) > after).collect();
    uids.sort_unstable();
    Ok(uids)
}

/// `12-Mar-2026`, as IMAP writes days.
fn day(millis: i64) -> String {
    chrono::DateTime::from_timestamp_millis(millis).unwrap_or_default().format("%d-%b-%Y").to_string()
}

async fn take(app: &App, session: &mut Session, uid: u32, mark: Mark) -> Result<(), Error> {
    let size = asking::fetch(session, uid, "RFC822.SIZE").await?.size;
    let Some(size) = size else {
        // It was deleted meanwhile.
        return note(app, mark).await;
    };
    if usize::try_from(size).unwrap_or(usize::MAX) > MOST_BYTES {
        return pass_over(app, uid, Unread::TooBig, mark).await;
    }
    let Some(body) = asking::fetch(session, uid, "BODY.PEEK[]").await?.body else {
        // The server has its size and not its text: a mail that is gone has neither.
        return Err(Error::Refused("the mail has a size and no text".to_owned()));
    };
    let taken = receiving::receive(app, body, Envelope::default(), Way::Imap, Some(mark)).await?;
    tracing::debug!(uid, taken = taken.word(), "a mail was taken from the mailbox");
    Ok(())
}

/// A row says that this mail was left where it is.
async fn pass_over(app: &App, uid: u32, why: Unread, mark: Mark) -> Result<(), Error> {
    let told = format!("UIDVALIDITY {} UID {uid}", mark.uid_validity).into_bytes();
    receiving::set_aside(app, told, why, Way::Imap, Some(mark)).await?;
    Ok(())
}
