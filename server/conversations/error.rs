//! What can be wrong with a command on a conversation.

use crate::db;
use crate::live::protocol::{Message, Owner};
use crate::visitors::identity::Refused;

/// Named for what happened. [`crate::error`] puts it into words and a status.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// No such conversation or message, or it is somebody else's: the two look alike.
    #[error("not found")]
    NotFound,
    /// The rules do not let this agent do it.
    #[error("not allowed: {0}")]
    NotAllowed(&'static str),
    /// The id was used for something else.
    #[error("the id was used before with another content")]
    IdReused,
    /// A message without words.
    #[error("no text")]
    TextMissing,
    /// Too many characters: how many there are.
    #[error("text of {0} characters")]
    TextTooLong(usize),
    /// A field that makes no sense; the text says which and why.
    #[error("{0}")]
    Invalid(String),
    /// The conversation is over.
    #[error("closed")]
    Closed,
    /// Another hand-over came first.
    #[error("the owner changed")]
    OwnerChanged {
        /// Who has it now.
        owner: Option<Owner>,
        /// Its epoch now.
        epoch: i64,
    },
    /// Another agent wrote something that this one had not seen.
    #[error("answered meanwhile")]
    AnsweredMeanwhile(Vec<Message>),
    /// The message was changed by somebody else meanwhile.
    #[error("the message changed")]
    MessageChanged(Box<Message>),
    /// The time in which the site lets visitors change their words is over.
    #[error("the window is over")]
    WindowOver,
    /// The visitor has no open conversation for this.
    #[error("no open conversation")]
    NoOpenConversation,
    /// The conversation goes on: it cannot be rated yet.
    #[error("not over yet")]
    NotOver,
    /// The conversation was rated otherwise.
    #[error("rated already")]
    AlreadyRated,
    /// A bot's form was answered otherwise.
    #[error("the form was answered already")]
    FormAnswered,
    /// A bot's form in a conversation that is over.
    #[error("the form is over")]
    FormOver,
    /// The site stores nothing of a visitor before they agree.
    #[error("consent is needed first")]
    ConsentRequired,
    /// The site wants its form answered before a conversation begins.
    #[error("the form before the chat is needed first")]
    PreChatRequired,
    /// A value that cannot be taken.
    #[error("{field} {why}")]
    ValueRefused {
        /// Which field of the form or frame.
        field: String,
        /// What is wrong with it, to be said behind its name.
        why: String,
    },
    /// The workspace does not take this word or phrase from visitors.
    #[error("a word that is not taken")]
    WordRefused(String),
    /// The visitor has opened another one meanwhile.
    #[error("another conversation is open")]
    AnotherOpen,
    /// Whoever is to get the conversation is not there: their name.
    #[error("{0} is not there")]
    NotThere(String),
    /// This version knows the frame and does not offer what it asks for.
    #[error("not offered: {0}")]
    NotOffered(&'static str),
    /// The token that was to prove who the visitor is does not.
    #[error("identity refused: {0}")]
    IdentityRefused(#[from] Refused),
    /// The device is somebody else's: two people are never merged.
    #[error("the device is identified as another person")]
    AnotherPerson,
    /// Too many; seconds until the next one.
    #[error("rate limited for {0} s")]
    RateLimited(u64),
    /// Too many mail addresses were left from one network address; seconds until another may be.
    #[error("too many addresses were left")]
    TooManyAddresses(u64),
    /// An earlier message of this session has to be sent first.
    #[error("an earlier message has to go first")]
    Gated(u64),
    /// The database or the write path.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Error {
    /// Whether a form has to be answered first.
    pub const fn lacks_form(&self) -> bool {
        matches!(self, Self::ConsentRequired | Self::PreChatRequired)
    }

    /// Whether the same command may succeed a little later, unchanged.
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::RateLimited(_) | Self::TooManyAddresses(_) | Self::Gated(_) => true,
            Self::Db(error) => error.is_retryable(),
            _ => false,
        }
    }
}
