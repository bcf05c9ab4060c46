//! The whole database as text, to see that nothing has changed.

use std::collections::BTreeSet;

use deskbell::db::{Conn, Db};
use sqlx::AssertSqlSafe;

/// The tables of a workspace. Sessions are left out: using one is noted there; so is the lease of an
/// agent who has a live session.
const TABLES: [&str; 35] = [
    "workspaces",
    "queues",
    "sites",
    "agents",
    "queue_agents",
    "api_keys",
    "idempotency_keys",
    "visitors",
    "conversations",
    "participants",
    "messages",
    "routing_decisions",
    "jobs",
    "next_chats",
    "form_answers",
    "ratings",
    "visitor_trail",
    "drafts",
    "canned_replies",
    "mentions",
    "message_edits",
    "tags",
    "conversation_tags",
    "saved_views",
    "word_filters",
    "bots",
    "webhooks",
    "agent_pictures",
    "agent_alerts",
    "mails",
    "mail_threads",
    "mail_links",
    "received_mails",
    "set_aside_mails",
    "audit_log",
];

const LEASE: &str = "lease_until";

/// Every row of every table, as `table: columns`.
pub async fn dump(db: &Db) -> BTreeSet<String> {
    let mut rows = BTreeSet::new();
    for table in TABLES {
        let mut conn = db.read().await.expect("a connection");
        rows.extend(rows_of(conn.conn(), table).await.into_iter().map(|row| format!("{table}: {row}")));
    }
    rows
}

async fn rows_of(conn: Conn<'_>, table: &str) -> Vec<String> {
    match conn {
        Conn::Lite(c) => {
            let names = AssertSqlSafe(format!("SELECT name FROM pragma_table_info('{table}') WHERE name <> '{LEASE}'"));
            let columns: Vec<String> = sqlx::query_scalar(names).fetch_all(&mut *c).await.expect("columns");
            let quoted: Vec<String> = columns.iter().map(|column| format!("quote({column})")).collect();
            let sql = AssertSqlSafe(format!("SELECT {} FROM {table}", quoted.join(" || ',' || ")));
            sqlx::query_scalar(sql).fetch_all(c).await.expect("rows")
        }
        Conn::Pg(c) => {
            let sql = AssertSqlSafe(format!("SELECT (to_jsonb(t) - '{LEASE}')::text FROM {table} t"));
            sqlx::query_scalar(sql).fetch_all(c).await.expect("rows")
        }
    }
}

/// Whether a row names one of these ids, in either database's spelling.
pub fn names(row: &str, ids: &[&str]) -> bool {
    let row = row.to_ascii_lowercase();
    ids.iter().any(|id| row.contains(id) || row.contains(&id.replace('-', "")))
}
