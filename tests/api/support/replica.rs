//! A client's copy of a conversation, kept by the protocol's rules and by nothing else: what tests
//! compare with the database.

use std::collections::BTreeMap;

use deskbell::db::Db;
use deskbell::ids::{ConversationId, WorkspaceId};
use deskbell::messages::store::{self, MessageRow, Scope};
use serde_json::{Value, json};

/// A message as far as two copies have to agree on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMessage {
    pub id: String,
    pub seq: i64,
    pub rev: i64,
    pub kind: String,
    pub text: String,
    pub deleted: bool,
}

/// What a tab shows.
#[derive(Debug, Clone, Default)]
pub struct Replica {
    pub conversation: Option<String>,
    pub state: Option<String>,
    pub owner: Value,
    /// In the line.
    pub place: Option<String>,
    pub epoch: i64,
    pub rev: i64,
    pub generation: Option<String>,
    messages: BTreeMap<i64, StoredMessage>,
    /// Ids that stood under two seqs: has to stay empty.
    pub doubled: Vec<String>,
}

impl Replica {
    /// Applies a frame. What comes back is to be sent.
    pub fn apply(&mut self, frame: &Value) -> Option<Value> {
        if frame["type"] == "queue" {
            self.place = frame["position"].as_str().map(str::to_owned);
        }
        if frame["type"] != "changes" {
            return None;
        }
        let id = frame["conversation"]["id"].as_str()?.to_owned();
        if self.conversation.as_ref() != Some(&id) || frame["reset"] == true {
            let generation = self.generation.take();
            *self = Self { conversation: Some(id), generation, ..Self::default() };
        }
        let (from, rev) = (frame["from"].as_i64()?, frame["rev"].as_i64()?);
        if from > self.rev {
            return Some(json!({"type": "sync", "since": self.rev}));
        }
        self.state = frame["conversation"]["state"].as_str().map(str::to_owned);
        self.owner = frame["conversation"]["owner"].clone();
        self.epoch = frame["conversation"]["epoch"].as_i64()?;
        for message in frame["messages"].as_array().map(Vec::as_slice).unwrap_or_default() {
            self.put(message);
        }
        self.rev = self.rev.max(rev);
        (frame["more"] == true).then(|| json!({"type": "sync", "since": self.rev}))
    }

    fn put(&mut self, message: &Value) {
        let read = StoredMessage {
            id: message["id"].as_str().unwrap_or_default().to_owned(),
            seq: message["seq"].as_i64().unwrap_or_default(),
            rev: message["rev"].as_i64().unwrap_or_default(),
            kind: message["kind"].as_str().unwrap_or_default().to_owned(),
            text: message["text"].as_str().unwrap_or_default().to_owned(),
            deleted: message["deleted_at"].is_string(),
        };
        if self.messages.values().any(|known| known.id == read.id && known.seq != read.seq) {
            self.doubled.push(read.id.clone());
        }
        match self.messages.get(&read.seq) {
            Some(known) if known.rev > read.rev => {}
            _ => drop(self.messages.insert(read.seq, read)),
        }
    }

    /// In order of seq.
    pub fn messages(&self) -> Vec<StoredMessage> {
        self.messages.values().cloned().collect()
    }

    /// The texts, in order; those of forms among them.
    pub fn texts(&self) -> Vec<String> {
        self.messages.values().filter(|m| matches!(m.kind.as_str(), "text" | "form")).map(|m| m.text.clone()).collect()
    }
}

/// What the database has of a conversation that its visitor may see, in order of seq.
pub async fn stored(db: &Db, workspace_id: WorkspaceId, conversation_id: ConversationId) -> Vec<StoredMessage> {
    let scope = Scope { workspace_id, conversation_id, visitor: true };
    let mut conn = db.read().await.expect("a connection");
    let rows = store::before(conn.conn(), scope, i64::MAX, 100_000).await.expect("messages");
    let read = |row: MessageRow| {
        let message = row.into_message();
        StoredMessage {
            id: message.id.to_string(),
            seq: message.seq,
            rev: message.rev,
            kind: serde_json::to_value(message.kind).expect("JSON").as_str().expect("text").to_owned(),
            text: message.text,
            deleted: message.deleted_at.is_some(),
        }
    };
    rows.into_iter().rev().map(read).collect()
}
