//! Who forgot their password asks for a link by mail. The answer is the same whoever asks, at the same time: whether
//! an address is an agent's nobody learns here. The link sets a password and nothing else; a second factor stays.

use std::sync::Arc;

use actix_web::web::{Data, Form};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::EmailAddress;
use super::managing_store as managing;
use super::pages::Page;
use super::store::{self, AgentRow};
use crate::app::App;
use crate::db::{Error, Tx};
use crate::error::NOT_ALLOWED;
use crate::http::access;
use crate::http::page::{self, PageRefusal};
use crate::mail::sender::id_domain;
use crate::mail::{self, outbox, team};
use crate::rate_limit::IpKey;
use crate::secrets;
use crate::writer::again;

/// How long such a link is good, in seconds: an hour.
pub const LINK_GOOD_FOR_S: i64 = 3_600;

/// `/console/login/forgotten`
#[derive(Debug, Clone, Template)]
#[template(path = "forgotten.html")]
pub struct Forgotten {
    pub page: Page,
    /// What was typed; empty before.
    pub email: String,
    pub asked: bool,
}

/// `GET /console/login/forgotten`
pub async fn form(request: HttpRequest) -> HttpResponse {
    let page = page::frame(access::lang(&request), String::new());
    page::shown(&Forgotten { page, email: String::new(), asked: false })
}

/// What is sent.
#[derive(Deserialize)]
pub struct Asked {
    email: String,
}

/// `POST /console/login/forgotten`: answers, and then looks whether there is anything to send.
pub async fn submit(request: HttpRequest, form: Form<Asked>, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let lang = access::lang(&request);
    if !access::same_site_form(&app, &request) {
        return Err(PageRefusal::new(lang, NOT_ALLOWED.problem("This form came from elsewhere.")));
    }
    let email = form.into_inner().email;
    let address = IpKey::from(access::address(&app, &request));
    if let Ok(wanted) = EmailAddress::parse(&email) {
        let within = app.rate_limits.resets_per_address.check(&address).is_ok()
            && app.rate_limits.resets_per_account.check(&secrets::token_hash(wanted.as_str().as_bytes())).is_ok();
        if within {
            let (app, language) = (app.clone().into_inner(), lang.tag().to_owned());
            Arc::clone(&app).background.spawn(async move {
                if let Err(error) = send(&app, &wanted, &language).await {
                    tracing::warn!(%error, "a link for another password could not be sent");
                }
            });
        }
    }
    let page = page::frame(lang, String::new());
    Ok(page::shown(&Forgotten { page, email, asked: true }))
}

/// A link to everybody of this address who may sign in.
async fn send(app: &Arc<App>, wanted: &EmailAddress, language: &str) -> Result<(), Error> {
    let found = store::by_email(app.db.read().await?.conn(), wanted).await?;
    for agent in found.into_iter().filter(|agent| agent.disabled_at.is_none() && !agent.password_hash.is_empty()) {
        if team::can_send(app, agent.workspace_id).await? {
            send_to(app, agent, language).await?;
        }
    }
    Ok(())
}

async fn send_to(app: &Arc<App>, agent: AgentRow, language: &str) -> Result<(), Error> {
    let Some(address) = mail::EmailAddress::parse(&agent.email) else { return Ok(()) };
    let token = app.random.token_text();
    let (hash, now) = (secrets::token_hash(token.as_bytes()), app.clock.now());
    let (workspace_id, agent_id, ends) = (agent.workspace_id, agent.id, now.plus_seconds(LINK_GOOD_FOR_S));
    let link = team::Link { workspace_id, agent_id, address, token, ends, language: language.to_owned() };
    let (random, domain) = (app.random.clone(), id_domain(None, &app.config));
    let operation = again(move |tx: &mut Tx| {
        let (random, domain, link) = (random.clone(), domain.clone(), link.clone());
        Box::pin(async move {
            managing::save_link(tx.conn(), link.workspace_id, link.agent_id, hash, link.ends).await?;
            outbox::enqueue(tx, &random, &domain, link.reset(now)).await.map(drop)
        })
    });
    app.writer.run_again("link for another password", operation).await?;
    app.mailer.stir();
    Ok(())
}
