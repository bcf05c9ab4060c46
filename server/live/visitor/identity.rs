//! A token that proves who the visitor is, in `hello` and `update`.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::visitor_of;
use crate::app::App;
use crate::conversations::Error;
use crate::db::{Constraint, Error as DbError, Tx};
use crate::live::session::{Session, VisitorWho};
use crate::visitors::identity::{Claims, Refused, verify};
use crate::visitors::store::{Visitor, whole_by_token};
use crate::visitors::{Identified, identity_store};
use crate::writer::again;

/// How often it is tried when an agent opens one of the conversations in the same moment.
const ATTEMPTS: u32 = 3;

/// Makes the session's visitor the one whom the token names. A token that says nothing new costs two
/// reads and no write: pages send theirs with every `hello`.
///
/// Where the site wants a consent, nothing is stored before there is one; `consent` is one that comes
/// with the token.
pub async fn identify(app: &Arc<App>, session: &Arc<Session>, jwt: &str, consent: Option<bool>) -> Result<(), Error> {
    let visitor = visitor_of(session)?;
    let site = &visitor.site;
    let mut conn = app.db.read().await?;
    let secrets = identity_store::secrets(conn.conn(), site.workspace_id, site.id).await?;
    let known = whole_by_token(conn.conn(), site.id, &visitor.first.token_hash).await?;
    drop(conn);
    let checked = verify(jwt, &secrets, &site.key, app.clock.now());
    let Some(claims) = news(checked, known.as_ref())? else { return Ok(()) };
    let claims = Arc::new(claims);
    for _ in 1..ATTEMPTS {
        match store(app, session, visitor, &claims, consent).await {
            Err(Error::Db(DbError::Constraint(Constraint::ConversationsOneOpen | Constraint::VisitorsExternal))) => {
                tracing::debug!("another device or an agent was in the same place; trying again")
            }
            other => return other,
        }
    }
    store(app, session, visitor, &claims, consent).await
}

/// What is to be stored, if anything.
fn news(checked: Result<Claims, Refused>, known: Option<&Visitor>) -> Result<Option<Claims>, Error> {
    let theirs = known.and_then(|known| known.external_id.as_deref());
    // A page stays open longer than its token lives, and says it again with every reconnect.
    let (sub, checked) = match checked {
        Ok(claims) => (claims.sub.clone(), Ok(claims)),
        Err(Refused::Expired { sub }) => (sub.clone(), Err(Refused::Expired { sub })),
        Err(why) => return Err(why.into()),
    };
    match (theirs, checked) {
        (Some(theirs), _) if theirs != sub => Err(Error::AnotherPerson),
        (Some(_), Err(_)) => Ok(None),
        (Some(_), Ok(claims)) if known.is_some_and(|known| claims.stand_in(known)) => Ok(None),
        (_, Ok(claims)) => Ok(Some(claims)),
        (None, Err(why)) => Err(why.into()),
    }
}

async fn store(
    app: &Arc<App>,
    session: &Arc<Session>,
    visitor: &VisitorWho,
    claims: &Arc<Claims>,
    consent: Option<bool>,
) -> Result<(), Error> {
    let (site, first, claims) = (Arc::clone(&visitor.site), visitor.first.clone(), Arc::clone(claims));
    let operation = again(move |tx: &mut Tx| {
        Box::pin(async move {
            let moment = tx.moment.clone();
            crate::visitors::identify(tx, &moment, &site, &first, &claims, consent).await
        })
    });
    let (sender, receiver) = oneshot::channel();
    let (told, key) = (Arc::clone(app), visitor.key);
    // Told as soon as it is committed and its changes are published, whether or not somebody waits.
    let done = move |result: Result<Identified, Error>| {
        if let Ok(who) = &result {
            told.hub.identified(key, who);
        }
        drop(sender.send(result));
    };
    app.writer.submit_again(Some(session.id), "identify", operation, done).await;
    let who = receiver.await.unwrap_or(Err(Error::Db(DbError::Stopped)))?;
    visitor.becomes(who.visitor);
    Ok(())
}
