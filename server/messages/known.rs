//! What the embedded database's hot lane knows of conversations without reading them again.
//!
//! There is one writer, so what it wrote last is what stands there. An entry goes away when any other
//! operation changes its conversation, when a name changes that it carries, when a transaction with
//! it is taken back, and all of them when another process has written ([`Known::check`]).

use std::collections::HashMap;

use super::append_store::Located;
use crate::ids::ConversationId;

/// Entries at most; beyond it, all are forgotten and the busy ones come back.
const MOST: usize = 20_000;

/// See the module.
#[derive(Default)]
pub struct Known {
    conversations: HashMap<ConversationId, Located>,
    /// SQLite's `data_version`, which another connection's commit changes.
    version: Option<i64>,
}

impl Known {
    /// A transaction begins and the database is at this version.
    pub fn check(&mut self, version: i64) {
        if self.version != Some(version) {
            self.conversations.clear();
            self.version = Some(version);
        }
    }

    /// Takes an entry out, to be changed. Who fails meanwhile does not put it back.
    pub fn take(&mut self, id: ConversationId) -> Option<Located> {
        self.conversations.remove(&id)
    }

    /// Puts entries in that are now what stands in the database.
    pub fn put(&mut self, entries: impl Iterator<Item = Located>) {
        if self.conversations.len() >= MOST {
            self.conversations.clear();
        }
        self.conversations.extend(entries.map(|located| (located.conversation.id, located)));
    }

    /// Another operation changed this conversation.
    pub fn forget(&mut self, id: ConversationId) {
        self.conversations.remove(&id);
    }

    /// A transaction was lost, or a name changed.
    pub fn forget_all(&mut self) {
        self.conversations.clear();
    }
}
