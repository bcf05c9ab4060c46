//! The list of tables against the schema, and the file against what can happen to files. Whole backups are
//! taken and restored by `tests/api/backup.rs`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::file::{FORMAT, Head, Line, Reading, Writing, keep};
use super::keys::KeyFile;
use super::tables::{LEFT_OUT, TABLES};
use super::{Error, rows_store};
use crate::clock::Random;
use crate::testing::{Folder, each_database};

#[tokio::test]
async fn every_table_is_in_a_backup_or_is_left_out_on_purpose() {
    each_database(async |test| {
        let mut conn = test.db.read().await.expect("a connection");
        let there: BTreeSet<String> = rows_store::all_tables(conn.conn()).await.expect("tables").into_iter().collect();
        let named: Vec<&str> = TABLES.iter().map(|table| table.name).chain(LEFT_OUT).collect();
        let known: BTreeSet<String> = named.iter().map(|&name| name.to_owned()).collect();
        assert_eq!(known.len(), named.len(), "each once");
        assert_eq!(there, known);
        for table in TABLES {
            let columns = rows_store::columns(conn.conn(), table.name).await.expect("columns");
            let has = |name: &str| columns.iter().any(|(column, _)| column == name);
            assert!(table.late.iter().all(|late| has(late)), "{}", table.name);
            let personal = ["visitor_id", "conversation_id", "message_id"].iter().any(|name| has(name));
            assert!(
                !personal || table.owner.is_some() || table.name == "erasures",
                "whose is a row of {}?",
                table.name
            );
        }
    })
    .await;
}

fn head() -> Head {
    let (version, created_at) = ("0.1.0".to_owned(), "2026-11-25T12:00:00.000Z".to_owned());
    Head { deskbell_backup: FORMAT, version, schema: 1, created_at, columns: BTreeMap::new() }
}

fn all_of(path: &std::path::Path) -> Result<Vec<Line>, Error> {
    let mut reading = Reading::open(path)?;
    let mut lines = Vec::new();
    while let Some(line) = reading.line()? {
        lines.push(line);
    }
    Ok(lines)
}

#[test]
fn a_file_is_whole_or_it_is_refused() {
    let folder = Folder::new();
    let path = folder.0.join("one.backup");
    let mut writing = Writing::begin(&path, &head()).unwrap();
    let rows: Vec<Line> = (0..500).map(|n| Line::Plain("tags".to_owned(), vec![json!(n), json!("ä\n")])).collect();
    for row in &rows {
        writing.row(row).unwrap();
    }
    let (partial, counts) = writing.end().unwrap();
    assert!(!path.exists(), "it has no name until it is known to be good");
    keep(&partial, &path).unwrap();
    assert_eq!((counts["tags"], partial.exists()), (500, false));
    assert_eq!(all_of(&path).unwrap(), rows);
    assert!(matches!(Writing::begin(&path, &head()), Err(Error::Exists(_))));

    let whole = std::fs::read(&path).unwrap();
    let cut = folder.0.join("cut.backup");
    for length in [0, 1, 20, whole.len() / 2, whole.len() - 9, whole.len() - 1] {
        std::fs::write(&cut, &whole[..length]).unwrap();
        assert!(matches!(all_of(&cut), Err(Error::Damaged(..))), "{length} of {} bytes", whole.len());
    }
    for at in (12..whole.len() - 8).step_by(37) {
        let mut bent = whole.clone();
        bent[at] ^= 0x10;
        std::fs::write(&cut, &bent).unwrap();
        // The last byte has bits that mean nothing.
        assert!(all_of(&cut).map_or(true, |lines| lines == rows), "bit of byte {at}");
    }
    std::fs::write(&cut, b"not a backup at all").unwrap();
    assert!(matches!(all_of(&cut), Err(Error::Damaged(..))));
}

#[test]
fn keys_are_kept_until_they_are_forgotten() {
    let folder = Folder::new();
    let path = folder.0.join("visitor-keys");
    let (random, ada, bo) = (Random::seeded(3), uuid::Uuid::from_u128(1), uuid::Uuid::from_u128(2));
    let mut keys = KeyFile::open(&path).unwrap();
    assert!(keys.is_empty());
    let (first, second) = (keys.of(ada, &random), keys.of(bo, &random));
    assert_ne!(first, second);
    keys.save().unwrap();
    drop(keys);
    let mut keys = KeyFile::open(&path).unwrap();
    assert_eq!((keys.len(), keys.find(ada).copied()), (2, Some(first)));
    assert_eq!(keys.of(ada, &random), first);
    keys.forget(&[ada]);
    keys.save().unwrap();
    drop(keys);
    assert_eq!(KeyFile::open(&path).unwrap().find(ada), None);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(!text.contains(&ada.to_string()) && text.contains(&bo.to_string()));
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    for bad in ["", "keys", "deskbell visitor keys 1\nx y\n", "deskbell visitor keys 1\n0 AAAA\n"] {
        std::fs::write(&path, bad).unwrap();
        assert!(matches!(KeyFile::open(&path), Err(Error::Keys(..))), "{bad:?}");
    }
}
