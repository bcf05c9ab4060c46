//! The website's server: it has the site's identity secret, and says who its visitors are.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use deskbell::clock::Random;
use deskbell::visitors::identity::IdentitySecret;
use deskbell::visitors::identity_store;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use super::TestApp;
use super::app::ORIGIN;
use super::frames::{draw_id, draw_token};
use super::replica::Replica;
use super::visitor::{Page, Visitor};

/// A website's server.
pub struct Website {
    pub secret: IdentitySecret,
}

impl Website {
    /// Of the desk's first site, with a new secret.
    pub async fn new(app: &TestApp) -> Self {
        let secret = IdentitySecret::draw(&Random::System);
        let (stored, desk) = (secret.clone(), &app.desk);
        let (ws, site) = (desk.workspace_id, desk.site_id);
        let made = app.app.writer.run("test", move |tx| {
            Box::pin(async move {
                let now = tx.moment.now;
                identity_store::insert(tx.conn(), ws, site, &stored, now).await
            })
        });
        made.await.expect("a secret");
        Self { secret }
    }

    /// A token for five minutes.
    pub fn token(&self, sub: &str) -> String {
        self.says(json!({"sub": sub}))
    }

    /// A token with these claims; it ends in five minutes unless they say when.
    pub fn says(&self, claims: Value) -> String {
        let mut claims = claims;
        let exp = now() + 300;
        claims.as_object_mut().expect("an object").entry("exp").or_insert(exp.into());
        sign(&json!({"alg": "HS256", "typ": "JWT"}), &claims, self.secret.expose().as_bytes())
    }
}

/// Seconds since 1970.
pub fn now() -> i64 {
    deskbell::clock::Clock::System.now().millis() / 1_000
}

/// Signs a header and claims, whatever they are.
pub fn sign(header: &Value, claims: &Value, key: &[u8]) -> String {
    let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let signed = format!("{}.{}", encode(header), encode(claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
    mac.update(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

/// A new device whose page says at once who its visitor is.
pub async fn device_of(app: &TestApp, jwt: String) -> Visitor {
    let (token, shows) = (draw_token(), Replica::default());
    let page = Page { jwt: Some(jwt), ..Page::default() };
    Visitor::connect_on(app.address(), &app.desk.site_key, ORIGIN, token, shows, page).await
}

impl Visitor {
    /// The page says who its visitor is.
    pub async fn proves(&mut self, jwt: &str) -> Value {
        self.asks(json!({"type": "update", "id": draw_id(), "jwt": jwt})).await
    }

    /// Waits until this conversation is on screen.
    pub async fn is_in(&mut self, conversation: &str) {
        while self.shows.conversation.as_deref() != Some(conversation) {
            self.sees_next().await;
        }
    }
}
