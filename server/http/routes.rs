//! Every URL in one table. The table is what the server mounts and what the authorization walk of
//! the tests goes through, so that no route can be forgotten by it.

use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::web::{self, PayloadConfig, ServiceConfig};

use super::{access, assets, body, compressed, health};
use crate::agents::{
    account_console as account, console as sign_in, forgotten, invited, managing_console as managing,
    picture_console as pictures,
};
use crate::api::{self, keys_settings, openapi, reference};
use crate::audit::console as audit;
use crate::bots::console as bot_settings;
use crate::canned_replies::console as replies;
use crate::conversations::{console as chats, past};
use crate::find::console as find;
use crate::live::{http as live, socket};
use crate::mail::inbound::{self, aside_console as aside, console as received, posted};
use crate::mail::{links_console as links, plain_chat, transcript_console as transcript};
use crate::mentions::console as mentions;
use crate::practice::console as practice;
use crate::queues::console as queues;
use crate::routing::{console as routing, passing};
use crate::setup::{console as setup, demo};
use crate::sites::{console as sites, identity_console as identity, install_console as install, mail_console as mail};
use crate::tags::{console as tags, settings as tag_settings};
use crate::team::console as team;
use crate::views::console as views;
use crate::visitors::console as visitors;
use crate::webhooks::console as webhooks;
use crate::word_filters::console as filters;
use crate::workspaces::settings_console as workspace;

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody: it shows nothing of anybody.
    Public,
    /// Anybody from this machine's operator on: to be kept behind the proxy.
    Operator,
    /// A page of one of the site's origins, with a visitor's token.
    Visitor,
    /// A signed-in agent; a change needs the session's form token.
    Agent,
    /// A signed-in owner or admin; a change needs the session's form token.
    Admin,
    /// A signed-in agent, from the console's own origin.
    AgentLive,
    /// Whoever has the one-time link.
    Setup,
    /// Software with an API key; a change needs one that writes.
    Key,
}

/// One route.
pub struct Route {
    /// The method.
    pub method: Method,
    /// The pattern; `{id}` is a conversation.
    pub path: &'static str,
    /// Who may use it.
    pub access: Access,
    mount: fn() -> actix_web::Route,
}

macro_rules! routes {
    ($($method:ident $path:literal $access:ident $handler:expr;)+) => {
        vec![$(Route {
            method: Method::$method,
            path: $path,
            access: Access::$access,
            mount: || web::method(Method::$method).to($handler),
        }),+]
    };
}

/// Every route.
pub fn table() -> Vec<Route> {
    outside().into_iter().chain(console()).chain(settings()).chain(rest()).chain(bots()).collect()
}

/// What the world sees, the widget's, and the ways into the console.
fn outside() -> Vec<Route> {
    routes! {
        GET "/" Public setup::front;
        GET "/favicon.ico" Public assets::favicon;
        GET "/healthz" Public health::live;
        GET "/readyz" Public health::ready;
        GET "/metrics" Operator health::metrics;

        GET "/widget.js" Public assets::loader;
        GET "/widget.js/{site}" Public assets::loader;
        GET "/widget/parts/{name}" Public assets::part;
        GET "/widget.d.ts" Public assets::types;
        GET "/demo" Public demo::shop;
        GET "/demo/{name}" Public demo::hard;
        GET "/chat/{site}" Public demo::chat;

        GET "/v1/pictures/{picture}" Public pictures::show;
        GET "/v1/live" Visitor socket::of_visitor;
        POST "/v1/live/events" Visitor live::visitor_events;
        POST "/v1/live/poll" Visitor live::visitor_poll;
        POST "/v1/live/send" Visitor live::visitor_send;
        OPTIONS "/v1/live/events" Public access::preflight;
        OPTIONS "/v1/live/poll" Public access::preflight;
        OPTIONS "/v1/live/send" Public access::preflight;

        POST "/v1/inbound/mail" Public posted::post;

        GET "/setup/{token}" Setup setup::form;
        POST "/setup/{token}" Setup setup::submit;

        GET "/invite/{token}" Setup invited::form;
        POST "/invite/{token}" Setup invited::submit;

        GET "/m/{token}" Setup links::form;
        POST "/m/{token}" Setup links::submit;
        POST "/m/{token}/transcript" Setup links::transcript;
        GET "/m/{token}/chat" Setup plain_chat::open;
        POST "/m/{token}/chat" Setup plain_chat::say;
        GET "/m/unsubscribe/{token}" Setup links::ask_stop;
        POST "/m/unsubscribe/{token}" Setup links::stop;

        GET "/console/login" Public sign_in::page;
        POST "/console/login" Public sign_in::submit;
        POST "/console/login/code" Public sign_in::code;
        GET "/console/login/forgotten" Public forgotten::form;
        POST "/console/login/forgotten" Public forgotten::submit;
        POST "/console/logout" Agent sign_in::sign_out;
        GET "/console/static/{name}" Public assets::console;
        GET "/console/mine/{agent}.css" Public assets::mine;
        GET "/console/faces/{version}.css" Agent pictures::sheet;
        GET "/console" Agent chats::start;
    }
}

