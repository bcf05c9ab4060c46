//! What `backup`, `restore`, `export` and `erase` are told.

use std::path::PathBuf;

use clap::Args;

/// A backup to be made.
#[derive(Debug, Clone, Args)]
pub struct Backup {
    /// Where to, such as deskbell-2026-11-25.backup.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The key file; `visitor-keys` in the data folder if it is not said.
    #[arg(long, value_name = "FILE")]
    pub keys: Option<PathBuf>,
}

/// A backup to be put in place.
#[derive(Debug, Clone, Args)]
pub struct Restore {
    /// The backup.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The key file; `visitor-keys` in the data folder if it is not said.
    #[arg(long, value_name = "FILE")]
    pub keys: Option<PathBuf>,
    /// Put it in the place of the desk that is there.
    #[arg(long)]
    pub replace: bool,
    /// Go on although nobody's key is there: visitors and their conversations are left out.
    #[arg(long)]
    pub without_keys: bool,
}

/// A visitor.
#[derive(Debug, Clone, Args)]
pub struct OfVisitor {
    /// Their id, their mail address, or your website's own name for them (the `sub` of its tokens).
    #[arg(long, value_name = "WHO")]
    pub visitor: String,
    /// The key file of the backups; `visitor-keys` in the data folder if it is not said.
    #[arg(long, value_name = "FILE")]
    pub keys: Option<PathBuf>,
}
