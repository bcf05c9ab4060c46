//! The first set-up.
pub mod pages;
