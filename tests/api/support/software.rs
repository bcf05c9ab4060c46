//! Other software, which talks over REST.

use deskbell::agents::Role;
use deskbell::api::keys::{self, Scope};
use deskbell::app::App;
use deskbell::conversations::ActingAgent;
use deskbell::ids::ApiKeyId;
use deskbell::secrets::ApiKey;
use deskbell::setup::Desk;
use deskbell::workspaces::Name;
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::TestApp;

/// What came back.
#[derive(Debug)]
pub struct Got {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Got {
    pub async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let is_text =
            headers.get("content-type").is_some_and(|kind| kind.to_str().is_ok_and(|kind| kind.starts_with("text/")));
        let text = response.text().await.expect("a body");
        if is_text {
            return Self { status, headers, body: Value::String(text) };
        }
        let body = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{status}: {error}: {text}"));
        Self { status, headers, body }
    }

    /// The body of something that went well.
    pub fn good(self) -> Value {
        assert!(matches!(self.status, 200 | 201), "{self:?}");
        self.body
    }

    /// The end of a problem's type; the answer is one in every respect.
    pub fn problem(&self) -> &str {
        assert_eq!(self.headers["content-type"], "application/problem+json", "{self:?}");
        assert_eq!(self.body["status"], self.status, "{self:?}");
        self.body["type"].as_str().expect("a type").strip_prefix("/problems/").expect("one of ours")
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// A key, and who has it.
pub struct Software<'a> {
    pub app: &'a TestApp,
    pub id: ApiKeyId,
    pub key: String,
}

impl<'a> Software<'a> {
    /// With a new key of this desk.
    pub async fn of(app: &'a TestApp, desk: &Desk, scope: Scope) -> Self {
        let key = ApiKey::draw(&app.app.random);
        let id = make(&app.app, desk, scope, key.hash()).await;
        Self { app, id, key: key.expose() }
    }

    /// With a key of the first desk that writes.
    pub async fn new(app: &'a TestApp) -> Self {
        Self::of(app, &app.desk, Scope::Write).await
    }

    pub fn asks(&self, method: Method, path: &str) -> RequestBuilder {
        self.app.http.request(method, self.app.url(path)).header("Authorization", format!("Bearer {}", self.key))
    }

    pub async fn gets(&self, path: &str) -> Got {
        Got::of(self.asks(Method::GET, path)).await
    }

    pub async fn posts(&self, path: &str, body: Value) -> Got {
        Got::of(self.asks(Method::POST, path).json(&body)).await
    }

    pub async fn patches(&self, path: &str, body: Value) -> Got {
        Got::of(self.asks(Method::PATCH, path).json(&body)).await
    }

    /// With an `Idempotency-Key`.
    pub async fn posts_once(&self, once: &str, path: &str, body: Value) -> Got {
        Got::of(self.asks(Method::POST, path).header("Idempotency-Key", once).json(&body)).await
    }
}

async fn make(app: &App, desk: &Desk, scope: Scope, hash: [u8; 32]) -> ApiKeyId {
    let by =
        ActingAgent { workspace_id: desk.workspace_id, id: desk.owner_id, name: "Lena".to_owned(), role: Role::Owner };
    let name = Name::parse("import").expect("a name");
    let made = app.writer.run("test", move |tx| Box::pin(async move { keys::make(tx, &by, &name, scope, hash).await }));
    made.await.expect("a key")
}

/// The text of a field.
pub fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_else(|| panic!("{field} of {value}")).to_owned()
}

/// Ids of everything that a path can name.
pub struct Filled {
    pub site: String,
    pub queue: String,
    pub agent: String,
    pub visitor: String,
    pub conversation: String,
    pub message: String,
    pub webhook: String,
    pub bot: String,
}

