//! Conversations as HTML: messages, rows of the list, the pane, and the page that holds them.
//!
//! A fragment does not depend on who looks. It is rendered once per change and language and sent
//! to everybody as it is: whose message it is tells `data-by` (see [`crate::agents::pages::mine_css`]),
//! times are put into the reader's words and zone by the script. The same templates make the page.
//! Nothing here reads the database or decides anything: the structs are filled from outside.

mod bot;
mod inbox;
mod linkify;
mod list;
mod mail;
mod mail_event;
mod message;
mod new_mail;
mod pane;
#[cfg(test)]
mod rendering;
mod row;
#[cfg(test)]
pub mod samples;
#[cfg(test)]
mod samples_account;
#[cfg(test)]
pub mod samples_bot;
#[cfg(test)]
mod samples_bots;
#[cfg(test)]
mod samples_filters;
#[cfg(test)]
mod samples_letter;
#[cfg(test)]
mod samples_mail;
#[cfg(test)]
pub mod samples_messages;
#[cfg(test)]
mod samples_received;
#[cfg(test)]
pub mod samples_settings;
#[cfg(test)]
pub mod samples_side;
#[cfg(test)]
pub mod samples_team;
#[cfg(test)]
mod samples_webhooks;
mod side;

use askama::Template;

use crate::words::{Lang, Words};

pub use bot::{BotView, ButtonView, CardView, FieldView, FileView, OfferView};
pub use inbox::{Counts, Index, Notice, Opened};
pub use linkify::{Part, parts};
pub use list::{Choice, FilterMenu, TabView, channel_title, priority_title};
pub use mail::{CheckView, MailFileView, MailView};
pub use message::{EventView, MessageView};
pub use new_mail::{FromSite, NewMailView, NewMailWrong};
pub use pane::{ComposeMail, ComposerView, Pane, PaneView, Past, Refusal};
pub use row::{Group, RowView, Turn, groups};
pub use side::{AttributeView, EarlierView, NoteView, PastView, PersonView, SideView, StepView};

/// One message, for `changes.items` and `page.items`.
pub fn message(lang: Lang, message: &MessageView) -> String {
    rendered(&message::Fragment { words: lang.words(), message, pending: false })
}

/// One row of a list, for `rows.items`: a list item with the id `row-ID`.
pub fn row(lang: Lang, row: &RowView) -> String {
    rendered(&row::Fragment { words: lang.words(), row, query: "", open_id: "" })
}

/// The head, the strip above the composer and the facts of a pane, for `changes.pane`: elements
/// with the ids `head-ID`, `strip-ID` and `facts-ID` that replace those in the page. It never
/// holds the composer, so text and focus stay.
pub fn pane(lang: Lang, pane: &PaneView) -> String {
    rendered(&pane::Fragment { words: lang.words(), pane })
}

/// The side panel alone, for `facts`: what is known of the visitor.
pub fn facts(lang: Lang, pane: &PaneView) -> String {
    rendered(&pane::Facts { words: lang.words(), pane })
}

/// An address as a link, where it is one of the web.
fn web_link(address: &str) -> Option<&str> {
    let url = address.trim();
    let scheme = url.split("://").next().unwrap_or_default();
    (url.contains("://") && ["http", "https"].iter().any(|web| scheme.eq_ignore_ascii_case(web))).then_some(url)
}

/// Templates write into a `String`, which cannot fail; a fragment that somehow did is left out.
fn rendered(template: &impl Template) -> String {
    template.render().unwrap_or_default()
}

/// `2026-11-24 10:31 UTC`, which the script puts into the reader's own zone and words.
pub(crate) fn plain_time(rfc3339: &str) -> String {
    match (rfc3339.get(..10), rfc3339.get(11..16)) {
        (Some(day), Some(minute)) => format!("{day} {minute} UTC"),
        _ => rfc3339.to_owned(),
    }
}

/// A visitor's name, or the word for somebody who gave none.
fn visitor_name(words: &Words, name: &str) -> String {
    if name.trim().is_empty() { words.say("visitor") } else { name.to_owned() }
}
