//! A mail becomes words of a conversation, in one transaction: whose it is, whether it came before, who may be
//! meant by its sender. Nothing is answered here, and nobody becomes an agent: a mail from an agent's address is
//! a visitor's or a stranger's like any other.

use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::checks::Checks;
use super::placing::{self, Place};
use super::reading::Unread;
use super::{Automatic, Incoming, Way, aside_store, entering, store};
use crate::clock::Random;
use crate::conversations::Error;
use crate::db::Tx;
use crate::ids::{ReceivedMailId, WorkspaceId};
use crate::mail::token::Token;
use crate::mail::{EmailAddress, outbox};
use crate::sites::{Site, store as sites};

/// Answers of one Deskbell to another: beyond it, a mail goes in circles.
const MOST_HOPS: usize = 2;
/// How long what was set aside is kept.
pub const ASIDE_FOR: Duration = Duration::from_secs(30 * 86_400);
/// Mails of a workspace that are set aside at most; older ones go.
pub const MOST_ASIDE: i64 = 1_000;
/// Bytes of a mail that are kept of one that is set aside.
pub const MOST_ASIDE_BYTES: usize = 256 * 1_024;

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// A visitor's words.
    Words,
    /// The first words of a conversation.
    Began,
    /// A note for agents: a stranger wrote, or a program.
    Note,
    /// A mail of ours did not arrive, and agents are told.
    Bounce,
    /// It came before.
    Repeat,
    /// It is set aside, and why.
    Aside(&'static str),
    /// It is for nobody here; nothing was kept.
    Nobody,
    /// The same, and too many such came to guessed reply addresses; another may come in so many seconds.
    Guessed(u64),
}

impl Taken {
    /// The word in metrics and answers.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Words => "words",
            Self::Began => "began",
            Self::Note => "note",
            Self::Bounce => "bounce",
            Self::Repeat => "repeat",
            Self::Aside(_) => "aside",
            Self::Nobody => "nobody",
            Self::Guessed(_) => "guessed",
        }
    }
}

/// What taking needs beside the mail.
#[derive(Clone)]
pub struct Taking {
    /// The mail.
    pub mail: Arc<Incoming>,
    /// How it came.
    pub way: Way,
    /// The domain of reply addresses.
    pub domain: Option<String>,
    /// Draws keys, and tokens of visitors who have no device.
    pub random: Random,
    /// Under which id it is kept: one that was set aside keeps its own. None: a new one.
    pub id: Option<ReceivedMailId>,
}

impl Taking {
    /// Takes the mail.
    ///
    /// # Errors
    /// Of the database, after which the same mail may come again.
    pub async fn take(&self, tx: &mut Tx) -> Result<Taken, Error> {
        let place = self.place(tx).await?;
        let bounced = match self.mail.report.as_ref().and_then(|report| report.about.as_deref()) {
            Some(id) => placing::own_mail(tx, id).await?,
            None => None,
        };
        let own = match &self.mail.header_id {
            Some(id) => placing::own_mail(tx, id).await?,
            None => None,
        };
        let ws = place.workspace().or(bounced.as_ref().or(own.as_ref()).map(|mail| mail.workspace_id));
        let Some(ws) = ws else { return Ok(Taken::Nobody) };
        if store::is_known(tx.conn(), ws, &self.mail.dedupe).await? {
            return Ok(Taken::Repeat);
        }
        if own.is_some() {
            return self.aside(tx, ws, "ours").await;
        }
        if self.mail.hops > MOST_HOPS {
            return self.aside(tx, ws, "loop").await;
        }
        let sites = sites::of_workspace(tx.conn(), ws).await?;
        if self.is_ours(&self.mail.from, &sites) {
            return match self.of_form(&sites) {
                Some(theirs) => theirs.enter(tx, ws, place).await,
                None => self.aside(tx, ws, "ours").await,
            };
        }
        match bounced {
            Some(mail) => self.bounced(tx, &mail).await,
            None => self.enter(tx, ws, place).await,
        }
    }

    /// Where it belongs. What a mail server or a mailbox hands over and names nobody here goes to the one website
    /// that has mail, where there is one; but not what was sent to a reply address that we did not make.
    async fn place(&self, tx: &mut Tx) -> Result<Place, Error> {
        let place = placing::of(tx, &self.mail).await?;
        if !matches!(place, Place::Nowhere) || self.way == Way::Http || self.is_guess() {
            return Ok(place);
        }
        let sites = sites::all(tx.conn()).await?;
        let only = placing::only(&sites, self.domain.as_deref());
        Ok(only.map_or(place, |site| Place::Site(Arc::new(site.clone()))))
    }

    /// Whether it was sent to what looks like a reply address. Where it is for nobody, somebody guessed it, or
    /// answers in a conversation that is gone.
    pub fn is_guess(&self) -> bool {
        self.mail.recipients.iter().any(|address| {
            let tagged = address.local().starts_with("reply+") && self.domain.as_deref() == Some(address.domain());
            tagged || Token::in_address(address).is_some()
        })
    }

