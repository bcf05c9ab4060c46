//! `bot echo`: a bot to try things with, which speaks Deskbell's own contract.

use std::io::Write as _;

use actix_web::web::{Bytes, Data, PayloadConfig, to};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use serde_json::{Value, json};

use crate::bots::adapters::MOST_BYTES;
use crate::cli::EchoBot;
use crate::cli::run::{Failure, Said, Tools};
use crate::clock::Clock;
use crate::outgoing::signing::{self, SigningSecret};

/// Characters of what it heard that it repeats.
const HEARD_CHARS: usize = 500;
/// What hands off.
const PERSON: &str = "person";

struct Echo {
    secret: Option<SigningSecret>,
    clock: Clock,
}

/// Runs it until it is stopped.
pub async fn run(given: &EchoBot, tools: &Tools) -> Result<Said, Failure> {
    let secret = match &given.secret {
        None => None,
        Some(text) => Some(text.expose().parse().map_err(|why| Failure::usage(format!("--secret: {why}.")))?),
    };
    let echo = Data::new(Echo { secret, clock: tools.clock.clone() });
    let app = move || {
        let limit = PayloadConfig::new(MOST_BYTES * 4);
        App::new().app_data(Data::clone(&echo)).app_data(limit).default_service(to(hear))
    };
    let server = HttpServer::new(app).workers(1).bind(given.at);
    let server = server.map_err(|why| Failure::new(format!("It cannot listen on {}: {why}.", given.at)))?;
    tell(&format!("a bot listens on http://{}/", given.at));
    server.run().await.map_err(|why| Failure::new(format!("The bot ended: {why}.")))?;
    Ok(Said::default())
}

/// Nobody has to listen.
fn tell(line: &str) {
    drop(writeln!(std::io::stdout(), "{line}"));
}

async fn hear(request: HttpRequest, body: Bytes, echo: Data<Echo>) -> HttpResponse {
    if let Some(secret) = &echo.secret {
        let headers = request.headers().iter().filter_map(|(name, value)| {
            let name = reqwest::header::HeaderName::from_bytes(name.as_str().as_bytes()).ok()?;
            Some((name, reqwest::header::HeaderValue::from_bytes(value.as_bytes()).ok()?))
        });
        let headers = headers.collect();
        if let Err(why) = signing::verify(std::slice::from_ref(secret), &headers, &body, echo.clock.now()) {
            tell(&format!("refused: {why}"));
            return HttpResponse::Unauthorized().body(why.to_string());
        }
    }
    let Ok(event) = serde_json::from_slice::<Value>(&body) else {
        return HttpResponse::BadRequest().body("this is no JSON");
    };
    let actions = answer(&event);
    tell(&format!("{} {} -> {}", event["event"], event["message"]["text"], actions));
    HttpResponse::Ok().json(json!({ "actions": actions }))
}

fn answer(event: &Value) -> Value {
    let text = event["message"]["text"].as_str().unwrap_or_default();
    if event["event"] != "message" {
        return json!([]);
    }
    if text.to_lowercase().contains(PERSON) || event["message"]["payload"] == PERSON {
        return json!([{"type": "handoff", "summary": format!("They asked for a person: {}", crate::visitors::clean(text, HEARD_CHARS))}]);
    }
    let heard = crate::visitors::clean(text, HEARD_CHARS);
    let person = json!([{"title": "Talk to a person", "payload": PERSON}]);
    json!([{"type": "say", "text": format!("You said: {heard}"), "quick_replies": person}])
}
