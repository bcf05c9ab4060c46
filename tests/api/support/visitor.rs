//! A visitor with verbs.

use std::net::SocketAddr;

use serde_json::{Value, json};

use super::frames::{draw_id, draw_token, kind};
use super::replica::Replica;
use super::socket::{Came, Socket};

/// A visitor's tab: a socket, the token that makes them who they are, and what the tab shows.
pub struct Visitor {
    pub socket: Socket,
    pub token: String,
    pub welcome: Value,
    pub shows: Replica,
    /// What the page says in every `hello`.
    pub page: Page,
    address: SocketAddr,
    site_key: String,
    origin: String,
}

/// What a page says of its visitor.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Its language.
    pub locale: Option<String>,
    /// The website's word of who it is.
    pub jwt: Option<String>,
}

impl Visitor {
    /// Somebody new.
    pub async fn connect(address: SocketAddr, site_key: &str, origin: &str) -> Self {
        Self::connect_as(address, site_key, origin, draw_token(), Replica::default()).await
    }

    /// Somebody with this token, who has this on screen already.
    pub async fn connect_as(address: SocketAddr, site_key: &str, origin: &str, token: String, shows: Replica) -> Self {
        Self::connect_on(address, site_key, origin, token, shows, Page::default()).await
    }

    /// The same on a page of this language.
    pub async fn connect_in(
        address: SocketAddr,
        site_key: &str,
        origin: &str,
        token: String,
        shows: Replica,
        locale: Option<String>,
    ) -> Self {
        let page = Page { locale, ..Page::default() };
        Self::connect_on(address, site_key, origin, token, shows, page).await
    }

    /// The same on a page that says this.
    pub async fn connect_on(
        address: SocketAddr,
        site_key: &str,
        origin: &str,
        token: String,
        shows: Replica,
        page: Page,
    ) -> Self {
        let path = format!("/v1/live?site={site_key}");
        let socket = Socket::open(address, &path, &[("Origin", origin)]).await.expect("an upgrade");
        let (site_key, origin) = (site_key.to_owned(), origin.to_owned());
        let mut visitor = Self { socket, token, welcome: Value::Null, shows, page, address, site_key, origin };
        visitor.hello().await;
        visitor
    }

    async fn hello(&mut self) {
        let hello = json!({
            "type": "hello",
            "token": self.token,
            "conversation": self.shows.conversation,
            "since": self.shows.rev,
            "generation": self.shows.generation,
            "locale": self.page.locale,
            "jwt": self.page.jwt,
        });
        self.socket.send(&hello).await;
        self.welcome = self.socket.frame_of("welcome").await;
        self.shows.generation = self.welcome["generation"].as_str().map(str::to_owned);
    }

    /// Another tab of the same visitor, empty.
    pub async fn another_tab(&self) -> Self {
        let (token, shows) = (self.token.clone(), Replica::default());
        Self::connect_as(self.address, &self.site_key, &self.origin, token, shows).await
    }

    /// The connection is cut and comes back; what was on screen stays.
    pub async fn comes_back(self) -> Self {
        drop(self.socket);
        Self::connect_as(self.address, &self.site_key, &self.origin, self.token, self.shows).await
    }

    /// Sends a text and waits for its `ack`.
    pub async fn says(&mut self, text: &str) -> Value {
        let id = draw_id();
        self.sends(&id, text).await;
        self.answer_to(&id).await
    }

    /// Sends a text under this id and does not wait.
    pub async fn sends(&mut self, id: &str, text: &str) {
        self.socket.send(&json!({"type": "send", "id": id, "text": text})).await;
    }

    /// The `ack` or `nack` of this id; what comes before it is shown.
    pub async fn answer_to(&mut self, id: &str) -> Value {
        loop {
            let frame = self.sees_next().await;
            if matches!(kind(&frame), "ack" | "nack") && frame["id"] == id {
                return frame;
            }
        }
    }

    /// Sends a frame and waits for its answer.
    pub async fn asks(&mut self, frame: Value) -> Value {
        let id = frame["id"].as_str().expect("a durable frame").to_owned();
        self.socket.send(&frame).await;
        self.answer_to(&id).await
    }

    /// The next frame, shown.
    pub async fn sees_next(&mut self) -> Value {
        let frame = self.socket.frame().await;
        if let Some(ask) = self.shows.apply(&frame) {
            self.socket.send(&ask).await;
        }
        frame
    }

    /// The next frame of this type, shown.
    pub async fn sees(&mut self, wanted: &str) -> Value {
        loop {
            let frame = self.sees_next().await;
            if kind(&frame) == wanted {
                return frame;
            }
        }
    }

    /// Waits until they know that somebody answers.
    pub async fn hears_that_somebody_is_here(&mut self) {
        while self.welcome["availability"]["online"] != true && self.sees("availability").await["online"] != true {}
    }

    /// Fills in a form and waits for the answer.
    pub async fn fills_in(&mut self, form: &str, values: Value) -> Value {
        self.asks(json!({"type": "form", "id": draw_id(), "form": form, "values": values})).await
    }

    /// Everything that was said by now, shown.
    pub async fn hears(&mut self) -> Vec<Value> {
        let said = self.socket.said_so_far().await;
        for frame in &said {
            if let Some(ask) = self.shows.apply(frame) {
                self.socket.send(&ask).await;
            }
        }
        said
    }

    /// Waits until the conversation is in this state, and gives its owner.
    pub async fn sees_state(&mut self, state: &str) -> Value {
        while self.shows.state.as_deref() != Some(state) {
            self.sees_next().await;
        }
        self.shows.owner.clone()
    }

    /// Waits until they are told their place in the line: afterwards nothing comes by itself.
    pub async fn has_a_place(&mut self) -> String {
        while self.shows.place.is_none() {
            self.sees_next().await;
        }
        self.shows.place.clone().unwrap_or_default()
    }

    /// Waits until this text is on screen.
    pub async fn sees_text(&mut self, text: &str) {
        while !self.shows.texts().iter().any(|shown| shown == text) {
            self.sees_next().await;
        }
    }

    /// Waits until the screen is at this rev.
    pub async fn is_at(&mut self, rev: i64) {
        while self.shows.rev < rev {
            self.sees_next().await;
        }
    }

    /// The close code, after showing what comes before.
    pub async fn is_closed_with(&mut self) -> Option<u16> {
        loop {
            match self.socket.next().await {
                Came::Frame(frame) => drop(self.shows.apply(&frame)),
                Came::Closed(code) => return code,
            }
        }
    }

    /// The conversation on screen.
    pub fn conversation(&self) -> String {
        self.shows.conversation.clone().expect("a conversation is on screen")
    }
}
