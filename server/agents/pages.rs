//! What every console page has in common, and the pages that are not about a conversation:
//! sign-in and errors. Plain structs that the routes fill and askama renders; no rules live here.

use askama::Template;

use super::AgentState;
use super::session_store::SessionRow;
use crate::app::App;
use crate::backup::status::Late;
use crate::routing::duty_store;
use crate::words::{Lang, Words};

/// What the frame of every page needs.
#[derive(Debug, Clone)]
pub struct Page {
    pub words: &'static Words,
    /// Goes into the field `csrf` of every form.
    pub csrf: String,
    /// Who is signed in; none on the sign-in page, in the set-up and on most errors.
    pub agent: Option<AgentChip>,
    pub assets: Assets,
}

impl Page {
    /// A page for nobody in particular.
    pub fn new(lang: Lang, csrf: String, assets: Assets) -> Self {
        Self { words: lang.words(), csrf, agent: None, assets }
    }

    /// Whether the agent may see the wallboard.
    pub fn supervises(&self) -> bool {
        self.agent.as_ref().is_some_and(|agent| agent.supervises)
    }

    /// Whether the agent may change settings.
    pub fn administers(&self) -> bool {
        self.agent.as_ref().is_some_and(|agent| agent.administers)
    }

    /// The same page for an agent.
    pub fn of(self, agent: AgentChip) -> Self {
        Self { agent: Some(agent), ..self }
    }
}

/// The agent whose page it is.
#[derive(Debug, Clone)]
pub struct AgentChip {
    /// UUID as text; pages and script compare it with the authors of messages.
    pub id: String,
    pub name: String,
    /// What they chose: `online`, `draining`, `away` or `offline`.
    pub state: String,
    /// Chats in hand, and how many at once are agreed; 0 hides the ring.
    pub load: i64,
    pub capacity: i64,
    /// Whether they see all queues, and so the wallboard.
    pub supervises: bool,
    /// Whether they may change settings.
    pub administers: bool,
    /// For those who may do something about it: the last backup is too old. RFC 3339 of when it was; empty
    /// where there is none.
    pub backup: Option<String>,
    /// The version of the style sheet with the team's pictures; none where nobody has one.
    pub faces: Option<String>,
}

impl AgentChip {
    /// The agent of a session, with state and load as they are now; without them where the database does
    /// not answer, since a page is better than none.
    pub async fn read(app: &App, row: &SessionRow) -> Self {
        let duty = match app.db.read().await {
            Ok(mut conn) => duty_store::find(conn.conn(), row.workspace_id, row.agent_id).await.ok().flatten(),
            Err(_) => None,
        };
        let (state, load, capacity) = duty.map_or(("offline", 0, 0), |d| (d.state.word(), d.load, d.capacity));
        Self {
            id: row.agent_id.to_string(),
            name: row.name.clone(),
            state: state.to_owned(),
            load,
            capacity,
            supervises: row.role.sees_every_queue(),
            administers: row.role.administers(),
            backup: row.role.administers().then(|| Self::backup_late(app)).flatten(),
            faces: app.workspaces.faces(row.workspace_id).and_then(|faces| faces.version().map(str::to_owned)),
        }
    }

    fn backup_late(app: &App) -> Option<String> {
        app.backups.late(app.clock.now(), app.config.backup_within).map(|late| match late {
            Late::Never => String::new(),
            Late::Since(at) => at.rfc3339(),
        })
    }

    /// The states to choose from, each with its words.
    pub fn states(&self, words: &Words) -> Vec<(&'static str, String, String)> {
        AgentState::ALL
            .into_iter()
            .map(|state| match state {
                AgentState::Online => (state.word(), words.say("own-online"), words.say("own-online-help")),
                AgentState::Draining => (state.word(), words.say("own-draining"), words.say("own-draining-help")),
                AgentState::Away => (state.word(), words.say("own-away"), words.say("own-away-help")),
                AgentState::Offline => (state.word(), words.say("own-offline"), words.say("own-offline-help")),
            })
            .collect()
    }

    /// Whether this is the chosen state.
    pub fn is(&self, state: &str) -> bool {
        self.state == state
    }

    /// Chats in hand as the ring draws them: never more than the whole.
    pub fn ring(&self) -> i64 {
        self.load.min(self.capacity)
    }

    /// One or two letters for the avatar.
    pub fn initials(&self) -> String {
        initials(&self.name)
    }

    /// One of the avatar's six colours.
    pub fn tint(&self) -> usize {
        tint(&self.id)
    }

    /// `Online, 4 of 6 chats`, or only the name where no capacity is known.
    pub fn describe(&self, words: &Words) -> String {
        if self.capacity == 0 {
            return self.name.clone();
        }
        let numbers = [("load", self.load), ("capacity", self.capacity)];
        format!("{}: {}", self.name, words.say_with("own-load", &numbers))
    }
}

