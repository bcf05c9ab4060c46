//! Deskbell as an operator would set it up, with limits that let a benchmark through.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use serde::Deserialize;

use crate::{
    Result,
    client::{ORIGIN, Wire},
};

/// The configuration file: every limit that one address with ten thousand visitors would meet.
const CONFIG: &str = "\
[limits]
frames_per_second = 1000000
frames_burst = 1000000
sends_per_minute = 100000000
sends_burst = 1000000
sends_per_minute_per_address = 100000000
connections_per_address = 1000000
hellos_per_minute_per_address = 100000000
";

#[derive(Deserialize)]
struct SetUp {
    site_key: String,
}

/// Writes the configuration, sets up an empty database, and says how to reach its site.
pub fn set_up(program: &Path, folder: &Path) -> Result<Wire> {
    std::fs::write(folder.join("deskbell.toml"), CONFIG)?;
    let output = command(program, folder)
        .args(["bootstrap", "--owner-email", "owner@bench.example", "--owner-password", "correct horse battery"])
        .args(["--site", "Bench", "--origin", ORIGIN, "--data"])
        .arg(folder.join("data"))
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(format!("deskbell bootstrap ended with {}", output.status).into());
    }
    let set_up: SetUp = serde_json::from_slice(&output.stdout)?;
    Ok(Wire::Deskbell { site_key: set_up.site_key.into() })
}

/// `deskbell serve`, without its address and data folder.
pub fn serve(program: &Path, folder: &Path) -> Command {
    let mut command = command(program, folder);
    command.arg("serve");
    command
}

/// In `folder`, so that the configuration there is read; no variable of ours may leak in.
fn command(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("DESKBELL_") {
            command.env_remove(name);
        }
    }
    command
}
