//! Restores a backup: the whole of it is read before anything is touched, and what was there stays until
//! the new is complete.
//!
//! The embedded database is made anew beside the old file and put in its place by a rename; the old one
//! stays under another name. A PostgreSQL database has to be empty. Either is first given the schema that
//! the backup has, then the rows, then the newer migrations. A new `generation` makes every client drop
//! what it holds and ask anew; agents who were signed in here stay so.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sqlx::Connection as _;

use super::file::{Head, Line, Reading};
use super::keys::KeyFile;
use super::rows_store::Insert;
use super::seal::open;
use super::tables::{Table, find};
use super::take::check;
use super::{Error, rows_store as store, status_store};
use crate::clock::{Random, Timestamp};
use crate::db::{self, Conn};

/// What is to be restored, and how.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The backup.
    pub path: &'a Path,
    /// The key file.
    pub keys: &'a Path,
    /// Put it in the place of a desk that is there.
    pub replace: bool,
    /// Go on where nobody's key is there.
    pub without_keys: bool,
}

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// Rows that were written.
    pub rows: u64,
    /// Visitors who could not be read, since their keys are gone.
    pub left_out: usize,
    /// Where the database before is kept.
    pub before: Option<PathBuf>,
    /// RFC 3339: as of when the backup is.
    pub as_of: String,
}

/// Reads the whole backup, and whom it holds that cannot be read.
fn examine(wanted: &Wanted<'_>, known: i64) -> Result<(Head, KeyFile, usize), Error> {
    let head = Reading::open(wanted.path)?.head;
    if head.schema > known {
        return Err(Error::TooNew { found: head.schema, known });
    }
    let keys = KeyFile::open(wanted.keys)?;
    let (all, gone) = check(wanted.path, &keys)?;
    if !all.is_empty() && gone.len() == all.len() && !wanted.without_keys {
        return Err(Error::NoKeys(all.len()));
    }
    Ok((head, keys, gone.len()))
}

/// Into the embedded database at `file`. The caller holds the folder's lock.
pub async fn into_sqlite(file: &Path, wanted: &Wanted<'_>, now: Timestamp, random: &Random) -> Result<Restored, Error> {
    let (head, keys, left_out) = examine(wanted, db::newest_sqlite())?;
    let sessions = match file.exists() {
        true => match sessions_of(file, wanted.replace).await {
            // What is broken is what is to be replaced.
            Err(Error::Db(_) | Error::Open(_)) if wanted.replace => Vec::new(),
            sessions => sessions?,
        },
        false => Vec::new(),
    };
    let fresh = file.with_extension("db.restoring");
    remove(&fresh)?;
    let mut conn = db::connect_sqlite_writer(&fresh).await?;
    db::migrate_to(Conn::Lite(&mut conn), head.schema).await?;
    let rows = load(Conn::Lite(&mut conn), wanted.path, &keys, random).await?;
    db::migrate(Conn::Lite(&mut conn), crate::VERSION).await?;
    for session in &sessions {
        status_store::keep_session(&mut conn, session).await?;
    }
    store::control(Conn::Lite(&mut conn), "PRAGMA wal_checkpoint(TRUNCATE)").await?;
    conn.close().await?;
    let before = match file.exists() {
        true => Some(set_aside(file, now)?),
        false => None,
    };
    std::fs::rename(&fresh, file).map_err(|error| Error::Io(file.display().to_string(), error))?;
    sync_folder(file)?;
    Ok(Restored { rows, left_out, before, as_of: head.created_at })
}

/// The sessions of the desk that is there, which are to last.
async fn sessions_of(file: &Path, replace: bool) -> Result<Vec<status_store::SessionRow>, Error> {
    let mut conn = db::connect_sqlite_writer(file).await?;
    let tables = store::all_tables(Conn::Lite(&mut conn)).await?;
    let has_desk = tables.iter().any(|table| table == "workspaces") && store::has_desk(Conn::Lite(&mut conn)).await?;
    if has_desk && !replace {
        return Err(Error::NotEmpty);
    }
    let sessions = if has_desk { status_store::sessions(&mut conn).await? } else { Vec::new() };
    // Closing the last connection brings the log into the file, so that the file is all there is.
    conn.close().await?;
    Ok(sessions)
}

fn parts(file: &Path) -> [PathBuf; 3] {
    let with = |end: &str| PathBuf::from(format!("{}{end}", file.display()));
    [file.to_owned(), with("-wal"), with("-shm")]
}

fn remove(file: &Path) -> Result<(), Error> {
    for part in parts(file).iter().filter(|part| part.exists()) {
        std::fs::remove_file(part).map_err(|error| Error::Io(part.display().to_string(), error))?;
    }
    Ok(())
}

