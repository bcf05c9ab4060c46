//! One visitor's thread.
pub mod fragments;
