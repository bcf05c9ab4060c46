//! A bot as a process of its own: the programs of `tests/bots/`.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// It runs, and is killed when dropped.
pub struct Peer {
    pub port: u16,
    name: &'static str,
    child: Child,
    http: reqwest::Client,
}

impl Peer {
    /// Starts `tests/bots/{name}.py` on any port.
    pub fn start(name: &'static str) -> Self {
        Self::start_on(name, 0)
    }

    fn start_on(name: &'static str, port: u16) -> Self {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bots");
        let mut command = Command::new("python3");
        command.current_dir(folder).args([format!("{name}.py"), port.to_string()]);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("python3 runs");
        let out = child.stdout.take().expect("its stdout");
        let line = BufReader::new(out).lines().next().expect("a line").expect("text");
        Self { port: line.parse().expect("a port"), name, child, http: super::plainly::http() }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// It is gone.
    pub fn kill(&mut self) {
        self.child.kill().expect("a signal");
        self.child.wait().expect("its end");
    }

    /// It is back where it was.
    pub fn comes_back(&mut self) {
        *self = Self::start_on(self.name, self.port);
    }

    pub async fn knows(&self, what: &Value) {
        let set = self.http.post(format!("{}/_set", self.url())).json(what).send().await;
        assert_eq!(set.expect("an answer").status(), 200);
    }

    /// Lets through who waits at its gate, or comes there next.
    pub async fn opens_the_gate(&self) {
        let gone = self.http.post(format!("{}/_go", self.url())).body("{}").send().await;
        assert_eq!(gone.expect("an answer").status(), 200);
    }

    /// Lets through who answers late.
    pub async fn opens_the_late_gate(&self) {
        let gone = self.http.post(format!("{}/_late", self.url())).body("{}").send().await;
        assert_eq!(gone.expect("an answer").status(), 200);
    }

    /// What it was asked, as it understood it: `words` and `body`.
    pub async fn asked(&self) -> Vec<Value> {
        let asked = self.http.get(format!("{}/_asked", self.url())).send().await.expect("an answer");
        serde_json::from_str(&asked.text().await.expect("a body")).expect("JSON")
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
