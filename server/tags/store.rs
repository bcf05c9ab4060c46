//! SQL of tags.

use std::collections::HashMap;

use sqlx::FromRow;

use super::TagName;
use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{ConversationId, TagId, WorkspaceId};
use crate::on;

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Tag {
    /// Its id.
    pub id: TagId,
    /// One of its kind in the workspace.
    pub name: String,
}

/// All tags of a workspace, by name.
pub async fn all(conn: Conn<'_>, ws: WorkspaceId) -> Result<Vec<Tag>, Error> {
    let sql = "SELECT id, name FROM tags WHERE workspace_id = $1 ORDER BY name";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).fetch_all(c).await)?)
}

/// How many tags a workspace has.
pub async fn count(conn: Conn<'_>, ws: WorkspaceId) -> Result<i64, Error> {
    let sql = "SELECT COUNT(*) FROM tags WHERE workspace_id = $1";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(ws).fetch_one(c).await)?)
}

/// The tag of this name.
pub async fn named(conn: Conn<'_>, ws: WorkspaceId, name: &TagName) -> Result<Option<Tag>, Error> {
    let sql = "SELECT id, name FROM tags WHERE workspace_id = $1 AND name = $2";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(name.as_str()).fetch_optional(c).await)?)
}

/// Adds a tag, or finds the one of this name that somebody added meanwhile.
pub async fn add(conn: Conn<'_>, ws: WorkspaceId, id: TagId, name: &TagName, now: Timestamp) -> Result<TagId, Error> {
    let sql = "INSERT INTO tags (workspace_id, id, name, created_at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (workspace_id, name) DO UPDATE SET name = excluded.name RETURNING id";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(ws).bind(id).bind(name.as_str()).bind(now).fetch_one(c).await)?)
}

/// Removes a tag from the workspace and from all conversations; false if there is none of this name.
pub async fn remove(mut conn: Conn<'_>, ws: WorkspaceId, name: &TagName) -> Result<bool, Error> {
    on!(conn.again(), |c| sqlx::query(
        "DELETE FROM conversation_tags WHERE workspace_id = $1 AND tag_id = \
         (SELECT id FROM tags WHERE workspace_id = $1 AND name = $2)"
    )
    .bind(ws)
    .bind(name.as_str())
    .execute(c)
    .await
    .map(drop))?;
    let gone = on!(conn, |c| sqlx::query("DELETE FROM tags WHERE workspace_id = $1 AND name = $2")
        .bind(ws)
        .bind(name.as_str())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(gone > 0)
}

/// Puts a tag on a conversation; false if it is there.
pub async fn put_on(
    conn: Conn<'_>,
    ws: WorkspaceId,
    conversation: ConversationId,
    tag: TagId,
    now: Timestamp,
) -> Result<bool, Error> {
    let sql = "INSERT INTO conversation_tags (workspace_id, conversation_id, tag_id, created_at) \
               VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    let added = on!(conn, |c| sqlx::query(sql)
        .bind(ws)
        .bind(conversation)
        .bind(tag)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(added > 0)
}

/// Takes a tag off a conversation; false if it is not there.
pub async fn take_off(
    conn: Conn<'_>,
    ws: WorkspaceId,
    conversation: ConversationId,
    tag: TagId,
) -> Result<bool, Error> {
    let sql = "DELETE FROM conversation_tags WHERE workspace_id = $1 AND conversation_id = $2 AND tag_id = $3";
    let gone = on!(conn, |c| sqlx::query(sql)
        .bind(ws)
        .bind(conversation)
        .bind(tag)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(gone > 0)
}

#[derive(FromRow)]
struct OnConversation {
    conversation_id: ConversationId,
    #[sqlx(flatten)]
    tag: Tag,
}

/// The tags of these conversations, each by name.
pub async fn of_conversations(
    conn: Conn<'_>,
    ws: WorkspaceId,
    ids: &[ConversationId],
) -> Result<HashMap<ConversationId, Vec<Tag>>, Error> {
    let rows: Vec<OnConversation> = match conn {
        Conn::Lite(c) => {
            let ids: Vec<String> = ids.iter().map(|id| id.uuid().simple().to_string()).collect();
            sqlx::query_as(
                "SELECT ct.conversation_id, t.id, t.name FROM json_each($2) j CROSS JOIN conversation_tags ct \
                 ON ct.workspace_id = $1 AND ct.conversation_id = unhex(j.value) \
                 JOIN tags t ON t.workspace_id = ct.workspace_id AND t.id = ct.tag_id ORDER BY t.name",
            )
            .bind(ws)
            .bind(serde_json::json!(ids).to_string())
            .fetch_all(c)
            .await?
        }
        Conn::Pg(c) => {
            let ids: Vec<uuid::Uuid> = ids.iter().map(|id| id.uuid()).collect();
            sqlx::query_as(
                "SELECT ct.conversation_id, t.id, t.name FROM conversation_tags ct \
                 JOIN tags t ON t.workspace_id = ct.workspace_id AND t.id = ct.tag_id \
                 WHERE ct.workspace_id = $1 AND ct.conversation_id = ANY($2) ORDER BY t.name",
            )
            .bind(ws)
            .bind(ids)
            .fetch_all(c)
            .await?
        }
    };
    let mut tags: HashMap<ConversationId, Vec<Tag>> = HashMap::new();
    for row in rows {
        tags.entry(row.conversation_id).or_default().push(row.tag);
    }
    Ok(tags)
}

/// All tags of a workspace, by name, with how many conversations have each.
pub async fn with_uses(conn: Conn<'_>, ws: WorkspaceId) -> Result<Vec<(TagId, String, i64)>, Error> {
    let sql = "SELECT t.id, t.name, (SELECT count(*) FROM conversation_tags ct WHERE ct.workspace_id = t.workspace_id \
               AND ct.tag_id = t.id) FROM tags t WHERE t.workspace_id = $1 ORDER BY t.name";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).fetch_all(c).await)?)
}

/// Gives a tag another name.
pub async fn rename(conn: Conn<'_>, ws: WorkspaceId, id: TagId, name: &TagName) -> Result<(), Error> {
    let sql = "UPDATE tags SET name = $3 WHERE workspace_id = $1 AND id = $2";
    on!(conn, |c| sqlx::query(sql).bind(ws).bind(id).bind(name.as_str()).execute(c).await.map(drop))
        .map_err(Error::from)
}

/// Open conversations that have a tag: those whose rows may be on a screen.
pub async fn open_with(conn: Conn<'_>, ws: WorkspaceId, id: TagId) -> Result<Vec<ConversationId>, Error> {
    let sql = "SELECT c.id FROM conversation_tags ct JOIN conversations c ON c.workspace_id = ct.workspace_id \
               AND c.id = ct.conversation_id WHERE ct.workspace_id = $1 AND ct.tag_id = $2 AND c.state <> 'closed' \
               ORDER BY c.updated_at DESC LIMIT 1000";
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(ws).bind(id).fetch_all(c).await)?)
}
