//! What is seen of agents beside their names. Visitors see a public name in the place of the full one, and a
//! picture: both are put into frames for visitors when they are made, whatever the log says, so that a change
//! counts for all that is sent from then on, also of what was said before. Agents and other software see full
//! names, and the pictures. The console's fragments name no picture, since they are shared and kept: a style
//! sheet gives every agent's avatar its picture. Every node has all of it in memory.

use std::collections::HashMap;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::picture_store::FaceRow;
use crate::ids::WorkspaceId;
use crate::live::protocol::{Author, AuthorKind, ConversationHead, Message, OwnerKind, Participant};

/// Of the hash that names a sheet.
const VERSION_BYTES: usize = 12;

/// One agent's.
#[derive(Debug, Clone)]
struct Face {
    name: Option<String>,
    picture: Option<String>,
}

/// A workspace's.
#[derive(Debug, Default)]
pub struct Faces {
    /// By the agent's id.
    all: HashMap<String, Face>,
    sheet: String,
    version: String,
}

/// The address of a picture.
pub fn address(public_url: &Url, id: impl std::fmt::Display) -> String {
    format!("{}/v1/pictures/{id}", public_url.as_str().trim_end_matches('/'))
}

impl Faces {
    /// By workspace.
    pub fn by_workspace(rows: Vec<FaceRow>, public_url: &Url) -> HashMap<WorkspaceId, Self> {
        let mut all: HashMap<WorkspaceId, Self> = HashMap::new();
        for row in rows {
            let faces = all.entry(row.workspace_id).or_default();
            if let Some(picture) = row.picture_id {
                // Both are UUIDs, so nothing has to be escaped. Writing into a `String` cannot fail.
                let _ = writeln!(
                    faces.sheet,
                    ".av[data-face=\"{}\"] {{ background: var(--surface-3) center / cover url(\"/v1/pictures/{picture}\"); color: transparent }}",
                    row.id
                );
            }
            let face = Face { name: row.public_name, picture: row.picture_id.map(|id| address(public_url, id)) };
            faces.all.insert(row.id.to_string(), face);
        }
        for faces in all.values_mut() {
            faces.version = BASE64_URL_SAFE_NO_PAD.encode(&Sha256::digest(&faces.sheet)[..VERSION_BYTES]);
        }
        all
    }

    /// The style sheet that gives the console's avatars their pictures: whatever else is on the page names
    /// agents alone, and stays as it is when a picture changes.
    pub fn sheet(&self) -> &str {
        &self.sheet
    }

    /// The sheet's version, as it stands in its address; none where nobody has a picture.
    pub fn version(&self) -> Option<&str> {
        (!self.sheet.is_empty()).then_some(&*self.version)
    }

    fn show(&self, id: &str, name: &mut Option<String>, picture: &mut Option<String>) {
        if let Some(face) = self.all.get(id) {
            picture.clone_from(&face.picture);
            if face.name.is_some() {
                name.clone_from(&face.name);
            }
        }
    }

    /// The public name of an agent who has one.
    pub fn name(&self, id: &str) -> Option<&str> {
        self.all.get(id)?.name.as_deref()
    }

    fn picture(&self, id: &str) -> Option<String> {
        self.all.get(id)?.picture.clone()
    }

    /// A message as the team and its software see it: with the full name, and the picture.
    pub fn pictured(faces: Option<&Self>, mut message: Message) -> Message {
        if let (Some(faces), Author { kind: AuthorKind::Agent, id: Some(id), avatar_url, .. }) =
            (faces, &mut message.author)
        {
            *avatar_url = faces.picture(id);
        }
        message
    }

    /// The same for a conversation.
    pub fn pictured_head(faces: Option<&Self>, mut head: ConversationHead) -> ConversationHead {
        if let (Some(faces), Some(owner)) = (faces, head.owner.as_mut().filter(|it| it.kind == OwnerKind::Agent)) {
            owner.avatar_url = faces.picture(&owner.id);
        }
        head
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
