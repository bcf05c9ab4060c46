//! The page of word filters, and what they say in a chat, for the tests of their templates.

use askama::Template as _;

use super::samples::{self, said};
use super::{EventView, MessageView};
use crate::word_filters::pages::{FilterLine, FiltersPage, Problem};
use crate::words::Lang;

/// The page with this text wherever somebody else decides it, and the event with it.
pub fn filters(lang: Lang, text: &str) -> Vec<String> {
    let owned = || text.to_owned();
    let line = |action: &str| FilterLine { id: owned(), phrase: owned(), action: action.to_owned() };
    let page = |problem| FiltersPage {
        page: samples::page(lang, text),
        query: owned(),
        filters: vec![line("refuse"), line("flag"), line(text), FilterLine::default()],
        phrases: owned(),
        action: owned(),
        problem,
    };
    let problems = [Problem::Empty(owned()), Problem::TooLong(owned()), Problem::TooMany, Problem::Action];
    let pages = problems.into_iter().map(Some).chain([None]).map(|problem| page(problem).render().unwrap());
    let event = EventView { name: "words_flagged".to_owned(), phrase: owned(), ..EventView::default() };
    let flagged = MessageView { event: Some(event), ..said(1, "event", ("system", "", ""), "") };
    pages.chain([super::message(lang, &flagged)]).collect()
}
