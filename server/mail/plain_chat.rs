//! The conversation behind a link in a mail, for a browser without scripts: what was written, and a form to answer.
//! The button of the link's page makes the browser one of the visitor's devices, as it does with scripts; a cookie
//! that scripts cannot read and that no other website can have sent says which browser it is. A link alone shows
//! nothing.

use std::sync::Arc;

use actix_web::cookie::{Cookie, SameSite, time};
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::link_store::LinkPurpose;
use super::links_console::{Chat, Found, View, count, find, over, shown};
use super::transcript::{self, Hand};
use super::waiting_store as store;
use super::writing::BACK_FOR;
use crate::app::App;
use crate::conversations::{self, Error, VisitorSend};
use crate::db::Tx;
use crate::http::access;
use crate::http::fields::Fields;
use crate::http::page::{self, PageRefusal};
use crate::ids::MessageId;
use crate::live::protocol::{Page, Problem};
use crate::messages::MessageText;
use crate::rate_limit::IpKey;
use crate::secrets::VisitorToken;
use crate::visitors::{self, FirstAct, VisitorKey};
use crate::word_filters::Action;
use crate::writer::again;

/// Messages that the page shows; the newest.
const MOST_SHOWN: i64 = 200;

/// Browsers take a name with `__Secure-` by HTTPS only.
fn cookie_name(app: &App) -> &'static str {
    if app.config.public_url.scheme() == "https" { "__Secure-deskbell-back" } else { "deskbell-back" }
}

/// Which browser it is, if it is one of those of the link's visitor. That of anybody else is not brought along:
/// nobody knows who made this browser keep it.
pub(super) async fn browser(
    app: &App,
    request: &HttpRequest,
    found: &Found,
) -> Result<Option<VisitorToken>, PageRefusal> {
    let cookie = request.cookie(cookie_name(app)).and_then(|cookie| cookie.value().parse::<VisitorToken>().ok());
    let Some(browser) = cookie else { return Ok(None) };
    let mut conn = app.db.read().await?;
    let whose = visitors::store::by_token(conn.conn(), found.site.id, &browser.hash()).await?;
    let person = store::person(conn.conn(), found.site.workspace_id, found.visitor).await?;
    Ok(Some(browser).filter(|_| whose.is_some() && whose == person))
}

/// The browser is one of the visitor's: on to the conversation.
pub(super) fn entered(app: &App, token: &str, visitor: &VisitorToken) -> HttpResponse {
    let days = i64::try_from(BACK_FOR.as_secs() / 86_400).unwrap_or(1);
    let cookie = Cookie::build(cookie_name(app), visitor.expose())
        .path("/m/")
        .secure(app.config.public_url.scheme() == "https")
        .http_only(true)
        .same_site(SameSite::Strict)
        .max_age(time::Duration::days(days))
        .finish();
    let mut response = page::see_other(&format!("/m/{token}/chat#end"));
    if response.add_cookie(&cookie).is_err() {
        tracing::error!("a cookie could not be set");
    }
    response
}

/// A link, and the browser that it let in.
struct Entered {
    found: Found,
    browser: VisitorToken,
}

enum Came {
    In(Entered),
    Elsewhere(HttpResponse),
}

/// Whether this browser is one of those of the link's visitor; else where it goes.
async fn came(app: &App, request: &HttpRequest, token: &str) -> Result<Came, PageRefusal> {
    count(app, request)?;
    let found = find(app, token).await?.filter(|found| found.purpose == LinkPurpose::Back.word());
    let Some(found) = found else { return Ok(Came::Elsewhere(over(request))) };
    Ok(match browser(app, request, &found).await? {
        Some(browser) => Came::In(Entered { found, browser }),
        None => Came::Elsewhere(page::see_other(&format!("/m/{token}"))),
    })
}

/// `GET /m/{token}/chat`
pub async fn open(request: HttpRequest, token: Path<String>, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    match came(&app, &request, &token).await? {
        Came::In(entered) => show(&app, &request, &token, &entered, Chat::default()).await,
        Came::Elsewhere(response) => Ok(response),
    }
}

