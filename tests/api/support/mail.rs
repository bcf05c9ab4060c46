//! Mails that come: what people and servers write, and the ways in which it reaches a server.

use base64::Engine as _;
use deskbell::app::App;
use deskbell::config::Config;
use deskbell::ids::ConversationId;
use deskbell::mail::{EmailAddress, thread_store};
use deskbell::outgoing::signing::{self, SigningSecret};
use deskbell::secrets::Secret;
use deskbell::sites::store as sites;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use super::{Database, TestApp};

/// The domain of reply addresses.
pub const DOMAIN: &str = "chat.shop.example";
/// The site's own address.
pub const SHOP: &str = "help@shop.example";
/// A visitor's.
pub const CUSTOMER: &str = "customer@mail.example";
/// Signs what comes by HTTP.
pub const SECRET: &str = "a secret of the tests";

/// A server that takes mail.
pub fn takes_mail(config: &mut Config) {
    config.mail.domain = Some(DOMAIN.to_owned());
    config.mail.inbound_secret = Some(Secret::new(SECRET));
    config.mail.authserv = Some("mx.shop.example".to_owned());
}

/// A server that takes mail, whose site has its address.
pub async fn start(database: Database) -> TestApp {
    let app = TestApp::start_with(database, takes_mail).await;
    has_address(&app.app, &app.desk.site_key, SHOP).await;
    app
}

/// Gives a site its own address of mail.
pub async fn has_address(app: &App, site_key: &str, address: &'static str) {
    let key = site_key.to_owned();
    app.writer
        .run("test", move |tx| {
            Box::pin(async move {
                let mut site = sites::by_key(tx.conn(), &key).await?.expect("the site");
                site.settings.mail.address = Some(address.to_owned());
                sites::save(tx.conn(), &site).await
            })
        })
        .await
        .expect("the site is saved");
}

/// The reply address that somebody got for a conversation.
pub async fn reply_address(app: &TestApp, conversation: &str, to: &str) -> String {
    let (ws, id) = (app.desk.workspace_id, conversation.parse::<ConversationId>().expect("an id"));
    let (random, to) = (app.app.random.clone(), EmailAddress::parse(to).expect("an address"));
    let token = app
        .app
        .writer
        .run("test", move |tx| {
            Box::pin(async move {
                let thread = thread_store::ensure(tx, ws, id, &to).await?;
                let key = thread_store::ensure_key(tx, ws, &random).await?;
                Ok::<_, deskbell::db::Error>(key.reply(ws, thread.id))
            })
        })
        .await
        .expect("a thread");
    format!("reply+{token}@{DOMAIN}")
}

/// A mail with these fields before its text.
pub fn mail(fields: &[(&str, &str)], text: &str) -> Vec<u8> {
    let fields: String = fields.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let text = text.replace('\n', "\r\n");
    format!("{fields}MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n").into_bytes()
}

/// A person's mail.
pub fn from(sender: &str, to: &str, id: &str, text: &str) -> Vec<u8> {
    let id = format!("<{id}@mail.example>");
    let date = "Fri, 27 Nov 2026 10:11:12 +0000";
    mail(&[("From", sender), ("To", to), ("Subject", "Order 1042"), ("Date", date), ("Message-ID", &id)], text)
}

impl TestApp {
    /// Posts a mail, signed; gives the status and the answer.
    pub async fn gets_mail(&self, raw: Vec<u8>) -> (u16, Value) {
        let headers = signing::headers(&[SigningSecret::of_text(SECRET)], "mail-1", self.app.clock.now(), &raw);
        let request = self.http.post(self.url("/v1/inbound/mail")).headers(headers).body(raw);
        let response = request.send().await.expect("an answer");
        let status = response.status().as_u16();
        (status, response.json().await.expect("JSON"))
    }

    /// Posts a mail that is taken; gives what became of it.
    pub async fn takes_mail(&self, raw: Vec<u8>) -> String {
        let (status, answer) = self.gets_mail(raw).await;
        assert_eq!(status, 200, "{answer}");
        answer["taken"].as_str().expect("a word").to_owned()
    }
}

/// A mail server that hands its mail on by LMTP.
pub struct Lmtp {
    stream: BufReader<TcpStream>,
}

impl Lmtp {
    /// Connects and is greeted.
    pub async fn connect(address: std::net::SocketAddr) -> Self {
        let mut lmtp = Self { stream: BufReader::new(TcpStream::connect(address).await.expect("a connection")) };
        let greeting = lmtp.hears().await;
        assert!(greeting.starts_with("220 "), "{greeting}");
        lmtp
    }

    /// Writes as it is.
    pub async fn writes(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).await.expect("written");
    }

    /// The next answer, all its lines; empty when the server is gone.
    pub async fn hears(&mut self) -> String {
        let mut all = String::new();
        loop {
            let mut line = String::new();
            let read = self.stream.read_line(&mut line).await.unwrap_or(0);
            all.push_str(&line);
            if read == 0 || line.as_bytes().get(3) != Some(&b'-') {
                return all;
            }
        }
    }

    /// Says a command and hears its answer.
    pub async fn says_command(&mut self, command: &str) -> String {
        self.writes(format!("{command}\r\n").as_bytes()).await;
        self.hears().await
    }

    /// Hands a mail to one recipient; gives the last answer.
    pub async fn delivers(&mut self, to: &str, raw: &[u8]) -> String {
        self.says_command("LHLO mx.shop.example").await;
        self.says_command("MAIL FROM:<customer@mail.example>").await;
        let recipient = self.says_command(&format!("RCPT TO:<{to}>")).await;
        if !recipient.starts_with("250") {
            return recipient;
        }
        self.says_command("DATA").await;
        self.writes(raw).await;
        self.says_command(".").await
    }
}

/// A part in base64, for mails with files.
pub fn base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
