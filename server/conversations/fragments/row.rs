//! One row of the list, and the groups that the list is cut into: by whose turn it is.

use askama::Template;

use super::{plain_time, visitor_name};
use crate::agents::pages::{initials, tint};
use crate::words::{Markup, Words};

/// One conversation in a list.
#[derive(Debug, Clone, Default)]
pub struct RowView {
    /// UUID as text; the element's id is `row-` and this.
    pub id: String,
    /// `bot`, `queued`, `assigned`, `snoozed` or `closed`.
    pub state: String,
    pub epoch: i64,
    /// Empty unless an agent owns it.
    pub owner_agent_id: String,
    pub owner_name: String,
    /// Decides the colour of the avatar.
    pub visitor_id: String,
    /// Empty for somebody who gave none.
    pub visitor_name: String,
    /// The newest words that both sides see, on one line; the template cuts what is too long.
    pub last_line: String,
    /// `visitor`, `agent`, `bot` or `system`; empty where nothing was said yet.
    pub last_author_kind: String,
    pub last_author_id: String,
    pub last_author_name: String,
    /// RFC 3339: what the timer counts from. For a queued chat when it began to wait, for an
    /// assigned one when the last words came, for a closed one when it was closed.
    pub since: String,
    /// How many of the visitor's messages no agent has read.
    pub unread: i64,
    /// `/checkout`; may be empty.
    pub page_path: String,
    pub queue_name: String,
    /// What it is about.
    pub tags: Vec<String>,
    /// Whether no agent answered yet.
    pub is_new: bool,
    /// RFC 3339: until when the visitor is to be answered, and from when on that is at risk. Empty
    /// where nothing is due.
    pub answer_due_at: String,
    pub answer_risk_at: String,
    /// RFC 3339; empty unless snoozed.
    pub snoozed_until: String,
    /// -1 low, 0 normal, 1 high, 2 urgent.
    pub priority: i64,
    /// Whether somebody of the team only tries things out.
    pub is_test: bool,
    /// Whether it is in the queue for practice.
    pub is_practice: bool,
    /// Whether it began by mail.
    pub by_mail: bool,
}

/// Whose turn it is: the groups of the list, in the order in which they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turn {
    /// The visitor wrote last: an agent owes an answer.
    Ours,
    /// An agent wrote last.
    Theirs,
    /// Nobody has it yet.
    Queue,
    Bot,
    Snoozed,
    Closed,
}

impl Turn {
    /// All of them, in order.
    pub const ALL: [Self; 6] = [Self::Ours, Self::Theirs, Self::Queue, Self::Bot, Self::Snoozed, Self::Closed];

    /// The name in `data-turn` and in element ids.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Theirs => "theirs",
            Self::Queue => "queue",
            Self::Bot => "bot",
            Self::Snoozed => "snoozed",
            Self::Closed => "closed",
        }
    }

    pub(super) fn title(self, words: &Words) -> String {
        match self {
            Self::Ours => words.say("turn-ours"),
            Self::Theirs => words.say("turn-theirs"),
            Self::Queue => words.say("turn-queue"),
            Self::Bot => words.say("turn-bot"),
            Self::Snoozed => words.say("turn-snoozed"),
            Self::Closed => words.say("turn-closed"),
        }
    }
}

/// The rows of one turn.
#[derive(Debug, Clone)]
pub struct Group {
    pub turn: Turn,
    pub rows: Vec<RowView>,
    /// Whether there are more than are shown.
    pub cut: bool,
}

/// The rows in groups, each sorted: mine first where an answer is owed, then who waits longest;
/// what needs nothing from us with the newest on top. The script keeps the same order
/// (`agent-console/src/order.ts`). Every turn has its group, so that a pushed row finds its place.
pub fn groups(rows: Vec<RowView>, me: &str) -> Vec<Group> {
    let mut groups: Vec<Group> =
        Turn::ALL.into_iter().map(|turn| Group { turn, rows: Vec::new(), cut: false }).collect();
    for row in rows {
        if let Some(group) = groups.iter_mut().find(|group| group.turn == row.turn()) {
            group.rows.push(row);
        }
    }
    for Group { turn, rows, .. } in &mut groups {
        rows.sort_by(|a, b| a.since.cmp(&b.since).then_with(|| a.id.cmp(&b.id)));
        match turn {
            Turn::Ours => rows.sort_by_key(|row| row.owner_agent_id != me),
            Turn::Theirs | Turn::Closed => rows.reverse(),
            Turn::Queue | Turn::Bot | Turn::Snoozed => {}
        }
    }
    groups
}