async fn show(
    app: &App,
    request: &HttpRequest,
    token: &str,
    entered: &Entered,
    chat: Chat,
) -> Result<HttpResponse, PageRefusal> {
    let (site, lang) = (&entered.found.site, access::lang(request));
    let (ws, faces) = (site.workspace_id, app.workspaces.faces(site.workspace_id));
    let mut conn = app.db.read().await?;
    let person = store::person(conn.conn(), ws, entered.found.visitor).await?.unwrap_or(entered.found.visitor);
    let now = conversations::store::current_of_visitor(conn.conn(), ws, site.id, person).await?;
    let current = match now.filter(|now| !now.is_closed()) {
        Some(now) => Some(now),
        None => conversations::store::find(conn.conn(), ws, entered.found.conversation).await?,
    };
    let hand = Hand { zone: app.workspaces.zone(ws), words: lang.words(), faces: faces.as_deref() };
    let (lines, more) = match &current {
        Some(current) => transcript::lines(conn.conn(), current, MOST_SHOWN, hand).await?,
        None => Default::default(),
    };
    let id = if chat.id.is_empty() { MessageId::from_uuid(app.ids.draw()).to_string() } else { chat.id.clone() };
    let chat = Chat { token: token.to_owned(), lines, more, id, ..chat };
    Ok(shown(lang, &site.name, View::Chat(chat)))
}

/// `POST /m/{token}/chat`: what the visitor answers.
pub async fn say(
    request: HttpRequest,
    token: Path<String>,
    body: Bytes,
    app: Data<App>,
) -> Result<HttpResponse, PageRefusal> {
    let entered = match came(&app, &request, &token).await? {
        Came::In(entered) => entered,
        Came::Elsewhere(response) => return Ok(response),
    };
    let fields = Fields::parse(&body);
    let id = fields.get("id").parse::<MessageId>().unwrap_or_else(|_| MessageId::from_uuid(app.ids.draw()));
    let Err(error) = send(&app, &request, &entered, id, fields.get("text")).await else {
        return Ok(page::see_other(&format!("/m/{token}/chat#end")));
    };
    if let Error::Db(error) = error {
        return Err(error.into());
    }
    let (text, words) = (fields.get("text").to_owned(), access::lang(&request).words());
    let problem = match error {
        Error::WordRefused(_) => words.say("mailpage-chat-words"),
        Error::RateLimited(_) => words.say("mailpage-chat-wait"),
        other => {
            tracing::debug!(problem = Problem::from(&other).detail, "an answer by a link was not taken");
            words.say("mailpage-chat-not")
        }
    };
    let chat = Chat { id: id.to_string(), text, problem: Some(problem), ..Chat::default() };
    show(&app, &request, &token, &entered, chat).await
}

async fn send(app: &App, request: &HttpRequest, entered: &Entered, id: MessageId, text: &str) -> Result<(), Error> {
    if !access::same_site_form(app, request) {
        return Err(Error::NotAllowed("This form came from elsewhere. Nothing was sent."));
    }
    let (site, hash) = (Arc::clone(&entered.found.site), entered.browser.hash());
    let key = VisitorKey::new(site.id, &hash);
    if app.blocked.has(&key) {
        return Err(Error::NotAllowed("Nothing can be sent from here."));
    }
    let from = IpKey::from(access::address(app, request));
    let limits = &app.rate_limits;
    let over = limits.sends.check(key.bytes()).and_then(|()| limits.sends_per_address.check(&from));
    over.map_err(|wait| Error::RateLimited(wait.seconds))?;
    // Browsers send lines with CR LF.
    let text = MessageText::parse(text.replace("\r\n", "\n"))?;
    let found = app.workspaces.filters(site.workspace_id).and_then(|filters| filters.find(text.as_str()).cloned());
    if let Some(found) = found.as_ref().filter(|found| found.action == Action::Refuse) {
        crate::metrics::refused("words");
        return Err(Error::WordRefused(found.phrase.clone()));
    }
    let locale = Some(access::lang(request).tag().to_owned());
    let send = Arc::new(VisitorSend {
        first: FirstAct { token_hash: hash, locale, page: Page::default() },
        site,
        key,
        id,
        text,
        reply_to: None,
        payload: None,
        flagged: found.map(|found| found.phrase),
    });
    let operation = again(move |tx: &mut Tx| {
        let send = Arc::clone(&send);
        Box::pin(async move {
            let moment = tx.moment.clone();
            conversations::send_as_visitor(tx, &moment, &send).await.map(drop)
        })
    });
    app.writer.run_again("send by a link", operation).await
}
