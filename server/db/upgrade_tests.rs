//! Upgrades: a database of every earlier version, with a chat in it, comes up with this version's schema,
//! and the chat goes on.

use super::{Conn, migrate, migrate_to, newest_postgres, newest_sqlite};
use crate::config::DatabaseUrl;
use crate::conversations::{self, State};
use crate::ids::{ConversationId, WorkspaceId};
use crate::messages::store::{self as messages, MessageRow, Scope};
use crate::testing::each_place;

/// What the first version wrote: two chats, one with an agent, and a setting of each kind.
const ROWS: [&str; 9] = [
    "INSERT INTO instance (id, generation, created_at) VALUES (1, 'g', 1)",
    "INSERT INTO workspaces (id, name, created_at) VALUES (ID1, 'Shop', 1)",
    "INSERT INTO queues (workspace_id, id, name, created_at) VALUES (ID1, ID2, 'Support', 1)",
    "INSERT INTO sites (workspace_id, id, key, name, origins, queue_id, on_closed, edit_window_s, delete_window_s, locale, \
     appearance, created_at) VALUES (ID1, ID3, 'key', 'Shop', '[\"https://shop.example\"]', ID2, 'reopen', 300, 300, 'en', '{}', 1)",
    "INSERT INTO agents (workspace_id, id, email, name, role, password_hash, capacity, state, created_at) \
     VALUES (ID1, ID4, 'ada@shop.example', 'Ada', 'owner', 'hash', 6, 'online', 1)",
    "INSERT INTO visitors (workspace_id, id, site_id, token_hash, attributes, page, created_at, seen_at) \
     VALUES (ID1, ID5, ID3, TOKEN, '{}', '{}', 1, 1)",
    "INSERT INTO visitors (workspace_id, id, site_id, token_hash, attributes, page, created_at, seen_at) \
     VALUES (ID1, ID6, ID3, OTHER, '{}', '{}', 1, 1)",
    "INSERT INTO conversations (workspace_id, id, site_id, visitor_id, queue_id, state, owner_agent_id, epoch, rev, visitor_rev, \
     last_seq, floor_seq, queued_at, started_at, updated_at) VALUES (ID1, ID7, ID3, ID5, ID2, 'queued', NULL, 1, 1, 1, 1, 0, 5, 5, 5), \
     (ID1, ID8, ID3, ID6, ID2, 'assigned', ID4, 2, 1, 1, 1, 0, 6, 6, 6)",
    "INSERT INTO messages (workspace_id, id, conversation_id, seq, rev, kind, author_kind, author_id, text, digest, created_at) \
     VALUES (ID1, ID9, ID7, 1, 1, 'text', 'visitor', ID5, 'Is it open?', 7, 5)",
];

/// The step that brings places in the line and loads, and fills them in.
const ROUTING: i64 = 4;

/// An id as each database writes it.
fn text_of(sql: &str, is_pg: bool) -> String {
    let mut text = sql.to_owned();
    for n in 1..10_u128 {
        let id = uuid::Uuid::from_u128(n);
        let written = if is_pg { format!("'{id}'") } else { format!("X'{}'", id.simple()) };
        text = text.replace(&format!("ID{n}"), &written);
    }
    let bytes = |n: u8| if is_pg { format!("'\\x{n:064x}'") } else { format!("X'{n:064x}'") };
    text.replace("TOKEN", &bytes(1)).replace("OTHER", &bytes(2))
}

async fn is_upgraded(mut conn: Conn<'_>, from: i64) {
    let is_pg = matches!(conn, Conn::Pg(_));
    migrate_to(conn.again(), from).await.expect("the older schema");
    for sql in ROWS {
        let text = sqlx::AssertSqlSafe(text_of(sql, is_pg));
        let written = on!(conn.again(), |c| sqlx::raw_sql(text).execute(c).await.map(drop));
        written.unwrap_or_else(|why| panic!("schema {from}: {sql}: {why}"));
    }
    migrate(conn.again(), crate::VERSION).await.unwrap_or_else(|why| panic!("from schema {from}: {why}"));
    let ws = WorkspaceId::from_uuid(uuid::Uuid::from_u128(1));
    let id = ConversationId::from_uuid(uuid::Uuid::from_u128(7));
    let chat = conversations::store::find(conn.again(), ws, id).await.expect("reads").expect("the chat");
    assert_eq!((chat.state, chat.rev, chat.is_test), (State::Queued, 1, false), "from schema {from}");
    assert!(chat.ticket > 0 || from >= ROUTING, "it has its place in the line, from schema {from}");
    let scope = Scope { workspace_id: ws, conversation_id: id, visitor: true };
    let rows = messages::before(conn.again(), scope, i64::MAX, 9).await.expect("reads");
    let texts: Vec<String> = rows.into_iter().map(MessageRow::into_message).map(|message| message.text).collect();
    assert_eq!(texts, ["Is it open?"], "from schema {from}");
    let load: i64 = on!(conn, |c| sqlx::query_scalar("SELECT load FROM agents").fetch_one(c).await).expect("a load");
    assert_eq!(load, i64::from(from < ROUTING), "from schema {from}: loads are counted by the step that brings them");
}

#[tokio::test]
async fn every_earlier_schema_comes_up_with_its_data() {
    for from in 1..newest_sqlite().max(newest_postgres()) {
        each_place(async |_, url| match url {
            DatabaseUrl::Sqlite(file) => {
                let mut conn = super::connect_sqlite_writer(&file).await.expect("a database");
                is_upgraded(Conn::Lite(&mut conn), from).await;
            }
            DatabaseUrl::Postgres(url) => {
                let pool = super::connect_pg(url.expose()).await.expect("a database");
                is_upgraded(Conn::Pg(&mut pool.acquire().await.expect("a connection")), from).await;
                pool.close().await;
            }
        })
        .await;
    }
}