impl Filled {
    pub fn path(&self, pattern: &str) -> String {
        pattern
            .replace("{site_id}", &self.site)
            .replace("{queue_id}", &self.queue)
            .replace("{agent_id}", &self.agent)
            .replace("{visitor_id}", &self.visitor)
            .replace("{conversation_id}", &self.conversation)
            .replace("{message_id}", &self.message)
            .replace("{webhook_id}", &self.webhook)
            .replace("{bot_id}", &self.bot)
    }

    /// A body that would be right, for each operation that takes one.
    pub fn body(&self, schema: &str) -> Value {
        let (agent, queue, site) = (&self.agent, &self.queue, &self.site);
        match schema {
            "NewSite" => json!({"name": "Second", "origin": "https://second.example", "queue_id": queue}),
            "SiteChanges" => json!({"greeting": "xyzzy"}),
            "NewQueue" => json!({"name": "xyzzy"}),
            "QueueChanges" => json!({"reply_s": 60}),
            "NewAgent" => json!({"email": "ada@shop.example", "name": "Ada", "queue_ids": [queue]}),
            "AgentChanges" => json!({"capacity": 3}),
            "NewVisitor" => json!({"site_id": site, "name": "xyzzy"}),
            "VisitorChanges" => json!({"name": "xyzzy"}),
            "NewConversation" => json!({"site_id": site, "visitor_id": self.visitor, "text": "xyzzy"}),
            "Command" => json!({"agent_id": agent, "epoch": 1}),
            "TransferCommand" => json!({"agent_id": agent, "epoch": 1, "to_queue_id": queue}),
            "SnoozeCommand" => json!({"agent_id": agent, "epoch": 1, "until": "2126-11-25T08:00:00Z"}),
            "TagsCommand" => json!({"agent_id": agent, "add": ["xyzzy"]}),
            "PriorityCommand" => json!({"agent_id": agent, "priority": "urgent"}),
            "NewMessage" => json!({"agent_id": agent, "text": "xyzzy"}),
            "MessageChanges" => json!({"agent_id": agent, "text": "xyzzy", "if_rev": 1}),
            "TranscriptMail" => json!({"to": "ada@mail.example"}),
            "Actions" => json!({"epoch": 1, "actions": [{"type": "say", "text": "xyzzy"}]}),
            "PartialAnswer" => json!({"epoch": 1, "id": self.message, "text": "xyzzy"}),
            "NewWebhook" => json!({"url": "https://xyzzy.example/", "events": ["message.created"]}),
            "WebhookChanges" => json!({"events": ["note.created"]}),
            "Replay" => json!({}),
            "NewBot" => json!({"name": "xyzzy", "kind": "webhook", "url": "https://xyzzy.example/"}),
            "BotChanges" => json!({"deadline_ms": 5_000}),
            other => panic!("say what a {other} is"),
        }
    }
}

/// A conversation of the first desk, begun and answered over REST.
pub async fn filled(software: &Software<'_>) -> Filled {
    let (site, queue) = (software.app.desk.site_id.to_string(), software.app.desk.queue_id.to_string());
    let agent = software.app.desk.owner_id.to_string();
    let begun = json!({"site_id": site, "visitor": {"name": "Ada"}, "text": "Where is order 1042?"});
    let started = software.posts("/api/v1/conversations", begun).await.good();
    let conversation = text(&started["conversation"], "id");
    let path = format!("/api/v1/conversations/{conversation}/messages");
    let answer = software.posts(&path, json!({"agent_id": agent, "text": "On its way."})).await.good();
    let (visitor, message) = (text(&started["conversation"], "visitor_id"), text(&answer, "id"));
    let new = json!({"url": "https://hooks.shop.example/", "events": ["message.created"]});
    let webhook = text(&software.posts("/api/v1/webhooks", new).await.good()["webhook"], "id");
    let new = json!({"name": "Robin", "kind": "webhook", "url": "https://bot.shop.example/"});
    let bot = text(&software.posts("/api/v1/bots", new).await.good()["bot"], "id");
    Filled { site, queue, agent, visitor, conversation, message, webhook, bot }
}
