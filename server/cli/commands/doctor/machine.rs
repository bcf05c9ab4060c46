//! The machine: who may read the folder, how long a sync takes, how many connections fit.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use super::Finding;

/// Syncs that are timed; the one in the middle counts.
const SYNCS: usize = 5;
/// A sync that takes longer is felt: every acknowledged message waits for one.
const SLOW_SYNC: Duration = Duration::from_millis(30);
/// A connection needs one open file, and a busy desk has many.
const FEW_FILES: u64 = 4_096;

/// Whether others on this machine may look into the data folder.
pub(super) fn permissions(folder: &Path) -> Option<Finding> {
    let mode = fs::metadata(folder).ok()?.permissions().mode() & 0o777;
    let what = "permissions";
    Some(match mode & 0o077 {
        0 => Finding::ok(what, "the data folder is its owner's alone"),
        _ => Finding::warn(
            what,
            format!("others on this machine may look into the data folder (mode {mode:o}); `chmod 700` it"),
        ),
    })
}

/// How long a sync takes in the data folder, where an embedded database lies.
pub(super) fn sync_speed(folder: &Path) -> Option<Finding> {
    let probe = folder.join(format!(".doctor-sync-{}", std::process::id()));
    let mut took: Vec<Duration> = Vec::new();
    let measured = File::create(&probe).and_then(|mut file| {
        for _ in 0..SYNCS {
            let begun = Instant::now();
            file.write_all(&[7; 4_096])?;
            file.sync_data()?;
            took.push(begun.elapsed());
        }
        Ok(())
    });
    drop(fs::remove_file(&probe));
    measured.ok()?;
    took.sort();
    took.get(SYNCS / 2).map(|took| sync_finding(*took))
}

pub(super) fn sync_finding(took: Duration) -> Finding {
    let text = format!("a sync in the data folder takes {:.1} ms", took.as_secs_f64() * 1_000.0);
    match took > SLOW_SYNC {
        true => Finding::warn("disk speed", format!("{text}; messages wait that long, so put it on a faster disk")),
        false => Finding::ok("disk speed", text),
    }
}

/// How many files a process may have open, as the system says; nothing where it does not.
pub(super) fn open_files() -> Option<Finding> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    most_files(&limits).map(files_finding)
}

/// The soft limit in what `/proc/self/limits` says.
pub(super) fn most_files(limits: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    match line.split_whitespace().next()? {
        "unlimited" => Some(u64::MAX),
        number => number.parse().ok(),
    }
}

pub(super) fn files_finding(most: u64) -> Finding {
    let what = "open files";
    if most < FEW_FILES {
        let text = format!("{most} at once, which is about as many visitors; raise it (`LimitNOFILE=` or `ulimit -n`)");
        return Finding::warn(what, text);
    }
    Finding::ok(what, if most == u64::MAX { "as many as it wants".to_owned() } else { format!("{most} at once") })
}