/// Where the static files are, with whatever the server adds against stale caches.
#[derive(Debug, Clone)]
pub struct Assets {
    pub css: String,
    pub script: String,
    pub icon: String,
}

impl Assets {
    /// The files under their plain names.
    pub fn plain() -> Self {
        Self::with(|name| format!("/console/static/{name}"))
    }

    /// The files under the address that `url` gives for `console.css`, `console.js` and
    /// `favicon.svg`.
    pub fn with(url: impl Fn(&str) -> String) -> Self {
        Self { css: url("console.css"), script: url("console.js"), icon: url("favicon.svg") }
    }
}

/// The style sheet that tells an agent's own things from the others', so that a message or row can
/// be rendered once for everybody. Served as `/console/mine/{agent}.css`; it says nothing that is
/// not in its address, so it needs no login and may be cached for ever.
pub fn mine_css(agent: crate::ids::AgentId) -> String {
    // console.css sets both for every `[data-by]`; this sheet comes after it.
    format!("[data-by=\"{agent}\"] {{ --mine: inline-flex; --theirs: none }}\n")
}

/// `/console/login`.
#[derive(Debug, Clone, Template)]
#[template(path = "sign_in.html")]
pub struct SignIn {
    pub page: Page,
    /// What was typed, kept.
    pub email: String,
    /// Where to go afterwards: a path of this server.
    pub next: Option<String>,
    pub problem: Option<SignInProblem>,
    /// Whether a link for another password can be mailed.
    pub mails: bool,
}

/// Why a sign-in did not work. It never says whether the address exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInProblem {
    Wrong,
    /// Seconds until the next try.
    TooMany(i64),
    /// The session ended; nobody did anything wrong.
    Expired,
}

impl SignInProblem {
    fn text(self, words: &Words) -> String {
        match self {
            Self::Wrong => words.say("sign-in-wrong"),
            Self::TooMany(seconds) => words.say_with("sign-in-too-many", &[("seconds", seconds)]),
            Self::Expired => words.say("sign-in-expired"),
        }
    }
}

/// A page that says what went wrong and what can be done.
#[derive(Debug, Clone, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    pub page: Page,
    pub status: u16,
    /// For the operator's log; shown where something broke here.
    pub request_id: Option<String>,
}

impl ErrorPage {
    fn title(&self) -> String {
        let words = self.page.words;
        match self.status {
            400 | 422 => words.say("error-unreadable"),
            401 | 403 => words.say("error-not-allowed"),
            404 | 405 => words.say("error-not-found"),
            409 => words.say("error-stale"),
            410 => words.say("error-gone"),
            413 => words.say("error-too-big"),
            429 => words.say("error-too-many"),
            503 => words.say("error-restarting"),
            _ => words.say("error-broken"),
        }
    }

    fn help(&self) -> String {
        let words = self.page.words;
        match self.status {
            400 | 422 => words.say("error-unreadable-help"),
            401 | 403 => words.say("error-not-allowed-help"),
            404 | 405 => words.say("error-not-found-help"),
            409 => words.say("error-stale-help"),
            410 => words.say("error-gone-help"),
            413 => words.say("error-too-big-help"),
            429 => words.say("error-too-many-help"),
            503 => words.say("error-restarting-help"),
            _ => words.say("error-broken-help"),
        }
    }
}

/// One or two letters that stand for a name: of its first and its last word.
pub fn initials(name: &str) -> String {
    let first_letter = |word: &str| word.chars().find(|c| c.is_alphanumeric());
    let mut letters = name.split_whitespace().filter_map(first_letter);
    let first = letters.next();
    first.into_iter().chain(letters.next_back()).flat_map(char::to_uppercase).take(2).collect()
}

/// One of six colours, always the same for an id.
pub fn tint(id: &str) -> usize {
    id.bytes().fold(7_usize, |sum, byte| (sum * 31 + usize::from(byte)) % 9973) % 6 + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_and_the_last_word() {
        for (name, letters) in [
            ("Priya Raman", "PR"),
            ("Maximiliane von Hohenstein-Wagenknecht", "MH"),
            ("yousef", "Y"),
            ("يوسف الحداد", "يا"),
            ("  \u{202e} <script> ", "S"),
            ("🚲", ""),
            ("", ""),
            ("ßx", "SS"),
        ] {
            assert_eq!(initials(name), letters, "{name}");
        }
    }

    #[test]
    fn mine_is_told_by_the_agents_own_id_only() {
        let id: crate::ids::AgentId = "0193a1b2-3c4d-7e5f-8a6b-7c8d9e0f1a2b".parse().unwrap();
        assert!(mine_css(id).starts_with("[data-by=\"0193a1b2-3c4d-7e5f-8a6b-7c8d9e0f1a2b\"] {"));
    }
}
