//! The page of a site's mail: what works, what its mails say, and a test.

use askama::Template;

use super::Site;
use super::mail_form::{PAUSES, Problem};
use super::mail_store::TestMail;
use super::texts::{Key, LangTexts};
use crate::agents::pages::Page;
use crate::http::fields::Fields;
use crate::mail::standing::{Standing, Way};
use crate::mail::writing::preview::Sample;
use crate::words::{Markup, Words};

/// `/console/settings/sites/{site}/mail`
#[derive(Debug, Clone, Template)]
#[template(path = "settings/site_mail.html")]
pub struct MailPage {
    pub page: Page,
    pub query: String,
    pub id: String,
    /// As it is stored.
    pub name: String,
    pub standing: Standing,
    pub form: MailForm,
    pub test: TestView,
    /// Mails of the workspace that are set aside.
    pub aside: i64,
    pub problem: Option<Problem>,
    pub saved: bool,
}

/// `/console/settings/sites/{site}/mail/test`: the part that changes while a test is under way.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/_mail_test.html")]
pub struct TestPart {
    pub words: &'static Words,
    pub csrf: String,
    pub id: String,
    pub standing: Standing,
    pub test: TestView,
}

/// What the form holds, as text.
#[derive(Debug, Clone, Default)]
pub struct MailForm {
    pub address: String,
    pub name: String,
    pub signature: String,
    /// Seconds; 0 is off.
    pub away: String,
    pub texts: Vec<LangTexts>,
}

/// The last test, and to whom the next would go.
#[derive(Debug, Clone, Default)]
pub struct TestView {
    /// Of whoever is signed in.
    pub to: String,
    /// Empty where there was none; else as in [`TestMail::state`].
    pub state: String,
    /// To whom it went.
    pub address: String,
    /// RFC 3339.
    pub at: String,
    /// What the server said; may be empty.
    pub error: String,
    pub attempts: i64,
    /// Whether as many were sent as may be.
    pub too_many: bool,
}

impl MailForm {
    /// What is stored.
    pub fn of(site: &Site) -> Self {
        let mail = &site.settings.mail;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Self {
            address: text(&mail.address),
            name: text(&mail.name),
            signature: text(&mail.signature),
            away: mail.away_s.to_string(),
            texts: LangTexts::of(site, &Key::MAIL),
        }
    }

    /// What was typed, kept.
    pub fn typed(fields: &Fields, site: &Site) -> Self {
        let text = |name: &str| fields.get(name).to_owned();
        Self {
            address: text("address"),
            name: text("name"),
            signature: text("signature"),
            away: text("away"),
            texts: LangTexts::typed(fields, site, &Key::MAIL),
        }
    }

    /// The pauses that can be chosen, in words; one that the command line set stays among them.
    fn pauses(&self, words: &Words) -> Vec<(u32, String, bool)> {
        let chosen: u32 = self.away.trim().parse().unwrap_or(0);
        let mut all = PAUSES.to_vec();
        if !all.contains(&chosen) {
            all.push(chosen);
            all.sort_unstable();
        }
        let say = |seconds: u32| match seconds {
            0 => words.say("mail-away-off"),
            s if s % 3_600 == 0 => words.say_with("mail-away-hours", &[("n", s / 3_600)]),
            s if s % 60 == 0 => words.say_with("mail-away-minutes", &[("n", s / 60)]),
            s => words.say_with("mail-away-seconds", &[("n", s)]),
        };
        all.into_iter().map(|seconds| (seconds, say(seconds), seconds == chosen)).collect()
    }
}

impl TestView {
    /// The last one, if there was any.
    pub fn of(to: String, last: Option<TestMail>, too_many: bool) -> Self {
        let Some(mail) = last else { return Self { to, too_many, ..Self::default() } };
        let code = mail.code.map(|code| format!("{code} ")).unwrap_or_default();
        let said = mail.error.unwrap_or_default();
        Self {
            to,
            state: mail.state,
            address: mail.address,
            at: mail.sent_at.unwrap_or(mail.created_at).rfc3339(),
            // Most servers say their code first themselves.
            error: if said.starts_with(code.trim()) { said } else { format!("{code}{said}") },
            attempts: mail.attempts,
            too_many,
        }
    }

    pub(super) fn is_under_way(&self) -> bool {
        self.state == "pending"
    }

    /// How it stands, in words.
    fn words(&self, words: &Words) -> Markup {
        let address = [("address", self.address.as_str())];
        match self.state.as_str() {
            "sent" => words.say_names("mail-test-sent", &address),
            "pending" if self.attempts > 0 => words.say_names("mail-test-again", &address),
            "pending" => words.say_names("mail-test-pending", &address),
            "bounced" => words.say_names("mail-test-bounced", &address),
            _ => words.say_names("mail-test-failed", &address),
        }
    }
}

/// A line of what works: whether it does, and the sentence.
type Line = (bool, Markup);

fn lines(standing: &Standing, words: &Words) -> Vec<Line> {
    let out = match &standing.out {
        Some(server) => (true, words.say_names("mail-out", &[("server", server)])),
        None => (false, words.say_names("mail-out-none", &[])),
    };
    let from = match &standing.from {
        Some(from) => (true, words.say_names("mail-from", &[("address", from)])),
        None => (false, words.say_names("mail-from-none", &[])),
    };
    let reply = standing.reply_to.as_ref().map(|to| (true, words.say_names("mail-reply-to", &[("address", to)])));
    let way = |way: &Way| match way {
        Way::Imap => words.say("mail-way-imap"),
        Way::Lmtp => words.say("mail-way-lmtp"),
        Way::Http => words.say("mail-way-http"),
    };
    let ways: Vec<String> = standing.ways.iter().map(way).collect();
    let ways = match ways.is_empty() {
        true => (false, words.say_names("mail-ways-none", &[])),
        false => (true, words.say_names("mail-ways", &[("ways", &ways.join(", "))])),
    };
    [Some(out), Some(from), reply, Some(ways)].into_iter().flatten().collect()
}

impl MailPage {
    const fn section(&self) -> &'static str {
        "sites"
    }

    /// The mails that can be looked at, with their titles.
    fn samples(&self, words: &Words) -> [(&'static str, String); 2] {
        [
            (Sample::Unread.word(), words.say("mail-preview-unread")),
            (Sample::Proof.word(), words.say("mail-preview-proof")),
        ]
    }

    /// The languages that mails are written in.
    fn languages(&self) -> [(&'static str, &'static str, bool); 3] {
        super::pages::languages("")
    }

    fn lines(&self, words: &Words) -> Vec<Line> {
        lines(&self.standing, words)
    }

    const fn csrf(&self) -> &String {
        &self.page.csrf
    }

    const fn words(&self) -> &'static Words {
        self.page.words
    }
}

impl TestPart {
    const fn csrf(&self) -> &String {
        &self.csrf
    }

    const fn words(&self) -> &'static Words {
        self.words
    }
}
