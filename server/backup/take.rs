//! Takes a backup: everything as of one moment, beside whatever else happens in the database, read again
//! as a whole before it gets its name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;
use uuid::Uuid;

use super::file::{FORMAT, Head, Line, Reading, Writing, keep};
use super::keys::KeyFile;
use super::seal::{open, seal};
use super::tables::{TABLES, find};
use super::{Error, rows_store as store};
use crate::clock::{Random, Timestamp};
use crate::db::Conn;

/// What was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Rows of each table.
    pub rows: BTreeMap<String, u64>,
    /// Visitors whose rows are sealed.
    pub visitors: usize,
}

/// Takes one. `schema` is the last migration of the database. The key file is saved before the backup
/// gets its name: no backup is ever without its keys.
pub async fn take(
    mut conn: Conn<'_>,
    schema: i64,
    (path, keys): (&Path, &Path),
    now: Timestamp,
    random: &Random,
) -> Result<Taken, Error> {
    if path.exists() {
        return Err(Error::Exists(path.display().to_string()));
    }
    let mut keys = KeyFile::open(keys)?;
    store::begin_snapshot(conn.again()).await?;
    let written = write(conn.again(), schema, path, &mut keys, now, random).await;
    store::control(conn, "ROLLBACK").await?;
    let (partial, rows) = written?;
    keys.save()?;
    let (visitors, unreadable) = check(&partial, &keys)?;
    if !unreadable.is_empty() {
        return Err(Error::Damaged(path.display().to_string(), "not every row can be read again".to_owned()));
    }
    keep(&partial, path)?;
    Ok(Taken { rows, visitors: visitors.len() })
}

async fn write(
    mut conn: Conn<'_>,
    schema: i64,
    path: &Path,
    keys: &mut KeyFile,
    now: Timestamp,
    random: &Random,
) -> Result<(std::path::PathBuf, BTreeMap<String, u64>), Error> {
    keys.forget(&store::erased(conn.again()).await?);
    let mut columns = BTreeMap::new();
    for table in TABLES {
        let all = store::columns(conn.again(), table.name).await?;
        columns.insert(table.name.to_owned(), all.into_iter().map(|(name, _)| name).collect::<Vec<_>>());
    }
    let version = crate::VERSION.to_owned();
    let head = Head { deskbell_backup: FORMAT, version, schema, created_at: now.rfc3339(), columns };
    let mut writing = Writing::begin(path, &head)?;
    for table in TABLES {
        let columns = &head.columns[table.name];
        store::each(conn.again(), table, columns, |whose, values| {
            writing.row(&line(table.name, whose, values, keys, random)?)
        })
        .await?;
    }
    writing.end()
}

fn line(
    table: &str,
    whose: Option<Uuid>,
    values: Vec<Value>,
    keys: &mut KeyFile,
    random: &Random,
) -> Result<Line, Error> {
    let Some(visitor) = whose else { return Ok(Line::Plain(table.to_owned(), values)) };
    let key = keys.of(visitor, random);
    let sealed = seal(&key, table, visitor, &Value::Array(values).to_string(), random);
    let sealed = sealed.ok_or_else(|| Error::Keys(table.to_owned(), "a row could not be sealed".to_owned()))?;
    Ok(Line::Sealed(table.to_owned(), visitor, sealed))
}

/// Reads a whole backup: who is in it, and of them those who have no key any more.
///
/// # Errors
/// [`Error::Damaged`] for what is not whole, [`Error::Keys`] where a key does not fit.
pub fn check(path: &Path, keys: &KeyFile) -> Result<(BTreeSet<Uuid>, BTreeSet<Uuid>), Error> {
    let (mut all, mut gone) = (BTreeSet::new(), BTreeSet::new());
    let mut reading = Reading::open(path)?;
    while let Some(line) = reading.line()? {
        let (Line::Sealed(table, ..) | Line::Plain(table, _)) = &line else { continue };
        let damaged = |why: &str| Error::Damaged(path.display().to_string(), why.to_owned());
        find(table).ok_or_else(|| damaged("it has a table that this version does not know"))?;
        if let Line::Sealed(table, visitor, sealed) = line {
            all.insert(visitor);
            match keys.find(visitor) {
                None => drop(gone.insert(visitor)),
                Some(key) if open(key, &table, visitor, &sealed).is_some() => {}
                Some(_) => return Err(damaged("a row does not open with its visitor's key: another key file?")),
            }
        }
    }
    Ok((all, gone))
}
