//! Views: the lists of the console. A few stand on every desk; the others are filters, which an address
//! carries, and to which an agent may give a name.

pub mod console;
pub mod filter;
pub mod menu;
pub mod store;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use crate::clock::Timestamp;
use crate::conversations::{Conversation, State};
use crate::ids::{AgentId, TagId, ViewId};
use crate::words::Words;

pub use filter::Filter;

/// Views that one agent keeps, at most; and as many for everybody.
pub const MOST_VIEWS: i64 = 50;

/// A list of the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum View {
    /// Owned by whoever looks.
    Mine,
    /// In a queue.
    Waiting,
    /// Not closed.
    All,
    /// Put off.
    Snoozed,
    /// Closed.
    Closed,
    /// What a filter lets through.
    Filtered(Arc<Filter>),
    /// A filter with a name.
    Saved(Arc<SavedView>),
}

/// A filter that somebody keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    /// Its id.
    pub id: ViewId,
    /// For people.
    pub name: String,
    /// Whether everybody has it.
    pub shared: bool,
    /// What it lets through.
    pub filter: Filter,
}

/// What a filter looks at.
pub struct Looked<'a> {
    /// The conversation.
    pub conversation: &'a Conversation,
    /// Its tags.
    pub tags: &'a [TagId],
    /// Whether it began by mail.
    pub by_mail: bool,
    /// The moment.
    pub now: Timestamp,
}

impl View {
    /// Those that stand on every desk, in the order of the tabs.
    pub const TABS: [Self; 5] = [Self::Mine, Self::Waiting, Self::All, Self::Snoozed, Self::Closed];

    /// The view of this word, but for saved ones, which [`store::named`] finds.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "mine" => Some(Self::Mine),
            "waiting" => Some(Self::Waiting),
            "all" => Some(Self::All),
            "snoozed" => Some(Self::Snoozed),
            "closed" => Some(Self::Closed),
            _ => word.strip_prefix("filter:").and_then(Filter::parse).map(|filter| Self::Filtered(Arc::new(filter))),
        }
    }

    /// Whether a conversation that the agent may see stands in this list.
    pub fn holds(&self, looked: &Looked<'_>, agent: AgentId) -> bool {
        let conversation = looked.conversation;
        match self {
            Self::Mine => conversation.owner_agent_id == Some(agent),
            Self::Waiting => conversation.state == State::Queued,
            Self::All => !conversation.is_closed(),
            Self::Snoozed => conversation.state == State::Snoozed,
            Self::Closed => conversation.is_closed(),
            Self::Filtered(filter) => filter.holds(looked),
            Self::Saved(view) => view.filter.holds(looked),
        }
    }

    /// The filter, where it is one.
    pub fn filter(&self) -> Option<&Filter> {
        match self {
            Self::Filtered(filter) => Some(filter),
            Self::Saved(view) => Some(&view.filter),
            _ => None,
        }
    }

    /// What the tab says.
    pub fn title(&self, words: &Words) -> String {
        match self {
            Self::Mine => words.say("view-mine"),
            Self::Waiting => words.say("view-waiting"),
            Self::All => words.say("view-all"),
            Self::Snoozed => words.say("view-snoozed"),
            Self::Closed => words.say("view-closed"),
            Self::Filtered(_) => words.say("view-filtered"),
            Self::Saved(view) => view.name.clone(),
        }
    }
}

/// The word in addresses and frames.
impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mine => f.write_str("mine"),
            Self::Waiting => f.write_str("waiting"),
            Self::All => f.write_str("all"),
            Self::Snoozed => f.write_str("snoozed"),
            Self::Closed => f.write_str("closed"),
            Self::Filtered(filter) => write!(f, "filter:{filter}"),
            Self::Saved(view) => write!(f, "saved:{}", view.id),
        }
    }
}