/// The console of those who answer.
fn console() -> Vec<Route> {
    routes! {
        GET "/console/conversations" Agent chats::list;
        GET "/console/conversations/{id}" Agent chats::open;
        GET "/console/conversations/{id}/pane" Agent chats::pane;
        POST "/console/conversations/{id}/send" Agent chats::send;
        POST "/console/conversations/{id}/note" Agent chats::note;
        POST "/console/conversations/{id}/take" Agent chats::take;
        POST "/console/conversations/{id}/close" Agent chats::close;
        POST "/console/conversations/{id}/reopen" Agent chats::reopen;
        GET "/console/conversations/{id}/transcript" Agent transcript::file;
        POST "/console/conversations/{id}/transcript" Agent transcript::mail;
        GET "/console/conversations/{id}/pass" Agent passing::pass;
        GET "/console/conversations/{id}/past" Agent past::past;
        POST "/console/conversations/{id}/transfer" Agent routing::transfer;
        POST "/console/conversations/{id}/snooze" Agent routing::snooze;
        POST "/console/conversations/{id}/priority" Agent routing::priority;
        POST "/console/conversations/{id}/tags" Agent tags::set;
        POST "/console/views" Agent views::filter;
        POST "/console/views/{id}/drop" Agent views::forget;
        POST "/console/conversations/{id}/block" Agent visitors::block;
        POST "/console/conversations/{id}/join" Agent team::join;
        GET "/console/team" Agent team::board;
        POST "/console/team/{agent}/state" Agent team::state;
        GET "/console/find" Agent find::find;
        GET "/console/conversations/{id}/replies" Agent replies::filled;
        GET "/console/conversations/{id}/colleagues" Agent mentions::colleagues;
        GET "/console/conversations/{id}/earlier" Agent mentions::earlier;
        GET "/console/mails/{mail}" Agent received::open;
        GET "/console/mails/{mail}/raw" Agent received::raw;
        GET "/console/mails/{mail}/files/{n}" Agent received::file;
        GET "/console/replies" Agent replies::show;
        POST "/console/replies" Agent replies::submit;
        GET "/console/account" Agent account::open;
        POST "/console/account" Agent account::submit;
        POST "/console/account/picture" Agent pictures::submit;
        GET "/console/practice" Agent practice::open;
        POST "/console/practice" Agent practice::submit;
        POST "/console/state" Agent routing::state;
        GET "/console/live" AgentLive socket::of_agent;
        POST "/console/live/events" AgentLive live::agent_events;
        POST "/console/live/poll" AgentLive live::agent_poll;
        POST "/console/live/send" AgentLive live::agent_send;
    }
}

