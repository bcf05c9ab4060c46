//! Who is in which room. Nobody waits for a slow member: its queue is bounded, and what does not
//! fit ends the membership.

use std::{
    collections::HashMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use bytestring::ByteString;
use tokio::sync::mpsc::Sender;
use uuid::Uuid;

type Members = Vec<(u64, Sender<ByteString>)>;

/// All rooms that have members.
#[derive(Default)]
pub struct Rooms {
    members: Mutex<HashMap<Uuid, Members>>,
    next: AtomicU64,
}

impl Rooms {
    /// Adds a member; the number is for `leave`.
    pub fn join(&self, room: Uuid, sender: Sender<ByteString>) -> u64 {
        let member = self.next.fetch_add(1, Ordering::Relaxed);
        let mut rooms = self.members.lock().unwrap_or_else(PoisonError::into_inner);
        rooms.entry(room).or_insert_with(|| Vec::with_capacity(1)).push((member, sender));
        member
    }

    /// Removes a member, and the room with its last one.
    pub fn leave(&self, room: Uuid, member: u64) {
        let mut rooms = self.members.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(members) = rooms.get_mut(&room) {
            members.retain(|(number, _)| *number != member);
            if members.is_empty() {
                rooms.remove(&room);
            }
        }
    }

    /// Hands one frame to every member of a room.
    pub fn send(&self, room: Uuid, frame: &ByteString) {
        let mut rooms = self.members.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(members) = rooms.get_mut(&room) {
            members.retain(|(_, sender)| sender.try_send(frame.clone()).is_ok());
        }
    }
}
