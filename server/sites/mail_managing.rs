//! A site's mail is changed: one transaction with its row in the audit log. Nothing here sends anything.

use super::mail_form::{self, Problem};
use super::managing::{self, Error as SiteError};
use super::settings::SiteMail;
use super::store;
use super::texts::Texts;
use crate::audit::By;
use crate::db::{Error as DbError, Tx};
use crate::hours;
use crate::ids::SiteId;
use crate::writer::MayBeginAgain;

/// Why it is not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another site has the address.
    #[error("the address is another site's")]
    Taken,
    /// As of any change of a site.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl MayBeginAgain for Error {
    fn may_begin_again(&self) -> bool {
        match self {
            Self::Taken => false,
            Self::Site(error) => error.may_begin_again(),
            Self::Db(error) => error.may_begin_again(),
        }
    }
}

impl Error {
    /// What the form can say of it.
    pub(super) const fn problem(&self) -> Option<Problem> {
        if matches!(self, Self::Taken) { Some(Problem::Taken) } else { None }
    }
}

/// Makes the mail of a site what the form says.
pub async fn change(tx: &mut Tx, by: &By, id: SiteId, mail: SiteMail, texts: Texts) -> Result<(), Error> {
    let ws = by.workspace();
    let site = store::find(tx.conn(), ws, id).await?.ok_or(SiteError::NotFound)?;
    if mail_form::is_taken(tx.conn(), &site, mail.address.as_deref()).await? {
        return Err(Error::Taken);
    }
    let hours = hours::store::of_site(tx.conn(), ws, id).await?;
    let put = move |site: &mut super::Site| (site.settings.mail, site.settings.texts) = (mail, texts);
    Ok(managing::change(tx, by, id, put, hours.as_ref()).await?)
}
