//! What a list lets through: by state, queue, tag, agent, site and priority, all of which have to fit.
//! In addresses it is `state=late,queue=ID,tag=ID`.

use std::fmt;

use super::Looked;
use crate::conversations::State;
use crate::ids::{AgentId, QueueId, SiteId, TagId};
use crate::routing::Priority;

/// States of a conversation, those that are derived from its log among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// No agent answered yet.
    New,
    /// The visitor waits for an answer.
    Ours,
    /// We wait for the visitor.
    Theirs,
    /// Under a quarter of the time for the answer is left.
    Risk,
    /// The answer is late.
    Late,
    /// In a queue.
    Queued,
    /// The bot answers.
    Bot,
    /// Put off.
    Snoozed,
    /// Over.
    Closed,
}

impl Standing {
    /// All of them, in the order of the menu.
    pub const ALL: [Self; 9] = [
        Self::New,
        Self::Ours,
        Self::Theirs,
        Self::Risk,
        Self::Late,
        Self::Queued,
        Self::Bot,
        Self::Snoozed,
        Self::Closed,
    ];

    /// The word in filters.
    pub const fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Ours => "ours",
            Self::Theirs => "theirs",
            Self::Risk => "risk",
            Self::Late => "late",
            Self::Queued => "queued",
            Self::Bot => "bot",
            Self::Snoozed => "snoozed",
            Self::Closed => "closed",
        }
    }

    /// From the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.word() == word)
    }

    /// Whether a conversation stands so at this moment. The same as [`crate::conversations::list_store`] says in SQL.
    fn is(self, looked: &Looked<'_>) -> bool {
        let (c, now) = (looked.conversation, looked.now);
        let awake = matches!(c.state, State::Queued | State::Assigned);
        match self {
            Self::New => awake && c.first_answered_at.is_none(),
            Self::Ours => awake && c.waiting_since.is_some(),
            Self::Theirs => c.state == State::Assigned && c.waiting_since.is_none(),
            Self::Risk => awake && c.answer_risk_at().is_some_and(|at| at <= now) && !Self::Late.is(looked),
            Self::Late => awake && c.answer_due_at.is_some_and(|at| at <= now),
            Self::Queued => c.state == State::Queued,
            Self::Bot => c.state == State::Bot,
            Self::Snoozed => c.state == State::Snoozed,
            Self::Closed => c.is_closed(),
        }
    }
}

/// How a conversation began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// In the widget.
    Chat,
    /// By a mail to a website's address.
    Mail,
}

impl Channel {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Chat, Self::Mail];

    /// The word in filters.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Mail => "mail",
        }
    }

    /// From the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.word() == word)
    }
}

/// See the module. What is none is not looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// How it stands; none: not closed.
    pub standing: Option<Standing>,
    /// Where it waits or would wait.
    pub queue: Option<QueueId>,
    /// What it is about.
    pub tag: Option<TagId>,
    /// Who owns it.
    pub agent: Option<AgentId>,
    /// The website.
    pub site: Option<SiteId>,
    /// How urgent it is.
    pub priority: Option<Priority>,
    /// How it began.
    pub channel: Option<Channel>,
}

impl Filter {
    /// Reads a filter; nothing where a part is unknown.
    pub fn parse(text: &str) -> Option<Self> {
        let mut filter = Self::default();
        for part in text.split(',').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=')?;
            match name {
                "state" => filter.standing = Some(Standing::parse(value)?),
                "queue" => filter.queue = Some(value.parse().ok()?),
                "tag" => filter.tag = Some(value.parse().ok()?),
                "agent" => filter.agent = Some(value.parse().ok()?),
                "site" => filter.site = Some(value.parse().ok()?),
                "priority" => filter.priority = Some(Priority::parse(value)?),
                "channel" => filter.channel = Some(Channel::parse(value)?),
                _ => return None,
            }
        }
        Some(filter)
    }

    /// Whether it lets this conversation through.
    pub fn holds(&self, looked: &Looked<'_>) -> bool {
        let c = looked.conversation;
        self.standing.map_or(!c.is_closed(), |standing| standing.is(looked))
            && self.queue.is_none_or(|queue| c.queue_id == queue)
            && self.tag.is_none_or(|tag| looked.tags.contains(&tag))
            && self.agent.is_none_or(|agent| c.owner_agent_id == Some(agent))
            && self.site.is_none_or(|site| c.site_id == site)
            && self.priority.is_none_or(|priority| c.priority == priority.number())
            && self.channel.is_none_or(|channel| (channel == Channel::Mail) == looked.by_mail)
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            self.standing.map(|standing| format!("state={}", standing.word())),
            self.queue.map(|id| format!("queue={id}")),
            self.tag.map(|id| format!("tag={id}")),
            self.agent.map(|id| format!("agent={id}")),
            self.site.map(|id| format!("site={id}")),
            self.priority.map(|priority| format!("priority={}", priority.word())),
            self.channel.map(|channel| format!("channel={}", channel.word())),
        ];
        f.write_str(&parts.into_iter().flatten().collect::<Vec<_>>().join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_reads_what_it_writes() {
        let id = "0193a1b2-3c4d-7e5f-8a6b-7c8d9e0f1a2b";
        for text in [
            "",
            "state=late",
            &format!("state=new,queue={id},tag={id},agent={id},site={id},priority=urgent,channel=mail"),
        ] {
            assert_eq!(Filter::parse(text).unwrap().to_string(), text);
        }
        for wrong in ["state", "state=odd", "queue=1", "colour=red", "priority=9", "channel=fax", "state=late;drop"] {
            assert_eq!(Filter::parse(wrong), None, "{wrong}");
        }
    }
}
