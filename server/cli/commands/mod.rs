//! One file for each command. Each parses what was typed, runs one transaction, and says what it did.

pub mod agents;
pub mod backup;
pub mod bootstrap;
pub mod bot_check;
pub mod bot_echo;
pub mod bots;
mod desk;
pub mod doctor;
pub mod health;
mod hours;
pub mod identity;
mod inspect_store;
pub mod migrate;
pub mod queues;
pub mod site_asks;
pub mod site_mail;
pub mod sites;
pub mod visitor;

#[cfg(test)]
mod identity_tests;
#[cfg(test)]
mod routing_tests;
#[cfg(test)]
mod site_tests;
#[cfg(test)]
mod tests;
