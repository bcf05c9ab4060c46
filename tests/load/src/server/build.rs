//! Builds what is measured, so that one command is enough.

use std::{path::Path, process::Command};

use super::{Kind, Programs};
use crate::Result;

/// Builds every program that `kinds` need.
pub fn build(kinds: &[Kind], programs: &Programs) -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let release = |package: &str, binary: &str| {
        let mut command = Command::new(&cargo);
        command.current_dir(&root).args(["build", "--release", "--locked", "-p", package, "--bin", binary]);
        run(command)
    };
    if kinds.contains(&Kind::Bare) {
        release("deskbell-load", "bare_relay")?;
    }
    if kinds.contains(&Kind::Deskbell) {
        release("deskbell", "deskbell")?;
    }
    let needs_node = kinds.contains(&Kind::Ws) || kinds.contains(&Kind::SocketIo);
    if needs_node && !programs.node.join("node_modules").exists() {
        let mut command = Command::new("npm");
        command.current_dir(&programs.node).args(["ci", "--no-audit", "--no-fund"]);
        run(command)?;
    }
    Ok(())
}

fn run(mut command: Command) -> Result<()> {
    eprintln!("$ {command:?}");
    let status = command.status().map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} ended with {status}").into()) }
}
