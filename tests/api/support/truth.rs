//! What the database has, and whether what clients show is that: nothing lost, nothing twice, in
//! the same order.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use deskbell::db::Db;
use deskbell::ids::{ConversationId, WorkspaceId};
use deskbell::live::protocol::{Message, MessageKind};
use deskbell::messages::store::{self, Scope};
use deskbell::on;

use super::console::{Console, Pane};
use super::replica::{Replica, StoredMessage};
use super::talker::{Acked, Goal, Tab};

/// A row as far as an agent's item shows it.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    id: String,
    seq: i64,
    text: String,
}

fn stored(message: &Message) -> StoredMessage {
    StoredMessage {
        id: message.id.to_string(),
        seq: message.seq,
        rev: message.rev,
        kind: serde_json::to_value(message.kind).expect("JSON").as_str().expect("text").to_owned(),
        text: message.text.clone(),
        deleted: message.deleted_at.is_some(),
    }
}

/// All conversations of a workspace.
pub struct Truth {
    pub goals: Arc<HashMap<String, Goal>>,
    visible: HashMap<String, Vec<StoredMessage>>,
    rows: HashMap<String, Vec<Row>>,
    /// In the order in which they began, and whether they are closed.
    begun: Vec<(String, bool)>,
}

impl Truth {
    /// As it is at one moment.
    pub async fn read(db: &Db, workspace_id: WorkspaceId) -> Self {
        let sql = "SELECT id, rev, visitor_rev, state = 'closed' FROM conversations ORDER BY row_id";
        let mut conn = db.read().await.expect("a connection");
        // One moment for all that is read.
        let begin = conn.conn().pick("BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        on!(conn.conn(), |c| sqlx::raw_sql(begin).execute(c).await.map(drop)).expect("a transaction");
        let found: Vec<(ConversationId, i64, i64, bool)> =
            on!(conn.conn(), |c| sqlx::query_as(sql).fetch_all(c).await).expect("conversations");
        let (mut goals, mut visible, mut rows) = (HashMap::new(), HashMap::new(), HashMap::new());
        let mut begun = Vec::new();
        for (conversation_id, rev, visitor_rev, closed) in found {
            let id = conversation_id.to_string();
            begun.push((id.clone(), closed));
            goals.insert(id.clone(), Goal { rev, visitor_rev });
            let scope = Scope { workspace_id, conversation_id, visitor: false };
            let all = store::before(conn.conn(), scope, i64::MAX, 1_000_000).await.expect("messages");
            let all: Vec<Message> = all.into_iter().rev().map(|row| row.into_message()).collect();
            let shown = all.iter().filter(|message| message.kind != MessageKind::Note);
            visible.insert(id.clone(), shown.map(stored).collect());
            let row = |m: Message| Row { id: m.id.to_string(), seq: m.seq, text: m.text };
            rows.insert(id, all.into_iter().map(row).collect());
        }
        on!(conn.conn(), |c| sqlx::raw_sql("COMMIT").execute(c).await.map(drop)).expect("its end");
        let truth = Self { goals: Arc::new(goals), visible, rows, begun };
        truth.is_sound();
        truth
    }

    /// Seqs rise, no id stands twice, and no rev is above the conversation's.
    fn is_sound(&self) {
        for (id, rows) in &self.rows {
            assert!(rows.is_sorted_by(|one, next| one.seq < next.seq), "seqs of {id}");
            let ids: HashSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
            assert_eq!(ids.len(), rows.len(), "ids of {id}");
            assert!(rows.last().is_none_or(|last| last.seq <= self.goals[id].rev), "revs of {id}");
        }
    }

    /// How many messages there are.
    pub fn messages(&self) -> usize {
        self.rows.values().map(Vec::len).sum()
    }

    /// Whether nothing was lost or changed since.
    pub fn same(&self, other: &Self) {
        assert_eq!(self.rows, other.rows);
    }

    /// What was acknowledged is there, once, where the acknowledgement said.
    pub fn has_acknowledged<'a>(&self, acked: impl Iterator<Item = &'a Acked>) -> usize {
        let mut count = 0;
        for ack in acked {
            let rows = self.rows.get(&ack.conversation).map(Vec::as_slice).unwrap_or_default();
            let found: Vec<&Row> = rows.iter().filter(|row| row.id == ack.id || row.text == ack.text).collect();
            assert_eq!(found.len(), 1, "{ack:?} stands once: {found:?}");
            let expected = Row { id: ack.id.clone(), seq: ack.seq, text: ack.text.clone() };
            assert_eq!(*found[0], expected);
            count += 1;
        }
        count
    }

