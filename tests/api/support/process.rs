//! The real program as a process of its own, to be killed.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};

use serde_json::Value;

use super::Database;
use super::app::{ORIGIN, OWNER, PASSWORD};

/// Every limit out of the way, and this machine may be asked.
const SETTINGS: &str = r#"log = "warn"
outgoing_allow = "127.0.0.0/8"
workers = "2"
[limits]
frames_per_second = 100000
frames_burst = 100000
sends_per_minute = 1000000
sends_burst = 100000
sends_per_minute_per_address = 1000000
hellos_per_minute_per_address = 1000000
emails_per_hour_per_address = 1000000
connections_per_address = 10000
logins_per_minute_per_address = 10000
api_refused_per_minute_per_address = 1000000
logins_per_hour_per_account = 10000
[password]
memory_kib = 8
iterations = 1
"#;

/// A command of the program on this database, which does nothing yet.
pub fn command(database: &Database, arguments: &[&str]) -> Command {
    let file = database.folder.join("deskbell.toml");
    if !file.exists() {
        std::fs::write(&file, SETTINGS).expect("a configuration");
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_deskbell"));
    command
        .env_clear()
        .current_dir(&database.folder)
        .args(arguments)
        .arg("--data")
        .arg(&database.folder)
        .args(["--database", &database.flag()])
        .stdin(Stdio::null());
    command
}

/// Runs a command to its end.
pub async fn run(database: &Database, arguments: &[&str]) -> Output {
    let mut command = command(database, arguments);
    tokio::task::spawn_blocking(move || command.output()).await.expect("a thread").expect("the program")
}

/// What `bootstrap` prints.
pub async fn bootstrap(database: &Database) -> Value {
    let given =
        ["bootstrap", "--owner-email", OWNER, "--owner-password", PASSWORD, "--site", "Shop", "--origin", ORIGIN];
    let output = run(database, &given).await;
    assert!(output.status.success(), "bootstrap: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("one JSON object")
}

/// Gives the first queue other rules: flags of `queue set`.
pub async fn queue_set(database: &Database, flags: &[&str]) {
    let output = run(database, &[&["queue", "set", "--queue", "Support"], flags].concat()).await;
    assert!(output.status.success(), "queue set: {}", String::from_utf8_lossy(&output.stderr));
}

/// A server in a process of its own. Killed when dropped.
pub struct Server {
    pub address: SocketAddr,
    child: Child,
}

/// A port below those that the system gives to outgoing connections, so that nobody takes it while
/// the server is down.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = u16::try_from(std::process::id() % 10_000).expect("it fits");
    loop {
        let port = 12_000 + (start + NEXT.fetch_add(7, Ordering::Relaxed)) % 18_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

impl Server {
    /// Starts it and waits until it listens.
    pub async fn start(database: &Database) -> Self {
        Self::start_on(database, SocketAddr::from(([127, 0, 0, 1], free_port()))).await
    }

    async fn start_on(database: &Database, address: SocketAddr) -> Self {
        let mut command = command(database, &["serve", "--listen", &address.to_string()]);
        let log = log_of(database);
        let errors = File::options().create(true).append(true).open(&log).expect("a log");
        command.stdout(Stdio::piped()).stderr(errors);
        tokio::task::spawn_blocking(move || {
            let mut child = command.spawn().expect("the program");
            let out = child.stdout.take().expect("its stdout");
            let listens =
                BufReader::new(out).lines().map_while(Result::ok).any(|line| line.starts_with("listening on"));
            assert!(listens, "it does not start: {}", std::fs::read_to_string(&log).unwrap_or_default());
            Self { address, child }
        })
        .await
        .expect("a thread")
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        self.child.kill().expect("a signal");
        self.child.wait().expect("its end");
    }

    /// Starts again where it was.
    pub async fn restart(&mut self, database: &Database) {
        self.kill();
        *self = Self::start_on(database, self.address).await;
    }
}

fn log_of(database: &Database) -> PathBuf {
    database.folder.join("server.log")
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Begins a command and kills it after so long; false if it had ended by then.
pub async fn killed_after(database: &Database, what: &str, after: std::time::Duration) -> bool {
    let mut command = command(database, &[what]);
    if what == "serve" {
        command.args(["--listen", "127.0.0.1:0"]);
    }
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program");
    tokio::time::sleep_until(tokio::time::Instant::now() + after).await;
    let ended = child.try_wait().expect("a state").is_some();
    child.kill().expect("a signal");
    child.wait().expect("its end");
    !ended
}

/// The owner's cookie, and the origin that goes with it.
pub async fn sign_in(address: SocketAddr) -> (String, String) {
    let origin = format!("http://{address}");
    let form = [("email", OWNER), ("password", PASSWORD)];
    let response = super::plainly::http().post(format!("{origin}/console/login")).form(&form).send().await;
    let response = response.expect("an answer");
    assert_eq!(response.status(), 303, "signed in");
    let cookie = response.headers()["set-cookie"].to_str().expect("text");
    (cookie.split(';').next().expect("a cookie").to_owned(), origin)
}
