//! One message: the only place that knows how it looks.

use askama::Template;

use super::linkify::parts_naming;
use super::{BotView, MailView, OfferView, Part, plain_time, visitor_name};
use crate::agents::pages::{initials, tint};
use crate::words::{Markup, Words};

/// One entry of a conversation as the console shows it.
#[derive(Debug, Clone, Default)]
pub struct MessageView {
    /// UUID as text; the element's id is `m-` and this.
    pub id: String,
    pub seq: i64,
    pub rev: i64,
    /// `text`, `note` (agents only), `event`; anything newer is shown as text.
    pub kind: String,
    /// `visitor`, `agent`, `bot` or `system`.
    pub author_kind: String,
    /// Empty for the system.
    pub author_id: String,
    /// Empty where none is known.
    pub author_name: String,
    /// As it was written; links are found here, escaping is the template's.
    pub text: String,
    /// Of a note: the colleagues that it names, as they are written in it.
    pub mentions: Vec<String>,
    /// What happened, where `kind` is `event`.
    pub event: Option<EventView>,
    /// What a bot offered, or a visitor chose of it.
    pub offer: OfferView,
    /// What came by mail, or went out by it.
    pub mail: Option<MailView>,
    /// RFC 3339.
    pub created_at: String,
    pub edited: bool,
    /// A deleted message has no text any more.
    pub deleted: bool,
}

/// What happened, still without words.
#[derive(Debug, Clone, Default)]
pub struct EventView {
    /// `conversation_started`, `agent_joined`, `agent_left`, `conversation_closed`,
    /// `conversation_reopened`, `conversation_rated`, `conversation_transferred`, `conversation_merged`, `conversation_continued`,
    /// `visitor_nudged`, `visitor_warned`, `conversation_timed_out`, `bot_handed_off`,
    /// `conversation_given_to_bot`, `bot_failed`, `bot_suppressed`, `mail_sent`,
    /// `mail_proof_sent`, `mail_proved`, `mail_transcript_sent`, `mail_bounced`, `mail_failed`; an unknown name is shown as it is.
    pub name: String,
    /// `visitor`, `agent`, `bot` or `system`: who did it, where the event says so (`by.kind`;
    /// `agent` for `agent_joined` and `agent_left`).
    pub by_kind: String,
    /// That one's name; may be empty.
    pub by_name: String,
    /// Who gets it, of a transfer; may be empty.
    pub to_name: String,
    /// RFC 3339: until when, of a chat that was put off.
    pub until: String,
    /// The word, of a new priority.
    pub priority: String,
    /// 1 to 5, of a rating.
    pub score: String,
    /// What the visitor added to it; may be empty.
    pub comment: String,
    /// What a word filter found; may be empty.
    pub phrase: String,
    /// Which bot, and what became of it, where the event is about one.
    pub bot: BotView,
}

/// A message by itself, as it is pushed.
#[derive(Template)]
#[template(path = "conversations/_message.html")]
pub(super) struct Fragment<'a> {
    pub words: &'static Words,
    pub message: &'a MessageView,
    /// The form of a message that the server has not stored yet: the script clones it.
    pub pending: bool,
}

impl MessageView {
    /// The empty form that the script clones for what is on its way.
    pub(super) fn pending(agent_id: &str, agent_name: &str, kind: &str) -> Self {
        Self {
            kind: kind.to_owned(),
            author_kind: "agent".to_owned(),
            author_id: agent_id.to_owned(),
            author_name: agent_name.to_owned(),
            ..Self::default()
        }
    }

    pub(super) fn is_note(&self) -> bool {
        self.kind == "note"
    }

    /// Whether it stands on our side of the log.
    pub(super) fn is_ours(&self) -> bool {
        self.author_kind == "agent"
    }

    pub(super) fn is_bot(&self) -> bool {
        self.author_kind == "bot"
    }

    /// Whether somebody wrote it by mail who is not of this conversation.
    pub(super) fn is_strangers(&self) -> bool {
        self.mail.as_ref().is_some_and(|mail| mail.stranger)
    }

    pub(super) fn parts(&self) -> Vec<Part> {
        parts_naming(&self.text, &self.mentions)
    }

    /// Whether whoever wrote it may put other words into it or take it back.
    pub(super) fn can_change(&self) -> bool {
        self.is_ours() && !self.deleted
    }

    pub(super) fn time(&self) -> String {
        plain_time(&self.created_at)
    }

    pub(super) fn author(&self, words: &Words) -> String {
        match self.author_kind.as_str() {
            _ if !self.author_name.trim().is_empty() => self.author_name.clone(),
            "visitor" => visitor_name(words, ""),
            "agent" => words.say("colleague"),
            "bot" => words.say("bot"),
            _ => String::new(),
        }
    }

