//! Forms that a site asks of its visitors: which are due, how they are worded, and what an answer
//! does. What is due is derived from what is stored, so that a form is asked on every device until it
//! is answered on one.

mod answering;
mod answers;
mod asking;
mod due;
pub mod filling;
pub mod store;

pub use answering::{Answered, FilledIn, answer, check_consent, check_pre_chat};
pub use asking::ask;
pub use due::{Standing, due};

/// Forms of one visitor that are remembered to recognize a resend.
pub const ANSWERS_KEPT: i64 = 50;
/// Characters of what a visitor adds to a rating.
pub const MAX_COMMENT_CHARS: u32 = 1_000;
