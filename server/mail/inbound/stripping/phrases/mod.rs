//! The words of mail programs and of those who write mails, in the languages in which they come. A rule is a file
//! beside this folder; a new language is a word in these lists.

pub mod devices;
pub mod endings;
pub mod heads;
pub mod quoting;
