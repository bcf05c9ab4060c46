//! The key file: a key for each visitor who is in a backup. It is what makes erasing reach into old
//! backups, so it is kept apart from them, and only its newest state is ever kept.
//!
//! A line of text says what it is, then each line has a visitor's id and their key in base64. It is
//! written anew as a whole and put in place by one rename, readable by its owner alone.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use uuid::Uuid;

use super::Error;
use super::seal::Key;
use crate::clock::Random;

/// What the first line says.
const FIRST_LINE: &str = "deskbell visitor keys 1";
/// Its name in the data folder.
pub const FILE_NAME: &str = "visitor-keys";

/// The keys, and the lock on their file: one process at a time reads and writes them.
pub struct KeyFile {
    path: PathBuf,
    keys: HashMap<Uuid, Key>,
    changed: bool,
    _lock: File,
}

impl KeyFile {
    /// Reads the file, or begins one that is not there yet. Waits until no other process has it.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let io = |error| Error::Io(path.display().to_string(), error);
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(path.with_extension("lock"));
        let lock = lock.map_err(io)?;
        lock.lock().map_err(io)?;
        let keys = match fs::read_to_string(path) {
            Ok(text) => parse(&text).map_err(|why| Error::Keys(path.display().to_string(), why))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => HashMap::new(),
            Err(error) => return Err(io(error)),
        };
        Ok(Self { path: path.to_owned(), keys, changed: false, _lock: lock })
    }

    /// The key of a visitor, if they have one.
    pub fn find(&self, visitor: Uuid) -> Option<&Key> {
        self.keys.get(&visitor)
    }

    /// The key of a visitor; drawn where they have none.
    pub fn of(&mut self, visitor: Uuid, random: &Random) -> Key {
        *self.keys.entry(visitor).or_insert_with(|| {
            self.changed = true;
            random.token()
        })
    }

    /// Forgets visitors: what was sealed for them cannot be read any more once this is saved.
    pub fn forget(&mut self, visitors: &[Uuid]) {
        for visitor in visitors {
            self.changed |= self.keys.remove(visitor).is_some();
        }
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Writes the file, if a key came or went, and syncs it and its folder.
    pub fn save(&mut self) -> Result<(), Error> {
        if !self.changed {
            return Ok(());
        }
        let io = |error| Error::Io(self.path.display().to_string(), error);
        let fresh = self.path.with_extension("new");
        let mut file =
            OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&fresh).map_err(io)?;
        file.write_all(self.text().as_bytes()).map_err(io)?;
        file.sync_all().map_err(io)?;
        fs::rename(&fresh, &self.path).map_err(io)?;
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or_else(|| Path::new("."))).and_then(|folder| folder.sync_all()).map_err(io)?;
        self.changed = false;
        Ok(())
    }

    fn text(&self) -> String {
        let mut all: Vec<_> = self.keys.iter().collect();
        all.sort_by_key(|(visitor, _)| **visitor);
        let lines = all.into_iter().map(|(visitor, key)| format!("{visitor} {}\n", STANDARD.encode(key)));
        std::iter::once(format!("{FIRST_LINE}\n")).chain(lines).collect()
    }
}

fn parse(text: &str) -> Result<HashMap<Uuid, Key>, String> {
    let mut lines = text.lines();
    if lines.next() != Some(FIRST_LINE) {
        return Err(format!("its first line is not `{FIRST_LINE}`"));
    }
    let line = |(n, line): (usize, &str)| {
        let bad = || format!("line {} is not an id and a key", n + 2);
        let (visitor, key) = line.split_once(' ').ok_or_else(bad)?;
        let key = STANDARD.decode(key).ok().and_then(|key| Key::try_from(key).ok());
        Ok((visitor.parse().map_err(|_| bad())?, key.ok_or_else(bad)?))
    };
    lines.enumerate().map(line).collect()
}
