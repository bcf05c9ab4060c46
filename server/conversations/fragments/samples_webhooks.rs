//! Pages of webhooks for the tests of their templates.

use askama::Template as _;

use super::samples;
use crate::events::Kind;
use crate::outgoing::Told;
use crate::webhooks::pages::{
    DeliveryLine, KindChoice, Mishap, Problem, TestView, WebhookLine, WebhookPage, WebhooksPage,
};
use crate::words::Lang;

/// Named by a word of this program, or by its English text alone.
fn mishap(text: &str, code: &str) -> Mishap {
    let about = ["host", "why"].map(|key| (key.to_owned(), text.to_owned())).into();
    let code = if code == "dead" { "dns" } else { code };
    Mishap { told: Some(Told { code: code.to_owned(), about }), text: text.to_owned() }
}

/// Every page of webhooks with this text wherever somebody else decides it.
pub fn webhooks(lang: Lang, text: &str) -> Vec<String> {
    let owned = || text.to_owned();
    let line =
        |off: &str| WebhookLine { id: owned(), url: owned(), off: off.to_owned(), pending: 2, dead: 1, kinds: 3 };
    let delivery = |state: &str| DeliveryLine {
        number: 7,
        event: owned(),
        kind: owned(),
        state: state.to_owned(),
        attempts: 3,
        next_at: owned(),
        tried_at: owned(),
        status: owned(),
        error: mishap(text, state),
        answer: owned(),
        took_ms: 84,
    };
    let kinds = || KindChoice::all(&[Kind::Started, Kind::NoteCreated]);
    let list = |problem| WebhooksPage {
        page: samples::page(lang, text),
        query: owned(),
        webhooks: vec![line(""), line("by_hand"), line("gone"), WebhookLine::default()],
        url: owned(),
        kinds: kinds(),
        problem: Some(problem),
    };
    let one = |off, good| WebhookPage {
        page: samples::page(lang, text),
        query: owned(),
        line: line(off),
        url: owned(),
        kinds: kinds(),
        rotates: good,
        secret: Some(owned()),
        problem: None,
        saved: good,
        test: Some(TestView {
            good,
            took_ms: 84,
            request: owned(),
            status: if good { owned() } else { String::new() },
            error: if good { Mishap::default() } else { mishap(text, "dns") },
            answer: if good { owned() } else { String::new() },
        }),
        dead: if good { vec![delivery("dead")] } else { Vec::new() },
        pending: if good { vec![delivery("pending"), DeliveryLine::default()] } else { Vec::new() },
        sent: if good { vec![delivery("sent")] } else { Vec::new() },
    };
    let lists = [Problem::Url, Problem::Inside, Problem::NoKinds, Problem::TooMany].map(list);
    let mut all: Vec<String> = lists.iter().map(|page| page.render().unwrap()).collect();
    all.extend([one("", true), one("by_hand", false), one("gone", false)].iter().map(|page| page.render().unwrap()));
    all
}