/// A row by itself, as it is pushed.
#[derive(Template)]
#[template(path = "conversations/_row.html")]
pub(super) struct Fragment<'a> {
    pub words: &'static Words,
    pub row: &'a RowView,
    /// `?view=mine` on a page; the script adds it to a pushed row.
    pub query: &'a str,
    /// The conversation that is open in the page, marked in its list; empty in a pushed row.
    pub open_id: &'a str,
}

impl RowView {
    /// Whose turn it is.
    pub fn turn(&self) -> Turn {
        match self.state.as_str() {
            "queued" => Turn::Queue,
            "bot" => Turn::Bot,
            "snoozed" => Turn::Snoozed,
            "closed" => Turn::Closed,
            _ if self.last_author_kind == "visitor" => Turn::Ours,
            _ => Turn::Theirs,
        }
    }

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

    /// Whether the last words are ours, so that the line says who wrote them.
    pub(super) fn we_wrote_last(&self) -> bool {
        self.last_author_kind == "agent"
    }

    pub(super) fn last_by(&self, words: &Words) -> Markup {
        words.say_names("row-last-by", &[("agent", &self.last_author_name)])
    }

    /// One line, and no more of it than a row can show.
    pub(super) fn line(&self) -> String {
        let line: String = self.last_line.chars().take(160).map(|c| if c.is_control() { ' ' } else { c }).collect();
        line.trim().to_owned()
    }

    /// `99+` beyond 99.
    pub(super) fn unread_text(&self) -> String {
        if self.unread > 99 { "99+".to_owned() } else { self.unread.to_string() }
    }

    pub(super) fn unread_words(&self, words: &Words) -> String {
        words.say_with("row-unread", &[("count", self.unread)])
    }

    pub(super) fn queue_words(&self, words: &Words) -> Markup {
        if self.queue_name.is_empty() {
            return words.say_names("state-queued", &[]);
        }
        words.say_names("state-queued-in", &[("queue", &self.queue_name)])
    }

    /// The tags that a row has room for, and how many more there are.
    pub(super) fn some_tags(&self) -> (&[String], usize) {
        let room = self.tags.len().min(2);
        (&self.tags[..room], self.tags.len() - room)
    }

    pub(super) fn priority_words(&self, words: &Words) -> String {
        super::priority_title(self.priority, words)
    }

    pub(super) fn due(&self) -> String {
        plain_time(&self.answer_due_at)
    }

    pub(super) fn until(&self) -> String {
        plain_time(&self.snoozed_until)
    }

    pub(super) fn take_words(&self, words: &Words) -> String {
        words.say_with("take-named", &[("visitor", self.name(words))])
    }

    pub(super) fn time(&self) -> String {
        // A row has room for the day and the minute.
        plain_time(&self.since).get(5..16).unwrap_or_default().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, state: &str, last: &str, owner: &str, since: &str) -> RowView {
        RowView {
            id: id.to_owned(),
            state: state.to_owned(),
            last_author_kind: last.to_owned(),
            owner_agent_id: owner.to_owned(),
            since: since.to_owned(),
            ..RowView::default()
        }
    }

    #[test]
    fn mine_first_then_who_waits_longest_and_quiet_ones_newest_first() {
        let rows = vec![
            row("a", "assigned", "visitor", "marek", "10:01"),
            row("b", "assigned", "visitor", "me", "10:03"),
            row("c", "assigned", "visitor", "me", "10:02"),
            row("d", "assigned", "agent", "me", "10:04"),
            row("e", "assigned", "agent", "me", "10:05"),
            row("f", "queued", "visitor", "", "10:07"),
            row("g", "queued", "visitor", "", "10:06"),
            row("h", "closed", "agent", "", "09:00"),
            row("i", "closed", "agent", "", "09:30"),
            row("j", "assigned", "", "me", "10:00"),
        ];
        let groups = groups(rows, "me");
        let ids: Vec<String> = groups.iter().map(|g| g.rows.iter().map(|r| r.id.as_str()).collect()).collect();
        assert_eq!(ids, ["cba", "edj", "gf", "", "", "ih"]);
    }
}
