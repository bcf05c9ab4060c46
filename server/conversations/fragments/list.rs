//! The head of the list: its tabs, and the menu by which it is filtered.

use crate::views::View;
use crate::views::filter::{Channel, Standing};
use crate::words::Words;

/// One tab.
#[derive(Debug, Clone)]
pub struct TabView {
    /// The view's word in addresses and frames.
    pub word: String,
    pub title: String,
    pub count: Option<i64>,
    pub on: bool,
}

/// What a choice of the menu offers.
#[derive(Debug, Clone)]
pub struct Choice {
    pub value: String,
    pub title: String,
    pub chosen: bool,
}

/// The menu: what can be chosen, and what is.
#[derive(Debug, Clone, Default)]
pub struct FilterMenu {
    pub states: Vec<Choice>,
    pub queues: Vec<Choice>,
    pub tags: Vec<Choice>,
    pub agents: Vec<Choice>,
    pub sites: Vec<Choice>,
    pub priorities: Vec<Choice>,
    pub channels: Vec<Choice>,
    /// Whether the viewer may keep a view for everybody.
    pub may_share: bool,
    /// The id of the saved view that is shown and that the viewer may drop; else empty.
    pub saved_id: String,
    /// Whether a filter is on.
    pub on: bool,
}

impl FilterMenu {
    /// The choices, each with its name in the form and its label's key.
    pub(super) fn fields(&self) -> [(&'static str, &'static str, &[Choice]); 7] {
        [
            ("state", "filter-state", &self.states),
            ("queue", "filter-queue", &self.queues),
            ("tag", "filter-tag", &self.tags),
            ("agent", "filter-agent", &self.agents),
            ("site", "filter-site", &self.sites),
            ("priority", "filter-priority", &self.priorities),
            ("channel", "filter-channel", &self.channels),
        ]
    }

    /// The states in words.
    pub fn standings(view: &View, words: &Words) -> Vec<Choice> {
        let chosen = view.filter().and_then(|filter| filter.standing);
        let choice = |standing: Standing| Choice {
            value: standing.word().to_owned(),
            title: standing_title(standing, words),
            chosen: chosen == Some(standing),
        };
        Standing::ALL.into_iter().map(choice).collect()
    }
}

fn standing_title(standing: Standing, words: &Words) -> String {
    match standing {
        Standing::New => words.say("standing-new"),
        Standing::Ours => words.say("turn-ours"),
        Standing::Theirs => words.say("turn-theirs"),
        Standing::Risk => words.say("standing-risk"),
        Standing::Late => words.say("standing-late"),
        Standing::Queued => words.say("turn-queue"),
        Standing::Bot => words.say("turn-bot"),
        Standing::Snoozed => words.say("turn-snoozed"),
        Standing::Closed => words.say("turn-closed"),
    }
}

/// The word for a channel.
pub fn channel_title(channel: Channel, words: &Words) -> String {
    match channel {
        Channel::Chat => words.say("channel-chat"),
        Channel::Mail => words.say("mail"),
    }
}

/// The word for a priority.
pub fn priority_title(priority: i64, words: &Words) -> String {
    match priority {
        ..=-1 => words.say("priority-low"),
        0 => words.say("priority-normal"),
        1 => words.say("priority-high"),
        2.. => words.say("priority-urgent"),
    }
}
