//! The backup's file: written line by line, read line by line, and known to be whole at its end.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::Error;

/// The newest format that this version reads, and the one it writes.
pub const FORMAT: u32 = 1;
/// The longest line that is read, in bytes: a row has at most a message's text and what goes with it.
const MOST_LINE_BYTES: usize = 16 * 1024 * 1024;

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// [`FORMAT`].
    pub deskbell_backup: u32,
    /// Of the program that made it.
    pub version: String,
    /// The last migration of the database.
    pub schema: i64,
    /// RFC 3339: as of when it is.
    pub created_at: String,
    /// The columns of each table, in the order of its rows' values.
    pub columns: BTreeMap<String, Vec<String>>,
}

/// A line of the middle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Line {
    /// The table, whose it is, and the sealed values.
    Sealed(String, Uuid, String),
    /// The table and the values.
    Plain(String, Vec<Value>),
    /// The last line.
    End {
        /// Rows of each table.
        rows: BTreeMap<String, u64>,
        /// SHA-256 of all lines before, hexadecimal.
        sha256: String,
    },
}

/// A backup that is being written, under a name of its own until it is whole.
pub struct Writing {
    path: PathBuf,
    partial: PathBuf,
    out: GzEncoder<BufWriter<File>>,
    digest: Sha256,
    rows: BTreeMap<String, u64>,
}

fn io(path: &Path) -> impl Fn(std::io::Error) -> Error + '_ {
    move |error| Error::Io(path.display().to_string(), error)
}

impl Writing {
    /// Begins a file that must not be there yet.
    pub fn begin(path: &Path, head: &Head) -> Result<Self, Error> {
        if path.exists() {
            return Err(Error::Exists(path.display().to_string()));
        }
        let mut partial = path.as_os_str().to_owned();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        let file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&partial);
        let out = GzEncoder::new(BufWriter::new(file.map_err(io(path))?), Compression::fast());
        let mut writing = Self { path: path.to_owned(), partial, out, digest: Sha256::new(), rows: BTreeMap::new() };
        writing.write(head)?;
        Ok(writing)
    }

    /// Adds a row.
    pub fn row(&mut self, line: &Line) -> Result<(), Error> {
        if let Line::Sealed(table, ..) | Line::Plain(table, _) = line {
            *self.rows.entry(table.clone()).or_default() += 1;
        }
        self.write(line)
    }

    fn write(&mut self, value: &impl Serialize) -> Result<(), Error> {
        let mut line =
            serde_json::to_vec(value).map_err(|why| Error::Io(self.path.display().to_string(), why.into()))?;
        line.push(b'\n');
        self.digest.update(&line);
        self.out.write_all(&line).map_err(io(&self.path))
    }

    /// Ends it, syncs it, and gives where it lies until [`keep`].
    pub fn end(mut self) -> Result<(PathBuf, BTreeMap<String, u64>), Error> {
        let sha256 = hex(&self.digest.clone().finalize());
        let rows = self.rows.clone();
        self.write(&Line::End { rows: rows.clone(), sha256 })?;
        let file = self.out.finish().map_err(io(&self.path))?;
        let file = file.into_inner().map_err(|error| Error::Io(self.path.display().to_string(), error.into_error()))?;
        file.sync_all().map_err(io(&self.path))?;
        Ok((self.partial, rows))
    }
}

/// Gives a backup that is known to be good its name.
pub fn keep(partial: &Path, path: &Path) -> Result<(), Error> {
    // A link does not write over what came there meanwhile, as a rename would.
    std::fs::hard_link(partial, path).map_err(io(path))?;
    std::fs::remove_file(partial).map_err(io(partial))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A backup that is being read.
pub struct Reading {
    path: String,
    lines: BufReader<GzDecoder<BufReader<File>>>,
    digest: Sha256,
    rows: BTreeMap<String, u64>,
    ended: bool,
    /// What it says of itself.
    pub head: Head,
}

impl Reading {
    /// Opens one.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let file = File::open(path).map_err(io(path))?;
        let path = path.display().to_string();
        let mut lines = BufReader::new(GzDecoder::new(BufReader::new(file)));
        let mut digest = Sha256::new();
        let first = next_line(&mut lines, &path)?.unwrap_or_default();
        let head: Head = serde_json::from_slice(&first)
            .map_err(|_| Error::Damaged(path.clone(), "its first line is no backup's".to_owned()))?;
        if head.deskbell_backup > FORMAT {
            return Err(Error::Damaged(path, format!("format {} is newer than this version", head.deskbell_backup)));
        }
        digest.update(&first);
        Ok(Self { path, lines, digest, rows: BTreeMap::new(), ended: false, head })
    }

    /// The next row; none once the end was read and is right.
    pub fn line(&mut self) -> Result<Option<Line>, Error> {
        if self.ended {
            return Ok(None);
        }
        let damaged = |why: &str| Error::Damaged(self.path.clone(), why.to_owned());
        let Some(text) = next_line(&mut self.lines, &self.path)? else { return Err(damaged("it has no end")) };
        let line: Line = serde_json::from_slice(&text).map_err(|_| damaged("a line cannot be understood"))?;
        match line {
            Line::End { rows, sha256 } => {
                if rows != self.rows || sha256 != hex(&self.digest.clone().finalize()) {
                    return Err(damaged("what it holds is not what it says at its end"));
                }
                // Reading on to the end of the file has the archive's own checksum compared, too.
                if next_line(&mut self.lines, &self.path)?.is_some() {
                    return Err(damaged("something comes after its end"));
                }
                self.ended = true;
                Ok(None)
            }
            Line::Sealed(ref table, ..) | Line::Plain(ref table, _) => {
                *self.rows.entry(table.clone()).or_default() += 1;
                self.digest.update(&text);
                Ok(Some(line))
            }
        }
    }
}

fn next_line(lines: &mut impl std::io::BufRead, path: &str) -> Result<Option<Vec<u8>>, Error> {
    let mut line = Vec::new();
    let most = u64::try_from(MOST_LINE_BYTES).unwrap_or(u64::MAX);
    let read = std::io::Read::take(lines, most).read_until(b'\n', &mut line);
    read.map_err(|error| Error::Damaged(path.to_owned(), error.to_string()))?;
    match line.last() {
        None => Ok(None),
        Some(b'\n') => Ok(Some(line)),
        Some(_) => Err(Error::Damaged(path.to_owned(), "it ends in the middle of a line".to_owned())),
    }
}