/// The settings of those who administer.
fn settings() -> Vec<Route> {
    routes! {
        GET "/console/settings" Admin audit::settings;
        GET "/console/settings/workspace" Admin workspace::open;
        POST "/console/settings/workspace" Admin workspace::submit;
        GET "/console/settings/agents" Admin managing::list;
        POST "/console/settings/agents" Admin managing::invite;
        GET "/console/settings/agents/{agent}" Admin managing::open;
        POST "/console/settings/agents/{agent}" Admin managing::submit;
        GET "/console/settings/queues" Admin queues::list;
        POST "/console/settings/queues" Admin queues::add;
        GET "/console/settings/queues/{queue}" Admin queues::open;
        POST "/console/settings/queues/{queue}" Admin queues::submit;
        GET "/console/settings/tags" Admin tag_settings::list;
        POST "/console/settings/tags" Admin tag_settings::submit;
        GET "/console/settings/filters" Admin filters::list;
        POST "/console/settings/filters" Admin filters::submit;
        GET "/console/settings/sites" Admin sites::list;
        POST "/console/settings/sites" Admin sites::add;
        GET "/console/settings/sites/{site}" Admin sites::open;
        POST "/console/settings/sites/{site}" Admin sites::submit;
        GET "/console/settings/sites/{site}/install" Admin install::open;
        POST "/console/settings/sites/{site}/install" Admin install::act;
        GET "/console/settings/sites/{site}/seen" Admin install::part;
        GET "/console/settings/sites/{site}/preview/{draft}" Admin install::preview;
        POST "/console/settings/sites/{site}/preview/{draft}" Admin install::draft;
        GET "/console/settings/sites/{site}/identity" Admin identity::open;
        POST "/console/settings/sites/{site}/identity" Admin identity::submit;
        GET "/console/settings/sites/{site}/mail" Admin mail::open;
        POST "/console/settings/sites/{site}/mail" Admin mail::submit;
        GET "/console/settings/sites/{site}/mail/test" Admin mail::test_part;
        GET "/console/settings/sites/{site}/mail/{sample}/{lang}" Admin mail::sample;
        GET "/console/settings/bots" Admin bot_settings::list;
        POST "/console/settings/bots" Admin bot_settings::add;
        GET "/console/settings/bots/{bot}" Admin bot_settings::open;
        POST "/console/settings/bots/{bot}" Admin bot_settings::submit;
        GET "/console/settings/keys" Admin keys_settings::list;
        POST "/console/settings/keys" Admin keys_settings::submit;
        GET "/console/settings/webhooks" Admin webhooks::list;
        POST "/console/settings/webhooks" Admin webhooks::add;
        GET "/console/settings/webhooks/{webhook}" Admin webhooks::open;
        POST "/console/settings/webhooks/{webhook}" Admin webhooks::submit;
        GET "/console/settings/blocked" Admin visitors::list;
        POST "/console/settings/blocked" Admin visitors::unblock;
        GET "/console/settings/mails" Admin aside::list;
        GET "/console/settings/mails/{mail}" Admin aside::open;
        POST "/console/settings/mails/{mail}" Admin aside::submit;
        GET "/console/settings/mails/{mail}/raw" Admin aside::raw;
        GET "/console/settings/audit" Admin audit::list;
    }
}

/// REST. [`crate::api::operations`] says the same to readers.
fn rest() -> Vec<Route> {
    routes! {
        GET "/api" Public reference::show;
        GET "/api/openapi.json" Public openapi::document;

        GET "/api/v1/sites" Key api::sites::list;
        POST "/api/v1/sites" Key api::sites::add;
        GET "/api/v1/sites/{site_id}" Key api::sites::find;
        PATCH "/api/v1/sites/{site_id}" Key api::sites::change;
        GET "/api/v1/queues" Key api::queues::list;
        POST "/api/v1/queues" Key api::queues::add;
        GET "/api/v1/queues/{queue_id}" Key api::queues::find;
        PATCH "/api/v1/queues/{queue_id}" Key api::queues::change;
        GET "/api/v1/agents" Key api::agents::list;
        POST "/api/v1/agents" Key api::agents::invite;
        GET "/api/v1/agents/{agent_id}" Key api::agents::find;
        PATCH "/api/v1/agents/{agent_id}" Key api::agents::change;
        POST "/api/v1/agents/{agent_id}/link" Key api::agents::new_link;
        POST "/api/v1/agents/{agent_id}/disable" Key api::agents::disable;
        POST "/api/v1/agents/{agent_id}/enable" Key api::agents::enable;
        GET "/api/v1/visitors" Key api::visitors::list;
        POST "/api/v1/visitors" Key api::visitors::add;
        GET "/api/v1/visitors/{visitor_id}" Key api::visitors::find;
        PATCH "/api/v1/visitors/{visitor_id}" Key api::visitors::change;
        GET "/api/v1/events" Key api::events::list;
        GET "/api/v1/webhooks" Key api::webhooks::list;
        POST "/api/v1/webhooks" Key api::webhooks::add;
        GET "/api/v1/webhooks/{webhook_id}" Key api::webhooks::find;
        PATCH "/api/v1/webhooks/{webhook_id}" Key api::webhooks::change;
        DELETE "/api/v1/webhooks/{webhook_id}" Key api::webhooks::remove;
        POST "/api/v1/webhooks/{webhook_id}/secret" Key api::webhooks::rotate;
        DELETE "/api/v1/webhooks/{webhook_id}/secret" Key api::webhooks::end_old_secret;
        GET "/api/v1/webhooks/{webhook_id}/deliveries" Key api::webhooks::deliveries;
        POST "/api/v1/webhooks/{webhook_id}/replay" Key api::webhooks::replay;
        GET "/api/v1/bots" Key api::hiring::list;
        POST "/api/v1/bots" Key api::hiring::add;
        GET "/api/v1/bots/{bot_id}" Key api::hiring::find;
        PATCH "/api/v1/bots/{bot_id}" Key api::hiring::change;
        POST "/api/v1/bots/{bot_id}/secret" Key api::hiring::rotate;
        DELETE "/api/v1/bots/{bot_id}/secret" Key api::hiring::end_old_secret;
        POST "/api/v1/bots/{bot_id}/key" Key api::hiring::new_key;
        GET "/api/v1/conversations" Key api::conversations::list;
        POST "/api/v1/conversations" Key api::conversations::start;
        GET "/api/v1/conversations/{conversation_id}" Key api::conversations::find;
        POST "/api/v1/conversations/{conversation_id}/take" Key api::commands::take;
        POST "/api/v1/conversations/{conversation_id}/close" Key api::commands::close;
        POST "/api/v1/conversations/{conversation_id}/reopen" Key api::commands::reopen;
        POST "/api/v1/conversations/{conversation_id}/transfer" Key api::commands::transfer;
        POST "/api/v1/conversations/{conversation_id}/snooze" Key api::commands::snooze;
        POST "/api/v1/conversations/{conversation_id}/priority" Key api::commands::priority;
        POST "/api/v1/conversations/{conversation_id}/tags" Key api::commands::tags;
        GET "/api/v1/conversations/{conversation_id}/transcript" Key api::transcripts::show;
        POST "/api/v1/conversations/{conversation_id}/transcript" Key api::transcripts::mail;
        POST "/api/v1/conversations/{conversation_id}/actions" Key api::bots::act;
        POST "/api/v1/conversations/{conversation_id}/partial" Key api::bots::partial;
        GET "/api/v1/conversations/{conversation_id}/messages" Key api::messages::list;
        POST "/api/v1/conversations/{conversation_id}/messages" Key api::messages::send;
        PATCH "/api/v1/conversations/{conversation_id}/messages/{message_id}" Key api::messages::change;
        DELETE "/api/v1/conversations/{conversation_id}/messages/{message_id}" Key api::messages::delete;
    }
}

