//! An agent with verbs: signed in, and with a console open.

use deskbell::on;
use reqwest::Response;
use serde_json::{Value, json};

use super::TestApp;
use super::app::PASSWORD;
use super::frames::{draw_id, kind};
use super::socket::Socket;

/// A signed-in agent with a live console.
pub struct Agent {
    pub socket: Socket,
    /// The header that says who they are.
    pub cookie: String,
}

/// Signs in by the form; the cookie as a header's value.
pub async fn cookie_of(app: &TestApp, email: &str) -> String {
    sign_in_at(&app.url(""), email).await
}

/// The same for a server at this address.
pub async fn sign_in_at(server: &str, email: &str) -> String {
    let url = format!("{}/console/login", server.trim_end_matches('/'));
    let form = [("email", email), ("password", PASSWORD)];
    let response = super::app::client().post(url).form(&form).send().await.expect("an answer");
    assert_eq!(response.status(), 303, "signed in");
    let cookie = response.headers()["set-cookie"].to_str().expect("text");
    cookie.split(';').next().expect("a cookie").to_owned()
}

impl Agent {
    pub async fn sign_in(app: &TestApp, email: &str) -> Self {
        let cookie = cookie_of(app, email).await;
        let socket = Self::open(app, &cookie).await;
        Self { socket, cookie }
    }

    async fn open(app: &TestApp, cookie: &str) -> Socket {
        Self::socket_at(app.address(), cookie).await
    }

    /// Signed in at a server at this address.
    pub async fn at(address: std::net::SocketAddr, email: &str) -> Self {
        let cookie = sign_in_at(&format!("http://{address}"), email).await;
        let socket = Self::socket_at(address, &cookie).await;
        Self { socket, cookie }
    }

    async fn socket_at(address: std::net::SocketAddr, cookie: &str) -> Socket {
        let origin = format!("http://{address}");
        let headers = [("Origin", origin.as_str()), ("Cookie", cookie)];
        let mut socket = Socket::open(address, "/console/live", &headers).await.expect("an upgrade");
        socket.send(&json!({"type": "hello"})).await;
        socket.frame_of("welcome").await;
        socket
    }

    /// The token that stands in the forms of this session.
    pub async fn form_token(&self, app: &TestApp) -> String {
        let page = app.http.get(app.url("/console/conversations")).header("Cookie", &self.cookie).send().await;
        let html = page.expect("an answer").text().await.expect("a page");
        let after = html.split("name=\"csrf\" value=\"").nth(1).expect("a form");
        after.split('"').next().expect("a token").to_owned()
    }

    /// Follows a conversation from a rev; gives the first `changes`.
    pub async fn watches(&mut self, conversation: &str, since: i64) -> Value {
        self.socket.send(&json!({"type": "watch", "conversation": conversation, "since": since})).await;
        self.socket.frame_of("changes").await
    }

    /// Sends a frame and gives its `ack` or `nack`; what comes before it is passed over.
    pub async fn asks(&mut self, frame: Value) -> Value {
        let id = frame["id"].as_str().expect("a durable frame").to_owned();
        self.socket.send(&frame).await;
        loop {
            let answer = self.socket.frame().await;
            if matches!(kind(&answer), "ack" | "nack") && answer["id"] == id.as_str() {
                return answer;
            }
        }
    }

    pub async fn takes(&mut self, conversation: &str, epoch: i64) -> Value {
        self.command("take", conversation, epoch).await
    }

    pub async fn closes(&mut self, conversation: &str, epoch: i64) -> Value {
        self.command("close", conversation, epoch).await
    }

    pub async fn reopens(&mut self, conversation: &str, epoch: i64) -> Value {
        self.command("reopen", conversation, epoch).await
    }

    async fn command(&mut self, what: &str, conversation: &str, epoch: i64) -> Value {
        self.asks(json!({"type": what, "id": draw_id(), "conversation": conversation, "epoch": epoch})).await
    }

    /// Answers, having seen everything up to `seen_seq`.
    pub async fn answers(&mut self, conversation: &str, text: &str, seen_seq: i64) -> Value {
        let frame = json!({"type": "send", "id": draw_id(), "conversation": conversation, "text": text,
            "seen_seq": seen_seq});
        self.asks(frame).await
    }

    /// Writes for agents only.
    pub async fn notes(&mut self, conversation: &str, text: &str) -> Value {
        self.asks(json!({"type": "note", "id": draw_id(), "conversation": conversation, "text": text})).await
    }
}

/// What one person does on these pages.
pub struct Admin<'a> {
    pub app: &'a TestApp,
    pub agent: &'a Agent,
    pub csrf: String,
}

impl<'a> Admin<'a> {
    pub async fn new(app: &'a TestApp, agent: &'a Agent) -> Self {
        Self { app, agent, csrf: agent.form_token(app).await }
    }

    pub async fn gets(&self, path: &str) -> Response {
        let request = self.app.http.get(self.app.url(path)).header("Cookie", &self.agent.cookie);
        request.send().await.expect("an answer")
    }

    pub async fn posts(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let mut form = vec![("csrf", self.csrf.as_str())];
        form.extend(fields);
        let request = self.app.http.post(self.app.url(path)).header("Cookie", &self.agent.cookie);
        request.form(&form).send().await.expect("an answer")
    }

    /// The newest row of the audit log: action, subject, changes.
    pub async fn last_act(&self) -> (String, String, Value) {
        let mut conn = self.app.app.db.read().await.expect("a connection");
        let sql = "SELECT action, subject_name, CAST(changes AS TEXT) FROM audit_log ORDER BY id DESC LIMIT 1";
        let row: (String, String, String) =
            on!(conn.conn(), |c| sqlx::query_as(sql).fetch_one(c).await).expect("an act");
        (row.0, row.1, serde_json::from_str(&row.2).expect("JSON"))
    }
}
