//! SQL of bots.

use sqlx::types::Json;

use super::{Bot, Settings};
use crate::clock::Timestamp;
use crate::db::{Conn, Error};
use crate::ids::{BotId, QueueId, WorkspaceId};
use crate::on;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT b.workspace_id, b.id, b.name, b.kind, b.url, b.settings, b.secret, b.secret_before, b.deadline_ms, \
             b.later_s, b.redacts, b.disabled_at, b.created_at FROM bots b ",
            $rest
        )
    };
}

/// Adds a bot.
pub async fn insert(conn: Conn<'_>, bot: &Bot) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(
        "INSERT INTO bots (workspace_id, id, name, kind, url, settings, secret, secret_before, deadline_ms, later_s, \
         redacts, disabled_at, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)"
    )
    .bind(bot.workspace_id)
    .bind(bot.id)
    .bind(&bot.name)
    .bind(bot.kind)
    .bind(&bot.url)
    .bind(&bot.settings)
    .bind(&bot.secret)
    .bind(&bot.secret_before)
    .bind(bot.deadline_ms)
    .bind(bot.later_s)
    .bind(bot.redacts)
    .bind(bot.disabled_at)
    .bind(bot.created_at)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// Writes what can be changed of a bot.
pub async fn update(conn: Conn<'_>, bot: &Bot, now: Timestamp) -> Result<(), Error> {
    on!(conn, |c| sqlx::query(
        "UPDATE bots SET name = $3, url = $4, settings = $5, secret = $6, secret_before = $7, deadline_ms = $8, \
         later_s = $9, redacts = $10, disabled_at = $11, updated_at = $12 WHERE workspace_id = $1 AND id = $2"
    )
    .bind(bot.workspace_id)
    .bind(bot.id)
    .bind(&bot.name)
    .bind(&bot.url)
    .bind(Json(&bot.settings.0) as Json<&Settings>)
    .bind(&bot.secret)
    .bind(&bot.secret_before)
    .bind(bot.deadline_ms)
    .bind(bot.later_s)
    .bind(bot.redacts)
    .bind(bot.disabled_at)
    .bind(now)
    .execute(c)
    .await
    .map(drop))
    .map_err(Error::from)
}

/// One bot.
pub async fn find(conn: Conn<'_>, ws: WorkspaceId, id: BotId) -> Result<Option<Bot>, Error> {
    let sql = select!("WHERE b.workspace_id = $1 AND b.id = $2");
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(id).fetch_optional(c).await)?)
}

/// The bot of this name.
pub async fn named(conn: Conn<'_>, ws: WorkspaceId, name: &str) -> Result<Option<Bot>, Error> {
    let sql = select!("WHERE b.workspace_id = $1 AND b.name = $2");
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(name).fetch_optional(c).await)?)
}

/// The bots of a workspace, by name.
pub async fn of_workspace(conn: Conn<'_>, ws: WorkspaceId) -> Result<Vec<Bot>, Error> {
    let sql = select!("WHERE b.workspace_id = $1 ORDER BY b.name, b.id");
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).fetch_all(c).await)?)
}

/// Who answers first in this queue, if a bot does that may be asked.
pub async fn of_queue(conn: Conn<'_>, ws: WorkspaceId, queue: QueueId) -> Result<Option<Bot>, Error> {
    let sql = select!(
        "JOIN queues q ON q.workspace_id = b.workspace_id AND q.bot_id = b.id \
         WHERE q.workspace_id = $1 AND q.id = $2 AND b.disabled_at IS NULL"
    );
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(queue).fetch_optional(c).await)?)
}

/// Says who answers first in a queue.
pub async fn set_queue(conn: Conn<'_>, ws: WorkspaceId, queue: QueueId, bot: Option<BotId>) -> Result<(), Error> {
    on!(conn, |c| sqlx::query("UPDATE queues SET bot_id = $3 WHERE workspace_id = $1 AND id = $2")
        .bind(ws)
        .bind(queue)
        .bind(bot)
        .execute(c)
        .await
        .map(drop))
    .map_err(Error::from)
}

/// The queues in which it answers first, by name.
pub async fn queues(conn: Conn<'_>, ws: WorkspaceId, id: BotId) -> Result<Vec<(QueueId, String)>, Error> {
    let sql = "SELECT id, name FROM queues WHERE workspace_id = $1 AND bot_id = $2 ORDER BY name, id";
    Ok(on!(conn, |c| sqlx::query_as(sql).bind(ws).bind(id).fetch_all(c).await)?)
}
