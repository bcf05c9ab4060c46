//! What the product does, told as stories against a real server over loopback. One binary, one link.

#[macro_use]
mod support;

mod authorization;
mod backup;
mod bad_input;
mod beside;
mod blocking;
mod bots;
mod bots_races;
mod conversation;
mod documents;
mod drain;
mod faults;
mod first_run;
mod fixtures;
mod forms;
mod histories;
mod hours;
mod house_rules;
mod identity;
mod identity_details;
mod identity_doc;
mod identity_races;
mod kill;
mod limits;
mod line;
mod lists;
mod logs;
mod lost_hints;
mod naughty;
mod order;
mod protocol_doc;
mod races;
mod rest;
mod rest_doc;
mod rest_input;
mod rest_keys;
mod routing;
mod settings;
mod sockets;
mod tls;
mod told;
mod webhooks;
mod webhooks_doc;
mod write_path;
