//! One conversation opened in a pane: head, strip, log, composer and facts.

use askama::Template;

use super::{MessageView, PastView, SideView, visitor_name};
use crate::agents::pages::{initials, tint};
use crate::mail::reach::Reach;
use crate::words::{Markup, Words};

/// What a pane says of its conversation, beside the messages.
#[derive(Debug, Clone, Default)]
pub struct PaneView {
    /// The conversation's id; the element ids end with it.
    pub id: String,
    pub epoch: i64,
    /// `bot`, `queued`, `assigned`, `snoozed` or `closed`.
    pub state: String,
    /// Empty unless an agent owns it.
    pub owner_agent_id: String,
    pub owner_name: String,
    pub visitor_id: String,
    /// Empty for somebody who gave none.
    pub visitor_name: String,
    /// May be empty.
    pub visitor_email: String,
    /// Whether the website vouches for who the visitor is.
    pub verified: bool,
    /// Whether it vouches for the mail address, too.
    pub email_verified: bool,
    /// The website's own name for the visitor; empty for one that it does not vouch for.
    pub external_id: String,
    /// `http` or `https`, or it is not made a link; may be empty.
    pub page_url: String,
    pub page_title: String,
    pub queue_name: String,
    pub site_name: String,
    /// RFC 3339.
    pub started_at: String,
    /// RFC 3339; for `queued` when it began to wait.
    pub since: String,
    /// The newest rev that the page has: `watch` continues from it.
    pub rev: i64,
    /// The newest seq that the page shows: what `seen_seq` of a reply begins with.
    pub last_seq: i64,
    /// How far the visitor is, from the receipts.
    pub visitor_delivered_seq: i64,
    pub visitor_read_seq: i64,
    /// Whether somebody of the team only tries things out.
    pub is_test: bool,
    /// Whether it is in the queue for practice.
    pub is_practice: bool,
    /// Whether the visitor may not write any more.
    pub is_blocked: bool,
    /// What becomes of an answer while the visitor is not here.
    pub reach: Reach,
    /// Whether they are not here now, as far as this process knows.
    pub is_away: bool,
    /// Whether mails can go out, so that one can be begun from here.
    pub writes_mail: bool,
    /// The bot to which it could be given: that of its queue, by name.
    pub bot: Option<String>,
    pub side: SideView,
}

/// A pane with its log and its composer.
#[derive(Debug, Clone)]
pub struct Pane {
    pub view: PaneView,
    /// In order of seq.
    pub messages: Vec<MessageView>,
    /// The seq before which older messages can be asked for: `?before=` on the page, `history`
    /// on the wire. None where the log is whole.
    pub earlier: Option<i64>,
    pub composer: ComposerView,
    pub past: PastView,
    /// Whether it is the focused one.
    pub on: bool,
    /// The page's address once it is shut.
    pub without: String,
}

/// The form below the log.
#[derive(Debug, Clone, Default)]
pub struct ComposerView {
    /// A UUIDv7 drawn for this page: the id of the message that it will send.
    pub message_id: String,
    /// What was typed and not sent, kept.
    pub text: String,
    /// Whether it was typed as a note.
    pub note: bool,
    /// RFC 3339: when the text was kept as a draft; empty where it is none.
    pub draft_at: String,
    pub refusal: Option<Refusal>,
    /// Where the words go out as a mail.
    pub mail: Option<ComposeMail>,
}

/// A mail that is being written.
#[derive(Debug, Clone, Default)]
pub struct ComposeMail {
    /// Who gets it.
    pub to: String,
    pub subject: String,
    /// As it is typed: addresses with commas between.
    pub cc: String,
}

impl ComposeMail {
    pub(super) fn goes_to(&self, words: &Words) -> Markup {
        match self.to.as_str() {
            "" => words.say_names("compose-mail-nobody", &[]),
            to => words.say_names("compose-mail-to", &[("address", to)]),
        }
    }
}

/// Why what was typed did not go out. The text is still in the composer.
#[derive(Debug, Clone)]
pub enum Refusal {
    /// A colleague wrote meanwhile; their words are shown, and "Send anyway" is offered.
    Answered {
        agent: String,
        text: String,
    },
    /// So many characters over the limit.
    TooLong {
        over: i64,
    },
    /// Seconds until the next one may go.
    TooFast {
        seconds: i64,
    },
    Empty,
    Closed,
    /// Anything else, in the problem's own words.
    Other {
        detail: String,
    },
}

impl Refusal {
    pub(super) fn text(&self, words: &Words) -> Markup {
        match self {
            Self::Answered { agent, .. } => words.say_names("answered-meanwhile", &[("agent", agent)]),
            Self::TooLong { over } => number(words, "refused-too-long", "count", *over),
            Self::TooFast { seconds } => number(words, "refused-too-fast", "seconds", *seconds),
            Self::Empty => words.say_names("refused-empty", &[]),
            Self::Closed => words.say_names("refused-closed", &[]),
            Self::Other { detail } => words.say_names("refused-other", &[("detail", detail)]),
        }
    }
}

/// A sentence with a number in it; numbers choose plurals, so they cannot go in as names.
fn number(words: &Words, key: &str, name: &str, value: i64) -> Markup {
    Markup::escape(&words.say_with(key, &[(name, value)]))
}

