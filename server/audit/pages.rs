//! The audit log as HTML.

use askama::Template;

use super::changes::{self, ChangeView, Names};
use super::store::Entry;
use crate::agents::pages::Page;
use crate::conversations::fragments::plain_time as plain;
use crate::words::{Markup, Words};

/// `/console/settings/audit`
#[derive(Debug, Clone, Template)]
#[template(path = "settings/audit.html")]
pub struct AuditPage {
    pub page: Page,
    pub query: String,
    pub entries: Vec<EntryView>,
    /// Before which row the older ones begin; none where there are none.
    pub older: Option<String>,
}

impl AuditPage {
    const fn section(&self) -> &'static str {
        "audit"
    }
}

/// A row.
#[derive(Debug, Clone, Default)]
pub struct EntryView {
    pub action: String,
    /// Empty for the command line.
    pub by: String,
    pub subject: String,
    /// RFC 3339.
    pub at: String,
    pub changes: Vec<ChangeView>,
}

impl EntryView {
    /// From the row, with the names of what it has ids of.
    pub fn of(entry: Entry, names: &Names) -> Self {
        Self {
            action: entry.action,
            by: entry.agent_name,
            subject: entry.subject_name,
            at: entry.created_at.rfc3339(),
            changes: changes::of(&entry.changes.0, names),
        }
    }

    /// What happened, in a sentence.
    fn sentence(&self, words: &Words) -> Markup {
        let command_line = words.say("audit-command-line");
        let by = if self.by.trim().is_empty() { command_line.as_str() } else { self.by.as_str() };
        let names = [("by", by), ("name", self.subject.as_str())];
        match self.action.as_str() {
            "agent.invited" => words.say_names("audit-agent-invited", &names),
            "agent.link_made" => words.say_names("audit-agent-link", &names),
            "agent.changed" => words.say_names("audit-agent-changed", &names),
            "agent.disabled" => words.say_names("audit-agent-disabled", &names),
            "agent.enabled" => words.say_names("audit-agent-enabled", &names),
            "agent.joined" => words.say_names("audit-agent-joined", &names[1..]),
            "agent.password_set" => words.say_names("audit-agent-password", &names[1..]),
            "agent.added" => words.say_names("audit-agent-added", &names),
            "agent.password_reset" => words.say_names("audit-agent-reset", &names),
            "agent.password_changed" => words.say_names("audit-password-changed", &names[1..]),
            "agent.mails_changed" => words.say_names("audit-mails-changed", &names[1..]),
            "agent.link_mailed" => words.say_names("audit-link-mailed", &names),
            "agent.second_factor_on" => words.say_names("audit-factor-on", &names[1..]),
            "agent.second_factor_off" => words.say_names("audit-factor-off", &names),
            "agent.codes_renewed" => words.say_names("audit-codes-renewed", &names[1..]),
            "agent.device_ended" => words.say_names("audit-device-ended", &names[1..]),
            "agent.picture_set" => words.say_names("audit-picture-set", &names[1..]),
            "agent.picture_removed" => words.say_names("audit-picture-removed", &names[1..]),
            "site.added" => words.say_names("audit-site-added", &names),
            "site.changed" => words.say_names("audit-site-changed", &names),
            "site.secret_made" => words.say_names("audit-secret-made", &names),
            "site.secret_ended" => words.say_names("audit-secret-ended", &names),
            "queue.added" => words.say_names("audit-queue-added", &names),
            "queue.changed" => words.say_names("audit-queue-changed", &names),
            "bot.added" => words.say_names("audit-bot-added", &names),
            "bot.changed" => words.say_names("audit-bot-changed", &names),
            "bot.secret_exchanged" => words.say_names("audit-bot-secret", &names),
            "bot.secret_dropped" => words.say_names("audit-bot-secret-dropped", &names),
            "bot.key_exchanged" => words.say_names("audit-bot-key", &names),
            "api_key.made" => words.say_names("audit-key-made", &names),
            "api_key.revoked" => words.say_names("audit-key-revoked", &names),
            "webhook.added" => words.say_names("audit-webhook-added", &names),
            "webhook.changed" => words.say_names("audit-webhook-changed", &names),
            "webhook.secret_made" => words.say_names("audit-webhook-secret", &names),
            "webhook.secret_ended" => words.say_names("audit-webhook-secret-ended", &names),
            "webhook.enabled" => words.say_names("audit-webhook-on", &names),
            "webhook.disabled" => words.say_names("audit-webhook-off", &names),
            "webhook.removed" => words.say_names("audit-webhook-removed", &names),
            "webhook.replayed" => words.say_names("audit-webhook-replayed", &names),
            "tag.renamed" => words.say_names("audit-tag-renamed", &names),
            "tag.removed" => words.say_names("audit-tag-removed", &names),
            "filter.added" => words.say_names("audit-filter-added", &names),
            "filter.changed" => words.say_names("audit-filter-changed", &names),
            "filter.removed" => words.say_names("audit-filter-removed", &names),
            "reply.added" => words.say_names("audit-reply-added", &names),
            "reply.changed" => words.say_names("audit-reply-changed", &names),
            "reply.removed" => words.say_names("audit-reply-removed", &names),
            "mail.taken_in" => words.say_names("audit-mail-taken-in", &names[..1]),
            "mail.removed" => words.say_names("audit-mail-removed", &names[..1]),
            "visitor.blocked" => words.say_names("audit-visitor-blocked", &names[..1]),
            "visitor.unblocked" => words.say_names("audit-visitor-unblocked", &names[..1]),
            "workspace.changed" => words.say_names("audit-workspace-changed", &names),
            "visitor.erased" => words.say_names("audit-visitor-erased", &names[..1]),
            other => words.say_names("audit-other", &[("by", by), ("action", other), ("name", &self.subject)]),
        }
    }
}
