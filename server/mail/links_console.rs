//! The pages behind links in mails, for visitors: each asks one question, and only its button does anything.

use std::sync::Arc;

use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::link_store::{self, LinkPurpose};
use super::plain_chat;
use super::proving::{self, Back, Stopping};
use super::sending::settling::masked;
use super::transcript::{self, Line};
use crate::app::App;
use crate::conversations::{self, Error};
use crate::db::Tx;
use crate::error::RATE_LIMITED;
use crate::http::access;
use crate::http::fields::Fields;
use crate::http::page::{self, PageRefusal};
use crate::ids::{ConversationId, VisitorId};
use crate::live::protocol::Page;
use crate::rate_limit::IpKey;
use crate::secrets::VisitorToken;
use crate::sites::{self, Site};
use crate::visitors::FirstAct;
use crate::words::{Lang, Words};
use crate::writer::again;

/// Nothing from elsewhere, nothing inline; forms go to this server only, and nobody may frame it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; form-action 'self'; \
     frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// What a page asks or says.
#[derive(Debug, Clone)]
pub(super) enum View {
    /// Is it your address?
    Prove { token: String, address: String },
    /// Back into the chat.
    Back { token: String, site_key: String, proved: bool },
    /// The whole conversation is on its way to the address.
    Mailed { address: String },
    /// The link was used or has ended.
    Over,
    /// The conversation, for a browser without scripts.
    Chat(Chat),
    /// The browser is somebody else's.
    AnotherPerson,
    /// No more mails?
    Stop { token: String, address: String },
    /// There will be none.
    Stopped,
}

/// See [`View::Chat`].
#[derive(Debug, Clone, Default)]
pub(super) struct Chat {
    pub(super) token: String,
    pub(super) lines: Vec<Line>,
    /// Whether there is more before them.
    pub(super) more: bool,
    /// Of the next message, so that one that is sent twice is there once.
    pub(super) id: String,
    /// What was written and not sent.
    pub(super) text: String,
    /// Why it was not.
    pub(super) problem: Option<String>,
}

/// One of them.
#[derive(Template)]
#[template(path = "page/index.html")]
pub(super) struct LinkPage {
    pub(super) words: &'static Words,
    pub(super) site: String,
    pub(super) view: View,
}

pub(super) fn shown(lang: Lang, site: &str, view: View) -> HttpResponse {
    page::for_visitors(&LinkPage { words: lang.words(), site: site.to_owned(), view }, POLICY)
}

pub(super) fn over(request: &HttpRequest) -> HttpResponse {
    let lang = access::lang(request);
    page::missing(&LinkPage { words: lang.words(), site: "Deskbell".to_owned(), view: View::Over }, POLICY)
}

/// A link that is good, and its site.
pub(super) struct Found {
    pub(super) purpose: String,
    address: String,
    used: bool,
    pub(super) conversation: ConversationId,
    pub(super) visitor: VisitorId,
    pub(super) site: Arc<Site>,
}

pub(super) async fn find(app: &App, token: &str) -> Result<Option<Found>, PageRefusal> {
    let mut conn = app.db.read().await?;
    let Some(link) = link_store::find(conn.conn(), token, app.clock.now()).await? else { return Ok(None) };
    let site = sites::store::find(conn.conn(), link.workspace_id, link.site_id).await?;
    let used = link.used_at.is_some();
    let (conversation, visitor) = (link.conversation_id, link.visitor_id);
    let found = |site| {
        let (purpose, address, site) = (link.purpose, link.address, Arc::new(site));
        Found { purpose, address, used, conversation, visitor, site }
    };
    Ok(site.map(found))
}

/// Whoever tries links is slowed down like whoever connects.
pub(super) fn count(app: &App, request: &HttpRequest) -> Result<(), PageRefusal> {
    let from = IpKey::from(access::address(app, request));
    app.rate_limits.hellos_per_address.check(&from).map_err(|_| {
        let problem = RATE_LIMITED.problem("Too many at once. Nothing was changed. Try again in a minute.");
        PageRefusal::new(access::lang(request), problem)
    })
}

/// `GET /m/{token}`
pub async fn form(request: HttpRequest, token: Path<String>, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    count(&app, &request)?;
    let Some(found) = find(&app, &token).await? else { return Ok(over(&request)) };
    let (lang, token) = (access::lang(&request), token.into_inner());
    let site_key = found.site.key.clone();
    let view = match (found.purpose == LinkPurpose::Prove.word(), found.used) {
        (true, true) => View::Over,
        (true, false) => View::Prove { token, address: masked(&found.address) },
        // A browser that used it before may use it again; which one asks is not known yet.
        (false, _) => View::Back { token, site_key, proved: false },
    };
    Ok(shown(lang, &found.site.name, view))
}