    /// The tab shows its conversation as it is.
    pub fn is_shown_by(&self, tab: &Tab) {
        let id = tab.shows.conversation.as_ref().expect("a conversation");
        let (shown, stored) = (tab.all(), &self.visible[id]);
        assert!(shown.is_sorted_by(|one, next| one.seq < next.seq), "in order, none twice");
        assert!(tab.shows.doubled.is_empty(), "doubled: {:?}", tab.shows.doubled);
        let missing: Vec<&StoredMessage> = stored.iter().filter(|message| !shown.contains(message)).collect();
        assert!(missing.is_empty(), "lost in {id}: {missing:?}");
        assert_eq!(shown.len(), stored.len(), "nothing is shown that is not stored");
    }

    /// The console shows every conversation as it is.
    pub fn is_shown_by_console(&self, console: &Console) {
        for (id, rows) in &self.rows {
            let pane = &console.panes[id];
            let shown: Vec<(i64, &str)> = pane.items.iter().map(|(seq, (id, _))| (*seq, id.as_str())).collect();
            let stored: Vec<(i64, &str)> = rows.iter().map(|row| (row.seq, row.id.as_str())).collect();
            assert_eq!(shown, stored, "{id}");
            for row in rows {
                assert!(pane.items[&row.seq].1.contains(&row.text), "the words of {}", row.id);
            }
        }
    }

    /// Which of a visitor's conversations is the current one: the open one, else the latest.
    pub fn current(&self, of: &[String]) -> Option<String> {
        let own = || self.begun.iter().filter(|(id, _)| of.contains(id)).map(|(id, closed)| (id.clone(), *closed));
        own().find(|(_, closed)| !closed).or_else(|| own().next_back()).map(|(id, _)| id)
    }

    /// What is wrong with a tab's copy, from the first message that it has.
    pub fn differs(&self, shows: &Replica) -> Option<String> {
        let id = shows.conversation.as_ref()?;
        let (shown, goal) = (shows.messages(), self.goals[id]);
        if shows.rev != goal.visitor_rev || !shows.doubled.is_empty() {
            return Some(format!("rev {} of {}, doubled {:?}", shows.rev, goal.visitor_rev, shows.doubled));
        }
        let first = shown.first().map_or(0, |first| first.seq);
        let stored: Vec<&StoredMessage> = self.visible[id].iter().filter(|message| message.seq >= first).collect();
        (shown.iter().collect::<Vec<_>>() != stored).then(|| format!("stored is {stored:?}"))
    }

    /// The same of a console's pane.
    pub fn pane_differs(&self, id: &str, pane: &Pane) -> Option<String> {
        let (goal, first) = (self.goals[id], pane.items.keys().next().copied().unwrap_or_default());
        let stored: Vec<&Row> = self.rows[id].iter().filter(|row| row.seq >= first).collect();
        let same = pane.rev == goal.rev
            && pane.items.len() == stored.len()
            && stored.iter().all(|row| {
                pane.items.get(&row.seq).is_some_and(|(id, html)| *id == row.id && html.contains(&row.text))
            });
        (!same).then(|| format!("pane {id} shows {pane:?} where {stored:?} is stored at {}", goal.rev))
    }

    /// Whether an acknowledged message is missing, elsewhere, or there twice.
    pub fn lacks(&self, id: &str, seq: i64, conversation: &str) -> Option<String> {
        let found = self.rows.iter().flat_map(|(of, rows)| rows.iter().map(move |row| (of.as_str(), row)));
        let found: Vec<(&str, i64)> = found.filter(|(_, row)| row.id == id).map(|(of, row)| (of, row.seq)).collect();
        (found != [(conversation, seq)]).then(|| format!("{id} is at {found:?}, not once at {seq} in {conversation}"))
    }
}
