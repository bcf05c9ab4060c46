//! Mails that come: each is read once ([`reading`]), its quotes and signatures are cut ([`stripping`]), and
//! one transaction says whose it is and stores it ([`taking`]). The ways in ([`posted`], [`lmtp`], [`imap`])
//! hand on bytes and an envelope, and answer for them only after that transaction is committed.
//!
//! Nothing of a mail is believed but our own tokens and what the mail server in front of us says: whoever
//! writes is a visitor or a stranger, never an agent.

pub mod aside;
pub mod aside_console;
pub mod aside_pages;
pub mod aside_store;
pub mod automatic;
pub mod checks;
pub mod cleaning;
pub mod console;
pub mod entering;
pub mod files;
pub mod flowed;
pub mod headers;
pub mod imap;
pub mod lmtp;
pub mod mark_store;
pub mod markup;
pub mod pages;
pub mod placing;
pub mod posted;
pub mod reading;
pub mod receiving;
pub mod report;
pub mod store;
pub mod stripping;
pub mod taking;

use crate::mail::EmailAddress;

/// Bytes of a mail at most, all ways in: what is larger is refused by HTTP and LMTP, and left in the mailbox
/// by IMAP, with a row that says so.
pub const MOST_BYTES: usize = 10 * 1024 * 1024;
/// Parts of a mail at most, those of mails inside it among them.
pub const MOST_PARTS: usize = 200;
/// Mails in mails, at most so deep.
pub const MOST_DEPTH: usize = 4;
/// Header fields of a mail at most.
pub const MOST_HEADERS: usize = 500;
/// Characters of a text that are looked at; what follows is in the original.
pub const MOST_TEXT_CHARS: usize = 200_000;
/// Characters of a subject that are kept.
pub const MOST_SUBJECT_CHARS: usize = 300;
/// Characters of a name that are kept.
pub const MOST_NAME_CHARS: usize = 100;
/// Files of a mail that are told.
pub const MOST_FILES: usize = 50;
/// Addresses that got a copy, of which so many are told.
pub const MOST_CC: usize = 20;

/// How a mail came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From a mailbox.
    Imap,
    /// From a mail server beside us.
    Lmtp,
    /// By a signed request.
    Http,
}

impl Way {
    /// The way of a word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Imap, Self::Lmtp, Self::Http].into_iter().find(|way| way.word() == word)
    }

    /// The word in tables and metrics.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Imap => "imap",
            Self::Lmtp => "lmtp",
            Self::Http => "http",
        }
    }
}

/// What the way in says of a mail, beside its bytes.
#[derive(Debug, Clone, Default)]
pub struct Envelope {
    /// For whom it is, where that is known: it counts more than any header.
    pub recipients: Vec<EmailAddress>,
    /// Whether the sender of the envelope is empty: whoever sent it wants no answer (RFC 5321, 4.5.5).
    pub null_sender: bool,
}

/// A file in a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// As the mail calls it, made harmless.
    pub name: String,
    /// As the mail says; nobody believes it.
    pub mime: String,
    /// Its size, decoded.
    pub bytes: usize,
    /// The part of the mail that it is.
    pub part: u32,
}

/// Why nobody gets an answer to a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Automatic {
    /// A report of a mail server: what we sent did not arrive (RFC 3464), or is late.
    Report,
    /// Somebody is away, or a program answered (RFC 3834).
    Reply,
    /// A mailing list, or a mail to many.
    Bulk,
}

impl Automatic {
    /// The word in tables and events.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Reply => "reply",
            Self::Bulk => "bulk",
        }
    }
}

/// A mail, read.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// Who wrote it, as it says.
    pub from: EmailAddress,
    /// The name beside the address.
    pub sender_name: Option<String>,
    /// Who is to be answered, and the name beside it: the one address of the one `Reply-To`, if there is one.
    pub reply_to: Option<(EmailAddress, Option<String>)>,
    /// Whether a form of the website wrote it for somebody, who is `from` then: nobody looked whether they are.
    pub by_form: bool,
    /// For whom it is: of the envelope first, then of the header.
    pub recipients: Vec<EmailAddress>,
    /// Who got a copy, or got it beside us.
    pub cc: Vec<EmailAddress>,
    /// On one line.
    pub subject: Option<String>,
    /// `Message-ID`, without brackets.
    pub header_id: Option<String>,
    /// What it answers, nearest first: `In-Reply-To`, then `References` from the end, without brackets.
    pub answers: Vec<String>,
    /// What its writer wrote now, without quotes and signature.
    pub words: stripping::Words,
    /// Its files.
    pub files: Vec<File>,
    /// Whether a program wrote it.
    pub automatic: Option<Automatic>,
    /// How often Deskbells have answered one another before it.
    pub hops: usize,
    /// What the mail server in front of us found.
    pub checks: checks::Checks,
    /// What a report says.
    pub report: Option<report::Report>,
    /// Tells a mail that comes twice: SHA-256 over what a way through other servers does not change.
    pub dedupe: [u8; 32],
    /// As it came.
    pub raw: Vec<u8>,
}
