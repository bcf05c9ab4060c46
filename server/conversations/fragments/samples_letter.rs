//! The form of a mail that begins a conversation, and what a chat says of an answer to who is away, for the tests
//! of their templates.

use askama::Template as _;

use super::samples::{self, composer, hostile_pane, id, pane_of};
use super::{FromSite, Index, NewMailView, NewMailWrong, PaneView};
use crate::mail::reach::Reach;
use crate::views::View;
use crate::words::Lang;

fn form(text: &str, sites: usize, wrong: Option<NewMailWrong>) -> NewMailView {
    let site = |n| FromSite { id: id(n), name: text.to_owned(), address: text.to_owned(), on: n == 1 };
    NewMailView {
        message_id: id(900),
        sites: (0..sites).map(site).collect(),
        to: text.to_owned(),
        cc: text.to_owned(),
        subject: text.to_owned(),
        text: text.to_owned(),
        unproved: text.to_owned(),
        may_set_up: true,
        wrong,
    }
}

/// Every form with this text wherever somebody else decides it, and every pane of somebody who is away.
pub fn letters(lang: Lang, text: &str) -> Vec<String> {
    let owned = || text.to_owned();
    let wrong = [
        NewMailWrong::To,
        NewMailWrong::Own,
        NewMailWrong::Subject,
        NewMailWrong::NoSubject,
        NewMailWrong::Copies,
        NewMailWrong::Copy(owned()),
        NewMailWrong::Empty,
        NewMailWrong::TooLong(7),
        NewMailWrong::Bounced(owned()),
        NewMailWrong::Blocked,
        NewMailWrong::Open(Some(id(3))),
        NewMailWrong::Open(None),
        NewMailWrong::TooMany(3),
        NewMailWrong::Sent,
        NewMailWrong::Site,
    ];
    let page = |letter| {
        let index = samples::index(lang, View::Mine, Vec::new(), None);
        Index { letter: Some(letter), query: owned(), ..index }.render().unwrap()
    };
    let mut all: Vec<String> = wrong.into_iter().map(|wrong| page(form(text, 2, Some(wrong)))).collect();
    all.extend((0..3).map(|sites| page(form(text, sites, None))));
    let reaches = [
        Reach::Chat,
        Reach::Mail { address: owned(), bounce: Some(owned()) },
        Reach::Later { address: owned(), after_s: 3_600 },
        Reach::Later { address: owned(), after_s: 120 },
        Reach::Unproved { address: owned() },
        Reach::Bounced { address: owned() },
        Reach::Unwanted,
        Reach::Nowhere,
    ];
    for reach in reaches {
        let view = PaneView { reach, is_practice: false, ..hostile_pane("assigned", text) };
        all.push(super::pane(lang, &view));
        let pane = pane_of(view, Vec::new(), composer(text, None));
        all.push(samples::index(lang, View::Mine, Vec::new(), Some(pane)).render().unwrap());
    }
    all
}
