//! What is around the program: its folder, the disk, and the address that visitors use.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use url::Url;

use super::Finding;
use crate::clock::Timestamp;
use crate::config::Config;
use crate::http::tls::Certificates;

/// How long the public address may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// Less free space than this and the database may stop any day.
const SCARCE_KIB: u64 = 1024 * 1024;
/// Less than this and it will stop soon.
const TOO_LITTLE_KIB: u64 = 100 * 1024;

/// Whether the data folder can be used, and whether a server is using it.
pub(super) fn data_folder(folder: &Path) -> (Vec<Finding>, bool) {
    let (what, shown) = ("data folder", folder.display());
    if !folder.exists() {
        let text = format!("{shown} is not there yet; `deskbell serve` makes it");
        return (vec![Finding::warn(what, text)], false);
    }
    let probe = folder.join(format!(".doctor-{}", std::process::id()));
    let written = File::create(&probe).and_then(|_| std::fs::remove_file(&probe));
    if let Err(why) = written {
        let text = format!("{shown} cannot be written ({why}); give it to the user that Deskbell runs as");
        return (vec![Finding::fail(what, text)], false);
    }
    // Without the lock's file nobody ever held the lock.
    let held = File::options().write(true).open(folder.join("lock")).map(|file| file.try_lock());
    match held {
        Ok(Err(TryLockError::WouldBlock)) => (vec![Finding::ok(what, format!("{shown}, in use by a server"))], true),
        Ok(Err(TryLockError::Error(why))) => {
            let text = format!("{shown} cannot be locked ({why}); keep it on a local disk");
            (vec![Finding::fail(what, text)], false)
        }
        _ => (vec![Finding::ok(what, format!("{shown} can be written, and no server uses it"))], false),
    }
}

/// How much space is left, as `df` tells. Where there is no `df`, nothing is said.
pub(super) fn disk(folder: &Path) -> Option<Finding> {
    let told = Command::new("df").arg("-Pk").arg("--").arg(folder).output().ok()?;
    let free = free_kib(&String::from_utf8_lossy(&told.stdout))?;
    Some(disk_finding(free))
}

/// The fourth column of the last line is what is available.
pub(super) fn free_kib(told: &str) -> Option<u64> {
    told.lines().nth(1)?.split_whitespace().rev().nth(2)?.parse().ok()
}

pub(super) fn disk_finding(free_kib: u64) -> Finding {
    let text = format!("{} MiB free at the data folder", free_kib / 1024);
    match free_kib {
        free if free < TOO_LITTLE_KIB => {
            Finding::fail("disk", format!("{text}; nothing can be stored when it is full"))
        }
        free if free < SCARCE_KIB => Finding::warn("disk", format!("{text}; make room")),
        _ => Finding::ok("disk", text),
    }
}

/// Whether the certificate can be shown and browsers will take it; nothing where Deskbell speaks no TLS.
pub(super) async fn certificate(config: &Config, now: Timestamp) -> Vec<Finding> {
    let what = "certificate";
    let certificates = match Certificates::load(config).await {
        Ok(Some(certificates)) => certificates,
        Ok(None) => return Vec::new(),
        Err(why) => return vec![Finding::fail(what, why.to_string())],
    };
    let odd = certificates.oddities(now);
    if odd.is_empty() {
        let until = certificates.ends().map_or_else(String::new, |ends| format!(", valid until {}", ends.rfc3339()));
        return vec![Finding::ok(what, format!("it belongs to its key{until}"))];
    }
    odd.into_iter().map(|odd| Finding::warn(what, odd)).collect()
}

/// Whether a Deskbell answers at the address that visitors use. Asked directly: no proxy of this
/// machine's, and no redirect, since a redirected script tag may not work.
pub(super) async fn public_address(public_url: &Url, running: bool) -> Vec<Finding> {
    let what = "public address";
    let (Ok(health), Ok(client)) = (
        public_url.join("healthz"),
        reqwest::Client::builder().timeout(PATIENCE).no_proxy().redirect(reqwest::redirect::Policy::none()).build(),
    ) else {
        return vec![Finding::fail(what, "it could not be asked: the TLS library does not start")];
    };
    let text = match client.get(health.clone()).send().await {
        Ok(answer) if answer.status().is_success() => return vec![Finding::ok(what, format!("{health} answers"))],
        Ok(answer) => format!("{health} answers with {}; does --public-url lead here?", answer.status()),
        Err(why) if why.is_timeout() => format!("{health} does not answer within 3 s"),
        Err(why) => format!("{health} cannot be reached ({})", cause(&why)),
    };
    match running {
        true => vec![Finding::fail(what, text)],
        false => vec![Finding::warn(what, format!("{text}; no server runs on this data folder"))],
    }
}

/// The innermost error says most.
pub(in crate::cli::commands) fn cause(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