/// What bots of other kinds call, in the words of theirs.
fn bots() -> Vec<Route> {
    routes! {
        POST "/v1/bots/{bot_id}/rasa/{token}" Public api::rasa::called_back;
        GET "/api/v1/accounts/{account_id}/conversations/{number}" Key api::chatwoot::find;
        GET "/api/v1/accounts/{account_id}/conversations/{number}/messages" Key api::chatwoot::messages;
        POST "/api/v1/accounts/{account_id}/conversations/{number}/messages" Key api::chatwoot::send;
        POST "/api/v1/accounts/{account_id}/conversations/{number}/toggle_status" Key api::chatwoot::toggle_status;
        POST "/api/v1/accounts/{account_id}/conversations/{number}/toggle_typing_status" Key api::chatwoot::toggle_typing;
        POST "/api/v1/accounts/{account_id}/conversations/{number}/assignments" Key api::chatwoot::assign;
        POST "/api/v1/accounts/{account_id}/conversations/{number}/labels" Key api::chatwoot::label;
        POST "/api/v1/accounts/{account_id}/conversations/{number}/custom_attributes" Key api::chatwoot::set_attributes;
        PATCH "/api/v1/accounts/{account_id}/conversations/{number}/custom_attributes" Key api::chatwoot::set_attributes;
    }
}

/// Mounts the table, routes of one path together. Streams, polls and sockets are not compressed:
/// a compressor holds back what should go out at once.
pub fn configure(config: &mut ServiceConfig) {
    let mut paths: Vec<&'static str> = Vec::new();
    let routes = table();
    for route in &routes {
        if !paths.contains(&route.path) {
            paths.push(route.path);
        }
    }
    for path in paths {
        let mut resource = web::resource(path);
        for route in routes.iter().filter(|route| route.path == path) {
            resource = resource.route((route.mount)());
        }
        if path.starts_with("/api") {
            resource = resource.default_service(web::to(api::unknown_method));
        }
        let resource = resource.wrap(from_fn(body::whole));
        match path {
            "/v1/inbound/mail" => config.service(resource.app_data(PayloadConfig::new(inbound::MOST_BYTES))),
            _ if path.starts_with("/v1/live/") => config.service(resource.wrap(from_fn(access::readable_anywhere))),
            _ if path.contains("/live") => config.service(resource),
            _ => config.service(resource.wrap(compressed())),
        };
    }
}