/// `after 2 minutes`.
fn after(words: &Words, seconds: u32) -> String {
    match seconds {
        s if s % 3_600 == 0 => words.say_with("mail-away-hours", &[("n", s / 3_600)]),
        s if s % 60 == 0 => words.say_with("mail-away-minutes", &[("n", s / 60)]),
        s => words.say_with("mail-away-seconds", &[("n", s)]),
    }
}

/// What is pushed when a conversation changes hands or state.
#[derive(Template)]
#[template(path = "conversations/_pane_state.html")]
pub(super) struct Fragment<'a> {
    pub words: &'static Words,
    pub pane: &'a PaneView,
}

/// What is pushed when more is known of the visitor.
#[derive(Template)]
#[template(path = "conversations/_pane_known.html")]
pub(super) struct Facts<'a> {
    pub words: &'static Words,
    pub pane: &'a PaneView,
}

/// What was before, by itself, for a page that is open already.
#[derive(Template)]
#[template(path = "conversations/_pane_past.html")]
pub struct Past<'a> {
    pub words: &'static Words,
    /// Of the conversation.
    pub id: String,
    pub past: &'a PastView,
}

impl PaneView {
    pub(super) fn initials(&self) -> String {
        initials(&self.visitor_name)
    }

    pub(super) fn tint(&self) -> usize {
        tint(&self.visitor_id)
    }

    pub(super) fn owner_initials(&self) -> String {
        initials(&self.owner_name)
    }

    pub(super) fn owner_tint(&self) -> usize {
        tint(&self.owner_agent_id)
    }

    pub(super) fn name(&self, words: &Words) -> String {
        visitor_name(words, &self.visitor_name)
    }

    pub(super) fn is_closed(&self) -> bool {
        self.state == "closed"
    }

    /// Whether an agent has it, now or later.
    pub(super) fn is_owned(&self) -> bool {
        matches!(self.state.as_str(), "assigned" | "snoozed")
    }

    /// What gives it to the bot, where its owner may.
    pub(super) fn bot_words(&self, words: &Words) -> Option<Markup> {
        let bot = self.bot.as_ref().filter(|_| self.is_owned())?;
        Some(words.say_names("give-to-bot", &[("bot", bot)]))
    }

    pub(super) fn owner_words(&self, words: &Words) -> Markup {
        words.say_names("strip-colleague", &[("agent", &self.owner_name)])
    }

    pub(super) fn queue_words(&self, words: &Words) -> Markup {
        if self.queue_name.is_empty() {
            return words.say_names("state-queued", &[]);
        }
        words.say_names("state-queued-in", &[("queue", &self.queue_name)])
    }

    /// The address as a link, where it is one.
    pub(super) fn page_link(&self) -> Option<&str> {
        super::web_link(&self.page_url)
    }

    /// The page's title, or its address where it has none.
    pub(super) fn page_name(&self) -> &str {
        if self.page_title.trim().is_empty() { &self.page_url } else { &self.page_title }
    }

    /// What becomes of an answer while the visitor is away; nothing where the conversation is by mail, since
    /// nobody comes and goes there.
    pub(super) fn away_words(&self, words: &Words) -> Option<Markup> {
        let visitor = ("visitor", &*self.name(words));
        Some(match &self.reach {
            _ if self.is_practice => return None,
            Reach::Mail { .. } => return None,
            Reach::Chat => words.say_names("away-chat", &[visitor]),
            Reach::Later { address, after_s } => {
                words.say_names("away-later", &[visitor, ("address", address), ("when", &after(words, *after_s))])
            }
            Reach::Unproved { address } => words.say_names("away-unproved", &[visitor, ("address", address)]),
            Reach::Bounced { address } => words.say_names("away-bounced", &[visitor, ("address", address)]),
            Reach::Unwanted => words.say_names("away-unwanted", &[visitor]),
            Reach::Nowhere => words.say_names("away-nowhere", &[visitor]),
        })
    }

    /// Whether an answer goes to the visitor although they are away.
    pub(super) const fn goes_later(&self) -> bool {
        matches!(self.reach, Reach::Later { .. })
    }

    /// The conversation is by mail, and nothing arrives there any more.
    pub(super) fn bounce_words(&self, words: &Words) -> Option<Markup> {
        let Reach::Mail { address, bounce: Some(why) } = &self.reach else { return None };
        Some(words.say_names("compose-mail-bounced", &[("address", address), ("why", why)]))
    }

    /// Whether a mail can be begun to the visitor: while a chat goes on, it goes on there.
    pub(super) fn may_be_mailed(&self) -> bool {
        self.writes_mail && self.is_closed() && !self.visitor_email.is_empty() && !self.is_blocked
    }

    pub(super) fn label(&self, words: &Words) -> String {
        words.say_with("pane-label", &[("visitor", self.name(words))])
    }

    pub(super) fn write_to(&self, words: &Words) -> String {
        words.say_with("write-to", &[("visitor", self.name(words))])
    }

    pub(super) fn started(&self) -> String {
        super::plain_time(&self.started_at)
    }

    pub(super) fn waits(&self) -> String {
        super::plain_time(&self.since)
    }
}
