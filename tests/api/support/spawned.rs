//! The real program in a process of its own, on SQLite.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

use serde_json::Value;

use super::Database;
use super::app::{ORIGIN, OWNER, PASSWORD};
use super::until::until;

/// A running `deskbell serve`, set up. Killed, and its folder gone, when it is dropped.
pub struct Spawned {
    pub address: SocketAddr,
    pub site_key: String,
    /// What `bootstrap` printed, with the API key.
    pub desk: Value,
    database: Database,
    child: Child,
    log: Option<JoinHandle<String>>,
}

fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deskbell"));
    command.current_dir(folder).env_clear().arg("--data").arg(folder);
    command
}

impl Spawned {
    /// What another `deskbell` prints that runs beside the server.
    pub async fn command(&self, words: &'static [&'static str]) -> String {
        let mut command = program(&self.database.folder);
        command.args(words);
        let out = tokio::task::spawn_blocking(move || command.output().expect("it runs")).await.expect("it ends");
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).expect("text").trim().to_owned()
    }

    /// With these settings in `deskbell.toml`, logging at this level.
    pub async fn start(settings: &str, log: &str) -> Self {
        let (settings, log) = (settings.to_owned(), log.to_owned());
        tokio::task::spawn_blocking(move || Self::start_now(&settings, &log)).await.expect("it starts")
    }

    fn start_now(settings: &str, log: &str) -> Self {
        let database = Database::sqlite();
        std::fs::write(database.folder.join("deskbell.toml"), settings).expect("written");
        let mut bootstrap = program(&database.folder);
        bootstrap.args(["bootstrap", "--owner-email", OWNER, "--owner-password", PASSWORD, "--api-key"]);
        let out = bootstrap.args(["--site", "Shop", "--origin", ORIGIN]).output().expect("it runs");
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        let desk: Value = serde_json::from_slice(&out.stdout).expect("JSON");
        let mut serve = program(&database.folder);
        serve.args(["serve", "--listen", "127.0.0.1:0", "--workers", "2", "--log", log]);
        let mut child = serve.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
        let mut stderr = child.stderr.take().expect("a log");
        let log = std::thread::spawn(move || {
            let mut text = Vec::new();
            drop(stderr.read_to_end(&mut text));
            String::from_utf8_lossy(&text).into_owned()
        });
        let lines = BufReader::new(child.stdout.take().expect("an output")).lines();
        let listening = |line: std::io::Result<String>| {
            line.expect("text").strip_prefix("listening on http://").map(|url| url.parse().expect("an address"))
        };
        let address = lines.into_iter().find_map(listening).expect("it says that it listens");
        let site_key = desk["site_key"].as_str().expect("a key").to_owned();
        Self { address, site_key, desk, database, child, log: Some(log) }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The database's file, to look into once the program has ended.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Resident memory in KiB.
    pub fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it runs");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("a line");
        line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("a number")
    }

    /// Sends SIGTERM.
    pub fn is_asked_to_stop(&self) {
        let killed = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(killed.expect("kill runs").success());
    }

    /// Waits for the end: the exit code and the log.
    pub async fn ends(&mut self) -> (Option<i32>, String) {
        let mut status = None;
        until("the program ends", async || {
            status = self.child.try_wait().expect("a status");
            status.is_some()
        })
        .await;
        let log = self.log.take().expect("it ends once").join().expect("a log");
        (status.and_then(|status| status.code()), log)
    }
}

impl Drop for Spawned {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
