//! What became of mails, for agents, in words.

use super::EventView;
use crate::words::{Markup, Words};

impl EventView {
    /// The sentence, where the event is about a mail. Whom it went to stands in `to_name`, what a mail server
    /// said in `comment`.
    pub(super) fn mail_words(&self, words: &Words) -> Option<Markup> {
        let (to, why) = (self.to_name.as_str(), self.comment.trim());
        Some(match (self.name.as_str(), why) {
            ("mail_sent", _) => words.say_names("event-mail-sent", &[("to", to)]),
            ("mail_proof_sent", _) => words.say_names("event-mail-proof-sent", &[("to", to)]),
            ("mail_proved", _) => words.say_names("event-mail-proved", &[("to", to)]),
            ("mail_transcript_sent", _) => words.say_names("event-mail-transcript-sent", &[("to", to)]),
            ("mail_bounced", _) => words.say_names("event-mail-bounced", &[("to", to), ("why", why)]),
            ("mail_failed", _) => words.say_names("event-mail-failed", &[("to", to), ("why", why)]),
            _ => return None,
        })
    }

    /// The icon, where the event is about a mail.
    pub(super) fn mail_icon(&self) -> Option<&'static str> {
        match self.name.as_str() {
            "mail_bounced" | "mail_failed" => Some("alert"),
            "mail_proved" => Some("verified"),
            "mail_sent" | "mail_proof_sent" | "mail_transcript_sent" => Some("mail"),
            _ => None,
        }
    }
}
