//! Pages of mail for the tests of their templates.

use askama::Template as _;

use super::samples::{self, said};
use super::{CheckView, EventView, MailFileView, MailView, MessageView};
use crate::mail::inbound::aside::Refused;
use crate::mail::inbound::aside_pages::{AsideLine, AsideMailPage, AsidePage, Problem as AsideProblem};
use crate::mail::inbound::reading::Unread;
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
        aside: i64::from(problem.is_some()),
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
    let mut asides = aside(lang, text);
    let mut all: Vec<String> = problems.into_iter().map(|problem| page(problem).render().unwrap()).collect();
    all.extend(tests.into_iter().map(|shown| part(shown).render().unwrap()));
    all.append(&mut asides);
    all
}

/// The pages of mails that are set aside.
fn aside(lang: Lang, text: &str) -> Vec<String> {
    let owned = || text.to_owned();
    let line = |reason: &str| {
        let (reason, named) = (reason.to_owned(), reason != "broke");
        let told = |text: String| if named { text } else { String::new() };
        AsideLine { id: owned(), reason, sender: told(owned()), subject: told(owned()), at: owned() }
    };
    let reasons = [
        "nobody",
        "ours",
        "loop",
        "blocked",
        "report",
        "reply",
        "bulk",
        "too_big",
        "no_mail",
        "no_sender",
        "two_senders",
        "broke",
        text,
    ];
    let list = |mails: Vec<AsideLine>| AsidePage {
        page: samples::page(lang, text),
        query: owned(),
        count: 13,
        removed: mails.is_empty(),
        older: (!mails.is_empty()).then(owned),
        mails,
        days: 30,
        most: 1_000,
    };
    let sites = |n| vec![(owned(), owned(), true); n];
    let mail = |(problem, sites): (Option<Refused>, _)| AsideMailPage {
        page: samples::page(lang, text),
        query: owned(),
        line: line(if problem.is_none() { text } else { "broke" }),
        fields: if problem.is_none() { vec![("From", owned()), ("Subject", owned())] } else { Vec::new() },
        text: owned(),
        files: vec![owned(), owned()],
        cut: problem.is_some(),
        sites,
        problem: problem.map(AsideProblem),
    };
    let all = [
        (None, sites(2)),
        (None, sites(1)),
        (Some(Refused::Unread(Unread::NoSender)), sites(0)),
        (Some(Refused::Ours), sites(2)),
        (Some(Refused::Blocked), sites(1)),
        (Some(Refused::NoSite), sites(2)),
    ];
    let lists = [list(reasons.map(line).into()), list(Vec::new())].map(|page| page.render().unwrap());
    lists.into_iter().chain(all.into_iter().map(|shown| mail(shown).render().unwrap())).collect()
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
        by_form: came,
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
