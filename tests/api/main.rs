//! What the product does, told as stories against a real server over loopback. One binary, one link.

#[macro_use]
mod support;

mod conversation;
