//! One newtype per id, so that a visitor's id can never stand where a conversation's is meant.
//! Ids are UUIDv7 (RFC 9562): they sort by creation inside one process, and they leak their
//! creation time, so they name rows and never grant anything; secrets are [`crate::secrets`].

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The text is not a UUID, or not of version 7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id has to be a UUIDv7")]
pub struct NotAnId;

fn parse_v7(text: &str) -> Result<Uuid, NotAnId> {
    // Only the hyphenated form: one id has one spelling, so that text comparison is id comparison.
    match Uuid::try_parse(text) {
        Ok(uuid) if text.len() == 36 && uuid.get_version_num() == 7 => Ok(uuid),
        _ => Err(NotAnId),
    }
}

/// How an id looks, for `/api/openapi.json`.
pub const ID_PATTERN: &str = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-7[0-9a-fA-F]{3}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$";

fn id_schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
    use utoipa::openapi::schema::{ObjectBuilder, Type};
    let schema = ObjectBuilder::new().schema_type(Type::String).pattern(Some(ID_PATTERN));
    schema.description(Some("A UUIDv7.")).into()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, sqlx::Type)]
        #[sqlx(transparent)]
        #[serde(transparent)]
        #[cfg_attr(test, derive(ts_rs::TS), ts(type = "string"))]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID that came from the database or from [`crate::clock::Ids`].
            pub const fn from_uuid(uuid: Uuid) -> Self { Self(uuid) }
            /// The UUID, for binds and for text.
            pub const fn uuid(self) -> Uuid { self.0 }
        }
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> { id_schema() }
        }
        impl utoipa::ToSchema for $name {}
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.hyphenated().fmt(f) }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Display::fmt(self, f) }
        }
        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> { parse_v7(text).map(Self) }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(de: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(de)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

ids! {
    /// The tenant.
    WorkspaceId,
    /// One website that embeds the widget.
    SiteId,
    /// Where conversations wait.
    QueueId,
    /// A person who answers.
    AgentId,
    /// A picture of one: another picture has another.
    PictureId,
    /// A chatbot that answers first.
    BotId,
    /// What a bot is asked once: also the id of the event that it gets.
    BotTurnId,
    /// A person who asks.
    VisitorId,
    /// One visitor's thread.
    ConversationId,
    /// One entry of a conversation, drawn by whoever wrote it.
    MessageId,
    /// A command that is acknowledged but makes no message (`take`, `edit`, …).
    CommandId,
    /// A live session: one socket, event stream or poll.
    LiveSessionId,
    /// A mail that goes out.
    MailId,
    /// A mail that came.
    ReceivedMailId,
    /// A conversation and somebody who reads it by mail.
    MailThreadId,
    /// A key of the REST API.
    ApiKeyId,
    /// A tag of a workspace.
    TagId,
    /// A row of the audit log.
    AuditId,
    /// A list that somebody keeps.
    ViewId,
    /// One piece of deferred work.
    JobId,
    /// Something that happened, as other software is told of it.
    EventId,
    /// Another server that is told of events.
    WebhookId,
    /// Words that agents use again and again.
    CannedReplyId,
    /// Words that visitors' messages are looked through for.
    WordFilterId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hyphenated_version_7_is_an_id() {
        let good = "0193a1b2-3c4d-7e5f-8a6b-7c8d9e0f1a2b";
        assert_eq!(good.parse::<MessageId>().map(|id| id.to_string()).as_deref(), Ok(good));
        for bad in [
            "",
            "1",
            "0193a1b2-3c4d-4e5f-8a6b-7c8d9e0f1a2b",
            "0193a1b23c4d7e5f8a6b7c8d9e0f1a2b",
            "{0193a1b2-3c4d-7e5f-8a6b-7c8d9e0f1a2b}",
            "urn:uuid:0193a1b2-3c4d-7e5f-8a6b-7c8d9e0f1a2b",
        ] {
            assert_eq!(bad.parse::<MessageId>(), Err(NotAnId), "{bad}");
        }
    }
}
