//! `/api/openapi.json`: the table of operations and the types on the wire, as OpenAPI 3.1 says it.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use actix_web::HttpResponse;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, schema::Schema};

use super::operations::{Good, OPERATIONS, Operation};
use super::paging::{MOST, USUAL};
use super::{agents, bots, commands, conversations, hiring, messages, queues, sites, transcripts, visitors, webhooks};
use crate::ids::ID_PATTERN;
use crate::live::protocol::{Message, Problem};
use crate::webhooks::payload::LoggedEvent;

/// `GET /api/openapi.json`
pub async fn document() -> HttpResponse {
    static TEXT: OnceLock<String> = OnceLock::new();
    let text = TEXT.get_or_init(|| whole().to_string());
    HttpResponse::Ok().content_type("application/json").body(text.as_str())
}

/// The document.
pub fn whole() -> Value {
    let mut paths = Map::new();
    for operation in OPERATIONS {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method.to_ascii_lowercase()] = described(operation);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Deskbell",
            "version": "1",
            "description": "Live chat for customer support. docs/api.md explains keys, pages, repeats and errors.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "bearerFormat": "dbk_…"}},
        },
    })
}

fn described(operation: &Operation) -> Value {
    let mut described = json!({
        "operationId": operation.id,
        "tags": [operation.group()],
        "summary": operation.summary,
        "responses": responses(operation),
    });
    let parameters = parameters(operation);
    if !parameters.is_empty() {
        described["parameters"] = parameters.into();
    }
    if let Some(body) = operation.body {
        let content = json!({"application/json": {"schema": reference(body)}});
        described["requestBody"] = json!({"required": true, "content": content});
    }
    described
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn responses(operation: &Operation) -> Value {
    let schema = match operation.good {
        Good::Page(name) => json!({
            "type": "object",
            "required": ["items", "next_cursor"],
            "properties": {
                "items": {"type": "array", "maxItems": MOST, "items": reference(name)},
                "next_cursor": {"type": ["string", "null"], "description": "Of the next page; null on the last one."},
            },
        }),
        Good::One(name) | Good::Made(name) => reference(name),
        Good::Text(_) => json!({"type": "string"}),
    };
    let content = match operation.good {
        Good::Text(_) => json!({"text/plain": {"schema": schema.clone()}, "text/html": {"schema": schema}}),
        _ => json!({"application/json": {"schema": schema}}),
    };
    let mut good = json!({"description": good_words(operation), "content": content});
    if let Good::Page(_) = operation.good {
        good["headers"] = json!({"Link": {"description": "rel=next, where there is another page.",
            "schema": {"type": "string"}}});
    } else if operation.repeats() {
        good["headers"] = json!({"Idempotency-Replayed": {"description": "true: it was done before.",
            "schema": {"type": "string"}}});
    }
    let mut all = Map::new();
    all.insert(operation.good.status().to_string(), good);
    for status in operation.refusals() {
        let mut refusal = json!({
            "description": refusal_words(status),
            "content": {"application/problem+json": {"schema": reference("Problem")}},
        });
        if matches!(status, 429 | 503) {
            refusal["headers"] = json!({"Retry-After": {"description": "Seconds.", "schema": {"type": "string"}}});
        }
        all.insert(status.to_string(), refusal);
    }
    all.into()
}

fn good_words(operation: &Operation) -> &'static str {
    match operation.good {
        Good::Page("LoggedEvent") => "A page, the oldest first.",
        Good::Page(_) => "A page, the newest first.",
        Good::Made(_) => "It is made.",
        Good::One("TranscriptMail") => "It is on its way.",
        Good::One(_) | Good::Text(_) => "As it is now.",
    }
}

/// What a status means here.
pub const fn refusal_words(status: u16) -> &'static str {
    match status {
        400 => "It was not understood.",
        401 => "No API key, or none that is good.",
        403 => "The key, or the agent whose act it is, may not.",
        404 => "There is nothing with this id, or it is another workspace's.",
        408 => "The body did not come within its time.",
        409 => "It does not go together with what is there: somebody was first, or it is taken.",
        413 => "The body or the text is too long.",
        415 => "The body is not JSON.",
        422 => "A value cannot be taken; `field` names it.",
        429 => "Too many requests with this key.",
        500 => "Something broke here.",
        _ => "Not now; try again.",
    }
}

