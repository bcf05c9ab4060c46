//! The benchmark. It starts the real server and three bare relays in turns, loads each in the same
//! way, and prints one table. It measures; it asserts nothing about time.

mod args;
mod client;
mod machine;
mod measure;
mod report;
mod server;
mod suite;

use std::{path::Path, process::ExitCode};

use args::Args;
use server::Programs;

/// What goes wrong here ends the run and is read by a person.
type Error = Box<dyn std::error::Error + Send + Sync>;
type Result<T> = std::result::Result<T, Error>;

/// Files that are open besides the connections.
const OTHER_FILES: usize = 200;

fn main() -> ExitCode {
    match run(&Args::read()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("load: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<()> {
    args.check()?;
    let binaries = std::env::current_exe()?.parent().ok_or("no folder of binaries")?.to_owned();
    let programs = Programs { node: Path::new(env!("CARGO_MANIFEST_DIR")).join("node"), binaries };
    if !args.no_build {
        server::build(&args.servers, &programs)?;
    }
    let connections = args.visitors.max(2 * args.delivery_conversations).max(args.conversations);
    machine::raise_open_files(connections + OTHER_FILES)?;
    let folder = args.dir.clone().unwrap_or_else(|| programs.binaries.join("load-data"));
    std::fs::create_dir_all(&folder)?;
    let results = suite::run(args, &programs, &folder)?;
    let table = report::table(args, &results)?;
    println!("{table}");
    if let Some(file) = &args.json {
        std::fs::write(file, report::json(&results)?)?;
    }
    if let Some(file) = &args.write {
        report::write(file, &table)?;
    }
    match results.failures.len() {
        0 => Ok(()),
        failures => Err(format!("{failures} turns failed").into()),
    }
}