fn set_aside(file: &Path, now: Timestamp) -> Result<PathBuf, Error> {
    let stamp: String = now.rfc3339().chars().filter(char::is_ascii_digit).take(14).collect();
    let aside = file.with_extension(format!("db.before-{stamp}"));
    for (part, to) in parts(file).iter().zip(parts(&aside)).filter(|(part, _)| part.exists()) {
        std::fs::rename(part, to).map_err(|error| Error::Io(part.display().to_string(), error))?;
    }
    Ok(aside)
}

fn sync_folder(file: &Path) -> Result<(), Error> {
    let folder = file.parent().unwrap_or_else(|| Path::new("."));
    let synced = std::fs::File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|error| Error::Io(folder.display().to_string(), error))
}

/// Into an empty PostgreSQL database.
pub async fn into_postgres(url: &str, wanted: &Wanted<'_>, random: &Random) -> Result<Restored, Error> {
    let (head, keys, left_out) = examine(wanted, db::newest_postgres())?;
    let pool = db::connect_pg(url).await?;
    let mut conn = pool.acquire().await?;
    let tables = store::all_tables(Conn::Pg(&mut conn)).await?;
    if !tables.is_empty() {
        return Err(Error::PgNotEmpty);
    }
    db::migrate_to(Conn::Pg(&mut conn), head.schema).await?;
    let rows = load(Conn::Pg(&mut conn), wanted.path, &keys, random).await?;
    db::migrate(Conn::Pg(&mut conn), crate::VERSION).await?;
    drop(conn);
    pool.close().await;
    Ok(Restored { rows, left_out, before: None, as_of: head.created_at })
}

/// A column that has to wait until all rows are there: table, column, and the row's workspace, id, value.
type Late = (&'static str, &'static str, [Value; 3]);

/// Writes the rows, in one transaction.
async fn load(mut conn: Conn<'_>, path: &Path, keys: &KeyFile, random: &Random) -> Result<u64, Error> {
    let mut reading = Reading::open(path)?;
    let (mut inserts, mut late, mut rows) = (HashMap::new(), Vec::new(), 0);
    store::control(conn.again(), "BEGIN").await?;
    while let Some(line) = reading.line()? {
        let Some((table, mut values)) = readable(line, keys) else { continue };
        let columns = reading.head.columns.get(table.name).cloned().unwrap_or_default();
        late.extend(hold_back(table, &columns, &mut values));
        if !inserts.contains_key(table.name) {
            inserts.insert(table.name, insert(conn.again(), table, &columns).await?);
        }
        if let Some(insert) = inserts.get(table.name) {
            insert.run(conn.again(), &values).await?;
            rows += 1;
        }
    }
    for (table, column, [workspace, id, value]) in &late {
        store::fill(conn.again(), (table, column), (workspace, id, value)).await?;
    }
    for table in ["conversations", "messages"] {
        store::go_on_above(conn.again(), table).await?;
    }
    let mut generation = [0; 16];
    random.fill(&mut generation);
    let generation = generation.map(|byte| format!("{byte:02x}")).concat();
    store::begin_anew(conn.again(), &generation).await?;
    status_store::settle(conn.again()).await?;
    store::control(conn, "COMMIT").await?;
    Ok(rows)
}

/// The table and the values of a line, if it can be read.
fn readable(line: Line, keys: &KeyFile) -> Option<(&'static Table, Vec<Value>)> {
    match line {
        Line::Plain(table, values) => Some((find(&table)?, values)),
        Line::Sealed(table, visitor, sealed) => {
            let text = open(keys.find(visitor)?, &table, visitor, &sealed)?;
            Some((find(&table)?, serde_json::from_str(&text).ok()?))
        }
        Line::End { .. } => None,
    }
}

fn hold_back(table: &Table, columns: &[String], values: &mut [Value]) -> Vec<Late> {
    let at = |name: &str| columns.iter().position(|column| column == name);
    let mut late = Vec::new();
    for column in table.late {
        let (Some(ws), Some(id), Some(place)) = (at("workspace_id"), at("id"), at(column)) else { continue };
        let value = std::mem::take(&mut values[place]);
        if !value.is_null() {
            late.push((table.name, *column, [values[ws].clone(), values[id].clone(), value]));
        }
    }
    late
}

async fn insert(conn: Conn<'_>, table: &Table, columns: &[String]) -> Result<Insert, Error> {
    let is_pg = matches!(conn, Conn::Pg(_));
    let target: HashMap<String, String> = store::columns(conn, table.name).await?.into_iter().collect();
    let typed = columns.iter().map(|column| Some((column.clone(), target.get(column)?.clone())));
    let typed: Option<Vec<_>> = typed.collect();
    let typed = typed.ok_or(Error::Db(db::Error::Inconsistent("columns of a backup")))?;
    Ok(Insert::new(table.name, &typed, is_pg))
}
