//! What visitors see of agents: a public name in the place of the full one, and a picture. It is put into
//! frames for visitors when they are made, whatever the log says, so that a change counts for all that is sent
//! from then on, also of what was said before. Agents see one another by their full names. Every node has it in memory.

use std::collections::HashMap;

use serde_json::{Map, Value};
use url::Url;

use super::picture_store::FaceRow;
use crate::ids::WorkspaceId;
use crate::live::protocol::{Author, AuthorKind, ConversationHead, Message, OwnerKind, Participant};

/// One agent's.
#[derive(Debug, Clone)]
struct Face {
    name: Option<String>,
    picture: Option<String>,
}

/// A workspace's, by the agent's id.
#[derive(Debug, Default)]
pub struct Faces(HashMap<String, Face>);

/// The address of a picture.
pub fn address(public_url: &Url, id: impl std::fmt::Display) -> String {
    format!("{}/v1/pictures/{id}", public_url.as_str().trim_end_matches('/'))
}

impl Faces {
    /// By workspace.
    pub fn by_workspace(rows: Vec<FaceRow>, public_url: &Url) -> HashMap<WorkspaceId, Self> {
        let mut all: HashMap<WorkspaceId, Self> = HashMap::new();
        for row in rows {
            let face = Face { name: row.public_name, picture: row.picture_id.map(|id| address(public_url, id)) };
            all.entry(row.workspace_id).or_default().0.insert(row.id.to_string(), face);
        }
        all
    }

    fn show(&self, id: &str, name: &mut Option<String>, picture: &mut Option<String>) {
        if let Some(face) = self.0.get(id) {
            picture.clone_from(&face.picture);
            if face.name.is_some() {
                name.clone_from(&face.name);
            }
        }
    }

    /// The public name of an agent who has one.
    pub fn name(&self, id: &str) -> Option<&str> {
        self.0.get(id)?.name.as_deref()
    }

    /// In a message.
    pub fn in_message(&self, message: &mut Message) {
        if let Author { kind: AuthorKind::Agent, id: Some(id), name, avatar_url } = &mut message.author {
            self.show(id, name, avatar_url);
        }
        if let Some(event) = &mut message.event {
            self.in_event(&mut event.params);
        }
    }

    /// In what an event says of somebody.
    fn in_event(&self, params: &mut Map<String, Value>) {
        for who in ["agent", "by", "to"] {
            let Some(Value::Object(somebody)) = params.get_mut(who) else { continue };
            if let Some(name) = somebody.get("id").and_then(Value::as_str).and_then(|id| self.name(id)) {
                somebody.insert("name".to_owned(), Value::from(name));
            }
        }
    }

    /// In what is said of a conversation.
    pub fn in_head(&self, head: &mut ConversationHead) {
        if let Some(owner) = head.owner.as_mut().filter(|owner| owner.kind == OwnerKind::Agent) {
            self.show(&owner.id, &mut owner.name, &mut owner.avatar_url);
        }
    }

    /// In who takes part.
    pub fn in_participant(&self, participant: &mut Participant) {
        if participant.by.kind == AuthorKind::Agent {
            self.show(&participant.by.id, &mut participant.name, &mut participant.avatar_url);
        }
    }
}