/// `POST /m/{token}`: the link is what lets somebody do it, so there is no form token.
pub async fn submit(
    request: HttpRequest,
    token: Path<String>,
    body: Bytes,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    count(&app, &request)?;
    let token = token.into_inner();
    let Some(found) = find(&app, &token).await? else { return Ok(over(&request)) };
    let lang = access::lang(&request);
    if found.purpose == LinkPurpose::Prove.word() {
        let random = app.random.clone();
        let operation = again(move |tx: &mut Tx| {
            let (random, token) = (random.clone(), token.clone());
            Box::pin(async move { proving::prove(tx, &random, &token).await })
        });
        let view = match app.writer.run_again("prove address", operation).await? {
            Some(token) => View::Back { token, site_key: found.site.key.clone(), proved: true },
            None => View::Over,
        };
        return Ok(shown(lang, &found.site.name, view));
    }
    // Without scripts, or where a page can keep nothing, a cookie says which browser it is.
    let given = Fields::parse(&body).get("visitor").parse::<VisitorToken>().ok();
    let plain = given.is_none();
    let known = if plain { plain_chat::browser(&app, &request, &found).await? } else { None };
    let visitor = given.or(known).unwrap_or_else(|| VisitorToken::draw(&app.random));
    let first = FirstAct { token_hash: visitor.hash(), locale: Some(lang.tag().to_owned()), page: Page::default() };
    let (site, name, key) = (Arc::clone(&found.site), found.site.name.clone(), found.site.key.clone());
    let link = token.clone();
    let operation = again(move |tx: &mut Tx| {
        let (site, first, token) = (Arc::clone(&site), first.clone(), link.clone());
        Box::pin(async move { proving::go_back(tx, &site, &first, &token).await })
    });
    Ok(match app.writer.run_again("back by mail", operation).await? {
        Back::In if plain => plain_chat::entered(&app, &token, &visitor),
        Back::In => page::see_other(&format!("/chat/{key}")),
        Back::Over => shown(lang, &name, View::Over),
        Back::AnotherPerson => shown(lang, &name, View::AnotherPerson),
    })
}

/// `POST /m/{token}/transcript`: whoever has a link into a conversation reads its mails, and may have all of it
/// mailed to the same address.
pub async fn transcript(
    request: HttpRequest,
    token: Path<String>,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    count(&app, &request)?;
    let Some(found) = find(&app, &token).await? else { return Ok(over(&request)) };
    if found.purpose != LinkPurpose::Back.word() {
        return Ok(over(&request));
    }
    let (lang, address) = (access::lang(&request), masked(&found.address));
    let (shared, ws, chat) = (app.clone().into_inner(), found.site.workspace_id, found.conversation);
    let operation = again(move |tx: &mut Tx| {
        let app = Arc::clone(&shared);
        Box::pin(async move {
            let chat = conversations::store::find(tx.conn(), ws, chat).await?.ok_or(Error::NotFound)?;
            transcript::mail(tx, &app.config, &app.random, &chat).await
        })
    });
    let done = app.writer.run_again("transcript", operation).await;
    done.map_err(|error| PageRefusal::new(lang, (&error).into()))?;
    app.mailer.stir();
    Ok(shown(lang, &found.site.name, View::Mailed { address }))
}

async fn stopping(app: &App, token: &str) -> Result<Option<Stopping>, PageRefusal> {
    Ok(proving::stopping(app.db.read().await?.conn(), token).await?)
}

/// `GET /m/unsubscribe/{token}`
pub async fn ask_stop(request: HttpRequest, token: Path<String>, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    count(&app, &request)?;
    let Some(stopping) = stopping(&app, &token).await? else { return Ok(over(&request)) };
    let view = View::Stop { token: token.into_inner(), address: masked(&stopping.address) };
    Ok(shown(access::lang(&request), "Deskbell", view))
}

/// `POST /m/unsubscribe/{token}`: by the button of the page, or by a mail program at one click (RFC 8058).
pub async fn stop(request: HttpRequest, token: Path<String>, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    count(&app, &request)?;
    let Some(stopping) = stopping(&app, &token).await? else { return Ok(over(&request)) };
    let operation = again(move |tx: &mut Tx| {
        let stopping = stopping.clone();
        Box::pin(async move { Ok::<(), Error>(proving::stop(tx, &stopping).await?) })
    });
    app.writer.run_again("unsubscribe", operation).await?;
    Ok(shown(access::lang(&request), "Deskbell", View::Stopped))
}

/// Every page, with this text wherever somebody else decides it.
#[cfg(test)]
pub(super) fn samples(lang: Lang, text: &str) -> Vec<String> {
    let owned = || text.to_owned();
    let (token, address, site_key) = (owned(), owned(), owned());
    let line = |theirs| Line { name: owned(), at: owned(), text: owned(), theirs };
    let (lines, problem) = (vec![line(true), line(false)], Some(owned()));
    let chat = Chat { token: owned(), lines, more: true, id: owned(), text: owned(), problem };
    let views = [
        View::Prove { token: owned(), address: owned() },
        View::Back { token: owned(), site_key, proved: true },
        View::Mailed { address: owned() },
        View::Over,
        View::Chat(Chat::default()),
        View::Chat(chat),
        View::AnotherPerson,
        View::Stop { token, address },
        View::Stopped,
    ];
    let page = |view| LinkPage { words: lang.words(), site: owned(), view }.render().expect("a page");
    views.map(page).into_iter().chain([transcript::sample(lang.words(), text)]).collect()
}