fn parameters(operation: &Operation) -> Vec<Value> {
    let id = json!({"type": "string", "pattern": ID_PATTERN});
    let mut all: Vec<Value> =
        operation.ids().map(|name| json!({"name": name, "in": "path", "required": true, "schema": id})).collect();
    if let Good::Page(_) = operation.good {
        let limit = json!({"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL});
        all.push(json!({"name": "limit", "in": "query", "schema": limit, "description": "Items on the page."}));
        let cursor = json!({"type": "string", "pattern": "^[A-Za-z0-9_-]{21}[AQgw]$"});
        let words = "`next_cursor` of the page before.";
        all.push(json!({"name": "cursor", "in": "query", "schema": cursor, "description": words}));
    }
    for name in operation.query {
        let (name, required) = name.strip_suffix('!').map_or((*name, false), |name| (name, true));
        let schema = match name {
            "state" => json!({"type": "string", "enum": ["bot", "queued", "assigned", "snoozed", "closed"]}),
            "delivery_state" => json!({"type": "string", "enum": ["pending", "sent", "dead"]}),
            "after" => json!({"type": "integer", "format": "int64", "minimum": 0}),
            "if_rev" => json!({"type": "integer", "format": "int64", "minimum": 0}),
            _ if name.ends_with("_id") && name != "external_id" => id.clone(),
            _ => json!({"type": "string"}),
        };
        all.push(json!({"name": name, "in": "query", "required": required, "schema": schema}));
    }
    if operation.repeats() {
        let schema = json!({"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"});
        let words = "The same key again is the same request: it is done once.";
        all.push(json!({"name": "Idempotency-Key", "in": "header", "schema": schema, "description": words}));
    }
    all
}

type Schemas = BTreeMap<String, RefOr<Schema>>;

fn add<T: ToSchema>(all: &mut Schemas) {
    let mut others = Vec::new();
    T::schemas(&mut others);
    others.push((T::name().into_owned(), T::schema()));
    for (name, schema) in others {
        let before = all.insert(name.clone(), schema.clone());
        debug_assert!(before.is_none_or(|before| before == schema), "two types are called {name}");
    }
}

/// Every type on the wire by its name.
pub fn schemas() -> Value {
    let mut all = BTreeMap::new();
    let each: [fn(&mut Schemas); 36] = [
        add::<Problem>,
        add::<sites::Site>,
        add::<sites::NewSite>,
        add::<sites::SiteChanges>,
        add::<queues::Queue>,
        add::<queues::NewQueue>,
        add::<queues::QueueChanges>,
        add::<agents::Agent>,
        add::<agents::AgentWithLink>,
        add::<agents::NewAgent>,
        add::<agents::AgentChanges>,
        add::<visitors::Visitor>,
        add::<visitors::NewVisitor>,
        add::<visitors::VisitorChanges>,
        add::<conversations::NewConversation>,
        add::<conversations::Started>,
        add::<commands::Command>,
        add::<commands::TransferCommand>,
        add::<commands::SnoozeCommand>,
        add::<commands::TagsCommand>,
        add::<commands::PriorityCommand>,
        add::<transcripts::TranscriptMail>,
        add::<bots::Actions>,
        add::<bots::PartialAnswer>,
        add::<bots::ActedOn>,
        add::<webhooks::Webhook>,
        add::<webhooks::WebhookWithSecret>,
        add::<webhooks::NewWebhook>,
        add::<webhooks::WebhookChanges>,
        add::<webhooks::Replay>,
        add::<hiring::Bot>,
        add::<hiring::BotWithSecrets>,
        add::<hiring::NewBot>,
        add::<hiring::BotChanges>,
        add::<messages::NewMessage>,
        add::<messages::MessageChanges>,
    ];
    for add in each {
        add(&mut all);
    }
    add::<conversations::Conversation>(&mut all);
    add::<Message>(&mut all);
    add::<LoggedEvent>(&mut all);
    add::<webhooks::Delivery>(&mut all);
    serde_json::to_value(all).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_document_and_the_routes_are_the_same() {
        let routes: BTreeSet<(String, &str)> = crate::http::table()
            .iter()
            .filter(|route| route.path.starts_with("/api/v1/"))
            // Another's contract, described in docs/bots-chatwoot.md.
            .filter(|route| !route.path.starts_with("/api/v1/accounts/"))
            .map(|route| (route.method.to_string(), route.path))
            .collect();
        let described: BTreeSet<(String, &str)> =
            OPERATIONS.iter().map(|operation| (operation.method.to_owned(), operation.path)).collect();
        assert_eq!(routes, described);
        assert_eq!(OPERATIONS.len(), described.len(), "none stands there twice");
        let names: BTreeSet<&str> = OPERATIONS.iter().map(|operation| operation.id).collect();
        assert_eq!(names.len(), OPERATIONS.len());
    }

    #[test]
    fn every_schema_that_is_named_is_there() {
        let text = whole().to_string();
        let schemas = schemas();
        for reference in text.split("#/components/schemas/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(schemas.get(name).is_some(), "{name}");
        }
        for operation in OPERATIONS.iter().filter(|operation| !matches!(operation.good, Good::Text(_))) {
            assert!(schemas.get(operation.good.schema()).is_some(), "{}", operation.id);
        }
    }
}
