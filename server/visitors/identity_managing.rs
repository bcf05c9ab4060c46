//! Making and ending the secrets with which a website's server proves who its visitors are. Two count while
//! the website goes over to a new one. Each act is one transaction with its row in the audit log.

use super::identity::IdentitySecret;
use super::identity_store as store;
use crate::audit::{self, Act, By, Changes};
use crate::db::{Error as DbError, Tx};
use crate::sites::Site;
use crate::writer::MayBeginAgain;

/// Why it is not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Whoever asks does not administer.
    #[error("not allowed")]
    NotAllowed,
    /// Two count already: the older has to be ended first.
    #[error("two secrets count")]
    Two,
    /// There is no older one to end.
    #[error("no older secret")]
    NoOlder,
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl MayBeginAgain for Error {
    fn may_begin_again(&self) -> bool {
        matches!(self, Self::Db(error) if error.may_begin_again())
    }
}

/// Makes a secret; gives how many counted before.
pub async fn make(tx: &mut Tx, by: &By, site: &Site, secret: &IdentitySecret) -> Result<usize, Error> {
    check(by)?;
    let (ws, now) = (by.workspace(), tx.moment.now);
    let counting = store::secrets(tx.conn(), ws, site.id).await?.len();
    if counting > 1 {
        return Err(Error::Two);
    }
    store::insert(tx.conn(), ws, site.id, secret, now).await?;
    note(tx, by, "site.secret_made", site).await?;
    Ok(counting)
}

/// Ends the older of two.
pub async fn end_older(tx: &mut Tx, by: &By, site: &Site) -> Result<(), Error> {
    check(by)?;
    if !store::drop_before(tx.conn(), by.workspace(), site.id).await? {
        return Err(Error::NoOlder);
    }
    note(tx, by, "site.secret_ended", site).await
}

fn check(by: &By) -> Result<(), Error> {
    if by.role().administers() { Ok(()) } else { Err(Error::NotAllowed) }
}

async fn note(tx: &mut Tx, by: &By, action: &'static str, site: &Site) -> Result<(), Error> {
    let act = Act { action, subject: site.id.uuid(), name: &site.name };
    Ok(audit::record(tx, by, act, Changes::default()).await?)
}
