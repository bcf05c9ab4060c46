//! People who answer.
pub mod pages;
