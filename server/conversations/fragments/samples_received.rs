//! A received mail with one hostile text in every place that takes text.

use askama::Template;

use super::samples::nobody;
use crate::mail::inbound::File;
use crate::mail::inbound::cleaning::Clean;
use crate::mail::inbound::pages::{MailPage, OpenMail};
use crate::words::Lang;

/// Its page, with a text and with HTML.
pub fn received(lang: Lang, text: &str) -> Vec<String> {
    let file = File { name: text.to_owned(), mime: text.to_owned(), bytes: 3, part: 1 };
    let mail = OpenMail {
        fields: vec![("From", text.to_owned()), ("Subject", text.to_owned())],
        text: text.to_owned(),
        html: None,
        files: vec![file],
    };
    let html = OpenMail { html: Some(Clean::of(text, false)), ..mail.clone() };
    let raw = format!("From: {text}\r\nSubject: {text}\r\nContent-Type: text/html; name=\"{text}\"\r\n\r\n{text}");
    let page = |mail| MailPage { page: nobody(lang), id: text.to_owned(), mail, pictures: false };
    [mail, html, OpenMail::of(raw.as_bytes(), false)].map(|mail| page(mail).render().unwrap()).into()
}
