//! What strangers are answered on each route: the tables of the walk over HTTP.

use deskbell::http::{Access, Route};
use reqwest::RequestBuilder;

use crate::authorization::Scene;
use crate::support::agent::Agent;
use crate::support::frames::{draw_id, draw_token};

/// Who asks over HTTP.
pub enum Who<'a> {
    Nobody,
    Agent(&'a Agent, String),
}

/// One request of a route as a stranger would make it.
pub fn request(scene: &Scene, route: &Route, who: &Who<'_>) -> RequestBuilder {
    let app = &scene.app;
    let path = route
        .path
        .replace("{id}", &scene.conversation)
        .replace("{site}", &app.desk.site_key)
        .replace("{name}", &scene.conversation)
        .replace("{agent}", &app.desk.owner_id.to_string())
        .replace("{queue}", &app.desk.queue_id.to_string())
        .replace("{token}", &draw_token());
    let method = reqwest::Method::from_bytes(route.method.as_str().as_bytes()).expect("a method");
    let request = app.http.request(method, app.url(&path));
    match who {
        Who::Nobody => request,
        Who::Agent(agent, _) => request.header("Cookie", &agent.cookie),
    }
}

/// The form that a route takes, right in all but who sends it.
pub fn form(scene: &Scene, csrf: &str) -> Vec<(&'static str, String)> {
    vec![
        ("csrf", csrf.to_owned()),
        ("epoch", "2".to_owned()),
        ("queue", scene.app.desk.queue_id.to_string()),
        ("until", "2126-11-25T08:00:00Z".to_owned()),
        ("priority", "urgent".to_owned()),
        ("state", "online".to_owned()),
        ("tag", "mine".to_owned()),
        ("id", draw_id()),
        ("text", "not mine".to_owned()),
        ("seen_seq", "99".to_owned()),
        ("force", "1".to_owned()),
        ("email", "quinn@shop.example".to_owned()),
        ("password", "wrong password".to_owned()),
        ("site", "Mine".to_owned()),
        ("origin", "https://mine.example".to_owned()),
        ("view", scene.app.desk.queue_id.to_string()),
    ]
}

/// What a stranger has to be answered, for each route; a route that is not here fails the walk.
pub fn expected(route: &Route, who: &Who<'_>) -> &'static [u16] {
    match route.access {
        Access::Public | Access::Operator | Access::Setup => of_open(route),
        _ => of_shut(route, who),
    }
}

/// Of a route that asks nobody who they are.
fn of_open(route: &Route) -> &'static [u16] {
    match (route.access, route.method.as_str(), route.path) {
        (Access::Public, "OPTIONS", path) if path.starts_with("/v1/live/") => &[204],
        (Access::Public, "POST", "/console/login") => &[401],
        (Access::Public, "POST", "/console/login/code") => &[400],
        // Whoever asks gets the same answer.
        (Access::Public, "POST", "/console/login/forgotten") => &[200, 400],
        (Access::Public, "POST", "/v1/bots/{bot_id}/rasa/{token}" | "/v1/inbound/mail") => &[404],
        (
            Access::Public,
            "GET",
            "/widget/parts/{name}" | "/demo/{name}" | "/console/static/{name}" | "/v1/pictures/{picture}",
        ) => &[404],
        (Access::Public, "GET", "/") => &[303],
        (
            Access::Public,
            "GET",
            "/healthz"
            | "/readyz"
            | "/widget.js"
            | "/widget.js/{site}"
            | "/demo"
            | "/favicon.ico"
            | "/widget.d.ts"
            | "/chat/{site}"
            | "/console/login"
            | "/console/login/forgotten"
            | "/console/mine/{agent}.css"
            | "/api"
            | "/api/openapi.json",
        )
        | (Access::Operator, "GET", "/metrics") => &[200],
        (
            Access::Setup,
            "GET" | "POST",
            "/setup/{token}"
            | "/invite/{token}"
            | "/m/{token}"
            | "/m/{token}/chat"
            | "/m/{token}/transcript"
            | "/m/unsubscribe/{token}",
        ) => &[404],
        (_, method, path) => panic!("the walk does not know {method} {path}: say what strangers get there"),
    }
}

/// Of a route for those whom it knows.
fn of_shut(route: &Route, who: &Who<'_>) -> &'static [u16] {
    let named = route.path.contains("{id}") || route.path.contains("{mail}");
    match (route.access, route.method.as_str(), route.path) {
        // An agent may not at all; the owner of another workspace sees their own and finds nothing of this one.
        (Access::Admin, "GET" | "POST", _) => match who {
            Who::Nobody => &[303],
            Who::Agent(..) if route.path.contains('{') => &[403, 404],
            Who::Agent(..) => &[200, 303, 403, 404, 422],
        },
        // A cookie is no key; what keys of others get is in the stories of REST.
        (Access::Key, _, path) if path.starts_with("/api/v1/") => &[401],
        (Access::Visitor, "GET", "/v1/live") => &[400],
        (Access::Visitor, "POST", "/v1/live/events" | "/v1/live/poll" | "/v1/live/send") => &[400, 404],
        (Access::AgentLive, "GET", "/console/live") => &[403],
        (Access::AgentLive, "POST", path) if path.starts_with("/console/live/") => &[400, 403],
        (Access::Agent, "POST", "/console/logout") => &[303],
        (Access::Agent, _, "/console/team") if matches!(who, Who::Agent(..)) => &[200, 403],
        (Access::Agent, "POST", "/console/team/{agent}/state") if matches!(who, Who::Agent(..)) => &[403, 404],
        // An agent's state is none of a chat.
        (Access::Agent, "POST", "/console/views") if matches!(who, Who::Agent(..)) => &[400],
        // A sheet of their own pictures, whatever its version.
        (Access::Agent, "GET", "/console/faces/{version}.css") => match who {
            Who::Nobody => &[401],
            Who::Agent(..) => &[200],
        },
        // The walk's forms have no file in them, and so no token where that one has it.
        (Access::Agent, "POST", "/console/account/picture") if matches!(who, Who::Agent(..)) => &[403],
        // A mail without an id: the same one twice could not be told.
        (Access::Agent, "POST", "/console/new-mail") if matches!(who, Who::Agent(..)) => &[400],
        // There is no practice queue, or one that is not theirs.
        (Access::Agent, "POST", "/console/practice") if matches!(who, Who::Agent(..)) => &[404],
        (Access::Agent, "GET" | "POST", path) if path.starts_with("/console") => match who {
            Who::Nobody => &[303],
            Who::Agent(..) if named => &[404],
            // Not one of theirs, without a shortcut: nothing is stored.
            Who::Agent(..) if route.path == "/console/replies" => &[200, 422],
            Who::Agent(..) => &[200, 303],
        },
        (_, method, path) => panic!("the walk does not know {method} {path}: say what strangers get there"),
    }
}
