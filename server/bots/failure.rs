//! Why a bot's turn came to nothing: the word in the log, and what the note for agents says.

use std::fmt;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::Bot;
use crate::outgoing::Failed;
use crate::visitors::clean;

/// Characters of a failure's own words that are kept.
const DETAIL_CHARS: usize = 200;

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// It did not answer within this time.
    NoAnswer(Duration),
    /// It said that it acts later, and did not within this time.
    NotLater(Duration),
    /// It answered with this status.
    Refused(u16),
    /// It could not be reached: why.
    Unreachable(Failed),
    /// What it answered makes no sense: why.
    Nonsense(String),
    /// It answered with more than it may.
    TooLong,
    /// It failed so often that it is left alone for a while.
    Resting,
    /// It was switched off.
    Disabled,
    /// The conversation used more tokens than it may.
    OutOfTokens,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAnswer(within) => write!(f, "no answer within {} s", within.as_secs_f64()),
            Self::NotLater(within) => write!(f, "nothing done within {} s", within.as_secs()),
            Self::Refused(status) => write!(f, "it answered with {status}"),
            Self::Unreachable(why) => why.fmt(f),
            Self::Nonsense(why) => f.write_str(why),
            Self::TooLong => f.write_str("the answer is too long"),
            Self::Resting => f.write_str("it is left alone for a while"),
            Self::Disabled => f.write_str("it is switched off"),
            Self::OutOfTokens => f.write_str("the conversation has used its tokens"),
        }
    }
}

impl Failure {
    /// The word in the log and in metrics.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::NoAnswer(_) => "no_answer",
            Self::NotLater(_) => "not_later",
            Self::Refused(_) => "refused",
            Self::Unreachable(_) => "unreachable",
            Self::Nonsense(_) => "nonsense",
            Self::TooLong => "too_long",
            Self::Resting => "resting",
            Self::Disabled => "disabled",
            Self::OutOfTokens => "out_of_tokens",
        }
    }

    /// Whether the bot is to blame, so that it counts for its breaker.
    pub const fn counts(&self) -> bool {
        !matches!(self, Self::Resting | Self::Disabled | Self::OutOfTokens)
    }

    /// The event's parameters. What a bot or a network said is theirs: cleaned and cut.
    pub fn params(&self, bot: &Bot) -> Map<String, Value> {
        let mut params = Map::new();
        params.insert("bot".to_owned(), json!({"id": bot.id, "name": bot.name}));
        params.insert("why".to_owned(), json!(self.word()));
        match self {
            Self::NoAnswer(within) | Self::NotLater(within) => {
                params.insert("seconds".to_owned(), json!(within.as_secs_f64().ceil()));
            }
            Self::Refused(status) => drop(params.insert("status".to_owned(), json!(status))),
            Self::Unreachable(why) => {
                params.insert("detail".to_owned(), json!(clean(&why.to_string(), DETAIL_CHARS)));
                params.insert("failed".to_owned(), json!(why.told()));
            }
            Self::Nonsense(why) => {
                params.insert("detail".to_owned(), json!(clean(why, DETAIL_CHARS)));
            }
            Self::TooLong | Self::Resting | Self::Disabled | Self::OutOfTokens => {}
        }
        params
    }
}