    /// A mail that a form of the website wrote for somebody: it comes from the website's own address and says whom
    /// to answer. None where it bears a mark of ours or of any program, as it may go in circles then.
    fn of_form(&self, sites: &[Site]) -> Option<Self> {
        let mail = &self.mail;
        let marked = mail.header_id.as_deref().is_some_and(|id| Token::in_message_id(id).is_some());
        // Of the website's address itself: what comes from a reply address no form has written.
        let by_site = |site: &Site| site.settings.mail.address.as_deref().and_then(EmailAddress::parse);
        let own = sites.iter().filter_map(by_site).any(|address| address == mail.from);
        if marked || !own || mail.hops > 0 || mail.automatic.is_some() {
            return None;
        }
        self.as_whom_it_answers(sites)
    }

    /// The mail as one of whom it says to answer; none where that is nobody, or we.
    pub(super) fn as_whom_it_answers(&self, sites: &[Site]) -> Option<Self> {
        let (from, name) = self.mail.reply_to.clone().filter(|(address, _)| !self.is_ours(address, sites))?;
        // What the mail server says is of the website, not of them.
        let checks = Checks::default();
        let mail = Incoming { from, sender_name: name, by_form: true, checks, ..Incoming::clone(&self.mail) };
        Some(Self { mail: Arc::new(mail), ..self.clone() })
    }

    /// Into its conversation, or a new one.
    async fn enter(&self, tx: &mut Tx, ws: WorkspaceId, place: Place) -> Result<Taken, Error> {
        let moment = tx.moment.clone();
        match (place, self.mail.automatic) {
            (Place::Thread { workspace_id, conversation_id, address }, automatic) => {
                let thread = entering::Thread { workspace_id, conversation_id, address };
                entering::thread(self, tx, &moment, thread, automatic).await
            }
            (Place::Site(_), Some(automatic)) => self.aside(tx, ws, automatic.word()).await,
            (Place::Site(site), None) => entering::site(self, tx, &moment, &site).await,
            (Place::Nowhere, _) => Ok(Taken::Nobody),
        }
    }

    /// Sets a mail aside that is for nobody here, where nobody can be told.
    ///
    /// # Errors
    /// Of the database.
    pub async fn nobody(&self, tx: &mut Tx) -> Result<Taken, Error> {
        match aside_store::first_workspace(tx.conn()).await? {
            Some(ws) => self.aside(tx, ws, "nobody").await,
            None => Ok(Taken::Nobody),
        }
    }

    /// Whether an address is one that our mails come from.
    pub(super) fn is_ours(&self, address: &EmailAddress, sites: &[Site]) -> bool {
        let reply = self.domain.as_deref() == Some(address.domain())
            && address.tag().map_or(address.local(), |(local, _)| local) == "reply";
        reply || sites.iter().any(|site| placing::is_of(site, address))
    }

    /// Sets the mail aside.
    pub(super) async fn aside(&self, tx: &mut Tx, ws: WorkspaceId, why: &'static str) -> Result<Taken, Error> {
        let mail = &self.mail;
        let aside = aside_store::Aside {
            workspace_id: ws,
            dedupe: &mail.dedupe,
            state: "ignored",
            reason: why,
            sender: mail.from.as_str(),
            subject: mail.subject.as_deref(),
            way: self.way,
            raw: cut(&mail.raw),
        };
        set_aside(tx, &aside).await?;
        Ok(Taken::Aside(why))
    }

    /// A mail of ours came back.
    async fn bounced(&self, tx: &mut Tx, about: &crate::mail::outbox_store::Named) -> Result<Taken, Error> {
        let (ws, report) = (about.workspace_id, self.mail.report.as_ref());
        let Some(report) = report.filter(|report| report.failed) else {
            return self.aside(tx, ws, Automatic::Report.word()).await;
        };
        let code = report.status.as_deref().and_then(|status| status.chars().next()?.to_digit(10)).map(i64::from);
        let new = outbox::bounced(tx, ws, about.id, code, &report.reason).await?;
        let Some(conversation) = about.conversation_id.filter(|_| new) else {
            return self.aside(tx, ws, Automatic::Report.word()).await;
        };
        let moment = tx.moment.clone();
        entering::report(self, tx, &moment, ws, conversation).await
    }
}

async fn set_aside(tx: &mut Tx, aside: &aside_store::Aside<'_>) -> Result<(), Error> {
    let until = tx.moment.now.minus(ASIDE_FOR);
    aside_store::set_aside(tx, aside).await?;
    Ok(aside_store::tidy(tx, aside.workspace_id, until, MOST_ASIDE).await?)
}

/// Sets a mail aside that could not be read.
///
/// # Errors
/// Of the database.
pub async fn poison(tx: &mut Tx, raw: &[u8], why: Unread, way: Way) -> Result<Taken, Error> {
    let Some(ws) = aside_store::first_workspace(tx.conn()).await? else { return Ok(Taken::Nobody) };
    let dedupe = Sha256::digest(raw);
    let aside = aside_store::Aside {
        workspace_id: ws,
        dedupe: &dedupe,
        state: "poison",
        reason: why.word(),
        sender: "",
        subject: None,
        way,
        raw: cut(raw),
    };
    set_aside(tx, &aside).await?;
    Ok(Taken::Aside(why.word()))
}

fn cut(raw: &[u8]) -> &[u8] {
    &raw[..raw.len().min(MOST_ASIDE_BYTES)]
}
