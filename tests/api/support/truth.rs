//! What the database has, and whether what clients show is that: nothing lost, nothing twice, in
//! the same order.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use deskbell::db::Db;
use deskbell::ids::{ConversationId, WorkspaceId};
use deskbell::messages::store::{self, Scope};
use deskbell::on;

use super::console::Console;
use super::replica::{self, StoredMessage};
use super::talker::{Acked, Goal, Tab};

/// A row as far as an agent's item shows it.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    id: String,
    seq: i64,
    text: String,
}

/// All conversations of a workspace.
pub struct Truth {
    pub goals: Arc<HashMap<String, Goal>>,
    visible: HashMap<String, Vec<StoredMessage>>,
    rows: HashMap<String, Vec<Row>>,
}

impl Truth {
    /// Reads it; nobody may be writing.
    pub async fn read(db: &Db, workspace_id: WorkspaceId) -> Self {
        let sql = "SELECT id, rev, visitor_rev FROM conversations";
        let mut conn = db.read().await.expect("a connection");
        let found: Vec<(ConversationId, i64, i64)> =
            on!(conn.conn(), |c| sqlx::query_as(sql).fetch_all(c).await).expect("conversations");
        let (mut goals, mut visible, mut rows) = (HashMap::new(), HashMap::new(), HashMap::new());
        for (conversation_id, rev, visitor_rev) in found {
            let scope = Scope { workspace_id, conversation_id, visitor: false };
            let all = store::before(conn.conn(), scope, i64::MAX, 1_000_000).await.expect("messages");
            let all = all.into_iter().rev().map(|row| row.into_message());
            let row = |m: deskbell::live::protocol::Message| Row { id: m.id.to_string(), seq: m.seq, text: m.text };
            goals.insert(conversation_id.to_string(), Goal { rev, visitor_rev });
            rows.insert(conversation_id.to_string(), all.map(row).collect());
            visible.insert(conversation_id.to_string(), replica::stored(db, workspace_id, conversation_id).await);
        }
        let truth = Self { goals: Arc::new(goals), visible, rows };
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
}
