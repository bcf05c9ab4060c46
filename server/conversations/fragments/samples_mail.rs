//! Pages of mail for the tests of their templates.

use askama::Template as _;

use super::samples::{self, said};
use super::{CheckView, EventView, MailFileView, MailView, MessageView};
use crate::mail::standing::{Standing, Way};
use crate::sites::mail_form::Problem;
use crate::sites::mail_pages::{MailForm, MailPage, TestPart, TestView};
use crate::sites::texts::{Key, LangTexts, TextField};
use crate::words::Lang;

/// Every page of mail with this text wherever somebody else decides it.
pub fn mail(lang: Lang, text: &str) -> Vec<String> {
    let owned = || text.to_owned();
    let field = |key| TextField { key, name: owned(), value: owned(), otherwise: owned() };
    let texts = LangTexts { tag: "ar", name: "العربية", dir: "rtl", texts: Key::MAIL.map(field).to_vec() };
    let standing = |on: bool| Standing {
        out: on.then(owned),
        from: on.then(owned),
        reply_to: on.then(owned),
        ways: if on { vec![Way::Imap, Way::Lmtp, Way::Http] } else { Vec::new() },
    };
    let test = |state: &str, attempts| TestView {
        to: owned(),
        state: state.to_owned(),
        address: owned(),
        at: owned(),
        error: owned(),
        attempts,
        too_many: state == "dead",
    };
    let form =
        || MailForm { address: owned(), name: owned(), signature: owned(), away: owned(), texts: vec![texts.clone()] };
    let problems = [
        None,
        Some(Problem::Address),
        Some(Problem::Tag),
        Some(Problem::Taken),
        Some(Problem::Name),
        Some(Problem::Signature),
        Some(Problem::Away),
        Some(Problem::Text(Lang::Ar, Key::MailSubject)),
    ];
    let page = |problem: Option<Problem>| MailPage {
        page: samples::page(lang, text),
        query: owned(),
        id: owned(),
        name: owned(),
        standing: standing(problem.is_some()),
        form: form(),
        test: test("", 0),
        problem,
        saved: problem.is_none(),
    };
    let part = |(state, attempts)| TestPart {
        words: lang.words(),
        csrf: owned(),
        id: owned(),
        standing: standing(true),
        test: test(state, attempts),
    };
    let tests = [("pending", 0), ("pending", 2), ("sent", 1), ("dead", 9), ("bounced", 1), (text, 1)];
    let mut all: Vec<String> = problems.into_iter().map(|problem| page(problem).render().unwrap()).collect();
    all.extend(tests.into_iter().map(|shown| part(shown).render().unwrap()));
    all
}

/// A mail with this text wherever somebody else decides it.
fn a_mail(text: &str, came: bool) -> MailView {
    let owned = || text.to_owned();
    let check = |result: &str| CheckView { method: "spf".to_owned(), result: result.to_owned() };
    MailView {
        id: if came { owned() } else { String::new() },
        from: owned(),
        subject: owned(),
        cc: vec![owned(), owned()],
        cut: came,
        stranger: false,
        checks: vec![check("pass"), check("fail"), check(text)],
        files: vec![MailFileView { name: owned(), size: owned() }, MailFileView::default()],
    }
}

/// Messages that came or went by mail, and what became of mails.
pub fn messages(n: i64, text: &str) -> Vec<MessageView> {
    let mut all = Vec::new();
    for (kind, by) in [("text", "visitor"), ("text", "agent"), ("note", "system")] {
        for (came, stranger) in [(true, false), (true, true), (false, false)] {
            let mail = Some(MailView { stranger, ..a_mail(text, came) });
            all.push(MessageView { mail, ..said(n, kind, (by, text, text), text) });
        }
    }
    let names = ["mail_sent", "mail_proof_sent", "mail_proved", "mail_transcript_sent", "mail_bounced", "mail_failed"];
    for name in names {
        for why in ["", text] {
            let (name, to_name, comment) = (name.to_owned(), text.to_owned(), why.to_owned());
            let event = EventView { name, to_name, comment, ..EventView::default() };
            all.push(MessageView { event: Some(event), ..said(n, "event", ("system", "", ""), "") });
        }
    }
    all
}
