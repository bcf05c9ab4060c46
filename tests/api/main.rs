//! What the product does, told as stories against a real server over loopback. One binary, one link.

#[macro_use]
mod support;

mod authorization;
mod bad_input;
mod conversation;
mod drain;
mod faults;
mod fixtures;
mod house_rules;
mod kill;
mod limits;
mod logs;
mod naughty;
mod histories;
mod kill;
mod lost_hints;
mod order;
mod protocol_doc;
mod races;
mod sockets;
mod write_path;
