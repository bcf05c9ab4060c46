//! `GET /console/find?q=…`: what was found, as a list of links for the search field and the palette.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::{Found, MOST_CHARS, Piece, piece, store};
use crate::app::App;
use crate::conversations::list_store::Viewer;
use crate::http::access;
use crate::http::page::{self, PageRefusal};
use crate::words::Words;

/// What is looked for.
#[derive(Deserialize)]
pub struct FindQuery {
    #[serde(default)]
    q: String,
}

/// The list of links.
#[derive(Debug, Clone, Template)]
#[template(path = "conversations/_found.html")]
pub struct FoundList {
    /// The reader's.
    pub words: &'static Words,
    /// What was looked for.
    pub wanted: String,
    /// What was found.
    pub found: Vec<Found>,
}

impl FoundList {
    fn place(&self, found: &Found) -> Piece {
        let in_words = !found.text.is_empty();
        piece(if in_words { &found.text } else { &found.email }, &self.wanted)
    }

    fn name(&self, found: &Found) -> String {
        if found.name.trim().is_empty() { self.words.say("visitor") } else { found.name.clone() }
    }

    fn state(&self, found: &Found) -> String {
        match found.state.as_str() {
            "queued" => self.words.say("turn-queue"),
            "bot" => self.words.say("turn-bot"),
            "snoozed" => self.words.say("turn-snoozed"),
            "closed" => self.words.say("turn-closed"),
            _ => String::new(),
        }
    }
}

/// See the module. Nothing is looked for below two characters.
pub async fn find(request: HttpRequest, query: Query<FindQuery>, app: Data<App>) -> Result<HttpResponse, PageRefusal> {
    let row = page::signed_in(&app, &request).await?;
    let wanted: String = query.q.trim().chars().filter(|c| !c.is_control()).take(MOST_CHARS).collect();
    let viewer = Viewer { workspace_id: row.workspace_id, agent_id: row.agent_id, role: row.role };
    let found = if wanted.chars().count() < 2 {
        Vec::new()
    } else {
        store::find(app.db.read().await?.conn(), viewer, &wanted).await?
    };
    let words = access::lang(&request).words();
    Ok(page::page(StatusCode::OK, &FoundList { words, wanted, found }))
}