    pub(super) fn initials(&self) -> String {
        initials(&self.author_name)
    }

    pub(super) fn tint(&self) -> usize {
        tint(&self.author_id)
    }

    pub(super) fn deleted_words(&self, words: &Words) -> Markup {
        words.say_names("message-deleted", &[("author", &self.author(words))])
    }

    pub(super) fn note_words(&self, words: &Words) -> Markup {
        if let Some(mail) = &self.mail {
            return mail.note_words(words);
        }
        words.say_names("note-by", &[("agent", &self.author(words))])
    }

    /// The icon of an event.
    pub(super) fn icon(&self) -> &'static str {
        if let Some(icon) = self.event.as_ref().and_then(EventView::mail_icon) {
            return icon;
        }
        match self.event.as_ref().map(|event| event.name.as_str()) {
            Some("agent_joined" | "agent_left" | "conversation_transferred") => "transfer",
            Some("bot_handed_off" | "conversation_given_to_bot") => "bot",
            Some("bot_failed" | "bot_suppressed") => "alert",
            Some("conversation_closed" | "conversation_timed_out") => "check",
            Some("visitor_nudged" | "visitor_warned") => "clock",
            Some("conversation_reopened") => "retry",
            Some("conversation_merged" | "conversation_continued") => "verified",
            Some("conversation_snoozed" | "conversation_woken") => "snooze",
            Some("priority_changed") => "flame",
            Some("words_flagged") => "alert",
            Some("conversation_started" | "conversation_rated") => "bell",
            _ => "info",
        }
    }

    /// Until when, where the event says so: its time and how that is written without a script.
    pub(super) fn until(&self) -> Option<(&str, String)> {
        let until = self.event.as_ref().map(|event| event.until.as_str()).filter(|until| !until.is_empty())?;
        Some((until, plain_time(until)))
    }

    /// An event in words; a system's text without an event is said as it is.
    pub(super) fn event_words(&self, words: &Words) -> Markup {
        let Some(event) = &self.event else { return words.say_names("event-unknown", &[("name", &self.text)]) };
        if let Some(said) = event.bot_words(words).or_else(|| event.mail_words(words)) {
            return said;
        }
        let by = event.by_name.trim();
        match (event.name.as_str(), event.by_kind.as_str(), by) {
            ("conversation_started", ..) => words.say_names("event-started", &[]),
            ("agent_joined", _, "") => words.say_names("event-joined", &[]),
            ("agent_joined", ..) => words.say_names("event-agent-joined", &[("agent", by)]),
            ("agent_left", _, "") => words.say_names("event-left", &[]),
            ("agent_left", ..) => words.say_names("event-agent-left", &[("agent", by)]),
            ("conversation_closed", "system", _) => words.say_names("event-closed", &[]),
            ("conversation_closed", "visitor", "") => words.say_names("event-visitor-closed", &[]),
            ("conversation_closed", _, "") => words.say_names("event-closed", &[]),
            ("conversation_closed", ..) => words.say_names("event-closed-by", &[("by", by)]),
            ("visitor_nudged", ..) => words.say_names("event-nudged", &[]),
            ("visitor_warned", ..) => words.say_names("event-warned", &[]),
            ("conversation_timed_out", ..) => words.say_names("event-timed-out", &[]),
            ("conversation_merged", ..) => words.say_names("event-merged", &[]),
            ("conversation_continued", ..) => words.say_names("event-continued", &[]),
            ("conversation_reopened", "visitor", "") => words.say_names("event-visitor-reopened", &[]),
            ("conversation_reopened", _, "") => words.say_names("event-reopened", &[]),
            ("conversation_reopened", ..) => words.say_names("event-reopened-by", &[("by", by)]),
            ("conversation_transferred", _, "") => words.say_names("event-transferred", &[("to", &event.to_name)]),
            ("conversation_transferred", ..) => {
                words.say_names("event-transferred-by", &[("to", &event.to_name), ("by", by)])
            }
            ("conversation_snoozed", ..) => words.say_names("event-snoozed", &[("by", by)]),
            ("conversation_woken", "visitor", _) => words.say_names("event-woken-visitor", &[]),
            ("conversation_woken", ..) => words.say_names("event-woken", &[]),
            ("priority_changed", ..) => {
                let priority = super::side::priority_words(words, &event.priority);
                words.say_names("event-priority", &[("by", by), ("priority", &priority)])
            }
            ("words_flagged", ..) => words.say_names("event-flagged", &[("phrase", &event.phrase)]),
            ("conversation_rated", ..) => match event.comment.trim() {
                "" => words.say_names("event-rated", &[("score", &event.score)]),
                comment => words.say_names("event-rated-comment", &[("score", &event.score), ("comment", comment)]),
            },
            (name, ..) => words.say_names("event-unknown", &[("name", name)]),
        }
    }
}
