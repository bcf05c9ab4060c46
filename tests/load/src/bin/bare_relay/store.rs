//! One table, one writer. The writer takes what waits, inserts it in one transaction, commits, and
//! only then acknowledges and relays.

use std::{collections::HashMap, path::Path, sync::Arc, time::SystemTime};

use bytestring::ByteString;
use serde::Serialize;
use sqlx::{
    Connection, SqliteConnection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::room::Rooms;

/// Messages that may wait for the writer, and the most that one transaction takes.
const WAITING: usize = 4096;
const BATCH: usize = 512;

const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS messages (
  id BLOB NOT NULL PRIMARY KEY, room BLOB NOT NULL, seq INTEGER NOT NULL,
  text TEXT NOT NULL, created_at INTEGER NOT NULL, UNIQUE (room, seq)) STRICT";
const INSERT: &str = "INSERT INTO messages (id, room, seq, text, created_at) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (id) DO NOTHING";
const LAST_SEQ: &str = "SELECT coalesce(max(seq), 0) FROM messages WHERE room = $1";
const MISSED: &str = "SELECT id, seq, text FROM messages WHERE room = $1 AND seq > $2 ORDER BY seq LIMIT 50";

/// A message on its way to the disk, and whom to tell.
pub struct Post {
    pub id: Uuid,
    pub room: Uuid,
    pub text: String,
    pub acknowledge: mpsc::Sender<ByteString>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Frame<'a> {
    Welcome { messages: Vec<Stored> },
    Ack { id: Uuid, seq: i64 },
    Message { id: Uuid, seq: i64, text: &'a str },
}

impl Frame<'_> {
    fn encode(&self) -> ByteString {
        serde_json::to_string(self).unwrap_or_default().into()
    }
}

#[derive(Serialize)]
struct Stored {
    id: Uuid,
    seq: i64,
    text: String,
}

/// The way to the database: a queue to its writer, a pool of readers.
pub struct Store {
    writer: mpsc::Sender<Post>,
    readers: SqlitePool,
}

impl Store {
    /// Opens the database in `folder` and starts its writer.
    pub async fn open(folder: &Path, rooms: Arc<Rooms>) -> sqlx::Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(folder.join("relay.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let mut connection = SqliteConnection::connect_with(&options).await?;
        sqlx::query(SCHEMA).execute(&mut connection).await?;
        let readers = SqlitePoolOptions::new().max_connections(4).connect_with(options.read_only(true)).await?;
        let (writer, waiting) = mpsc::channel(WAITING);
        actix_web::rt::spawn(write(connection, waiting, rooms));
        Ok(Self { writer, readers })
    }

    /// Queues a message; false if the writer has ended.
    pub async fn append(&self, post: Post) -> bool {
        self.writer.send(post).await.is_ok()
    }

    /// The first frame to a client: what came after `since`.
    pub async fn welcome(&self, room: Uuid, since: i64) -> sqlx::Result<ByteString> {
        let rows: Vec<(Uuid, i64, String)> =
            sqlx::query_as(MISSED).bind(room).bind(since).fetch_all(&self.readers).await?;
        let messages = rows.into_iter().map(|(id, seq, text)| Stored { id, seq, text }).collect();
        Ok(Frame::Welcome { messages }.encode())
    }
}

/// Group commit until all senders are gone or the database fails.
async fn write(mut connection: SqliteConnection, mut waiting: mpsc::Receiver<Post>, rooms: Arc<Rooms>) {
    let mut seqs = HashMap::new();
    let mut batch = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        match store(&mut connection, &batch, &mut seqs).await {
            Ok(places) => batch.drain(..).zip(places).for_each(|(post, seq)| tell(&rooms, &post, seq)),
            Err(error) => {
                eprintln!("the database failed: {error}");
                return;
            }
        }
    }
}

/// One transaction; a message that was stored before has no place.
async fn store(
    connection: &mut SqliteConnection,
    batch: &[Post],
    seqs: &mut HashMap<Uuid, i64>,
) -> sqlx::Result<Vec<Option<i64>>> {
    let now = now_ms();
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let mut places = Vec::with_capacity(batch.len());
    for post in batch {
        let last = match seqs.get(&post.room) {
            Some(last) => *last,
            None => sqlx::query_scalar(LAST_SEQ).bind(post.room).fetch_one(&mut *transaction).await?,
        };
        let insert = sqlx::query(INSERT).bind(post.id).bind(post.room).bind(last + 1).bind(&post.text).bind(now);
        let is_new = insert.execute(&mut *transaction).await?.rows_affected() == 1;
        seqs.insert(post.room, last + i64::from(is_new));
        places.push(is_new.then_some(last + 1));
    }
    transaction.commit().await?;
    Ok(places)
}

/// Acknowledges and relays one stored message.
fn tell(rooms: &Rooms, post: &Post, seq: Option<i64>) {
    let ack = Frame::Ack { id: post.id, seq: seq.unwrap_or_default() };
    let _slow = post.acknowledge.try_send(ack.encode());
    if let Some(seq) = seq {
        rooms.send(post.room, &Frame::Message { id: post.id, seq, text: &post.text }.encode());
    }
}

fn now_ms() -> i64 {
    SystemTime::UNIX_EPOCH.elapsed().map_or(0, |age| i64::try_from(age.as_millis()).unwrap_or(i64::MAX))
}
