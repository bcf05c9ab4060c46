//! Pages of bots for the tests of their templates.

use askama::Template as _;

use super::{BotView, samples};
use crate::bots::pages::{BotForm, BotLine, BotPage, BotsPage, Made, Problem, TestView, TurnLine};
use crate::outgoing::Told;
use crate::words::Lang;

fn line(text: &str, kind: &str, is_on: bool, failures: u32, rests_until: &str) -> BotLine {
    let owned = || text.to_owned();
    BotLine {
        id: owned(),
        name: owned(),
        kind: kind.to_owned(),
        url: owned(),
        queues: vec![owned(), owned()],
        is_on,
        failures,
        rests_until: rests_until.to_owned(),
    }
}

fn form(text: &str, kind: &str) -> BotForm {
    let owned = || text.to_owned();
    BotForm {
        name: owned(),
        kind: kind.to_owned(),
        url: owned(),
        deadline: owned(),
        later: owned(),
        model: owned(),
        prompt: owned(),
        has_credential: true,
        history: owned(),
        answer_tokens: owned(),
        chat_tokens: owned(),
        queues: vec![(owned(), owned(), true), (owned(), owned(), false)],
        ..BotForm::default()
    }
}

/// A name that nobody knows.
fn dns(text: &str) -> Told {
    let about = ["host", "why"].map(|key| (key.to_owned(), text.to_owned())).into();
    Told { code: "dns".to_owned(), about }
}

fn failure(text: &str) -> BotView {
    let failed = Some(dns(text));
    BotView { name: text.to_owned(), why: "unreachable".to_owned(), failed, ..BotView::default() }
}

fn turn(text: &str, state: &str) -> TurnLine {
    let owned = || text.to_owned();
    TurnLine {
        conversation: owned(),
        state: state.to_owned(),
        outcome: owned(),
        failure: (state == "failed").then(|| failure(text)),
        attempts: 2,
        status: owned(),
        took_ms: 84,
        request: owned(),
        answer: owned(),
        at: owned(),
    }
}

/// Every page of bots with this text wherever somebody else decides it.
pub fn bots(lang: Lang, text: &str) -> Vec<String> {
    let owned = || text.to_owned();
    let test = |good| TestView {
        good,
        took_ms: 84,
        outcome: owned(),
        failure: failure(text),
        request: owned(),
        status: owned(),
        answer: owned(),
    };
    let list = |problem| BotsPage {
        page: samples::page(lang, text),
        query: owned(),
        bots: vec![
            line(text, "webhook", true, 0, ""),
            line(text, "rasa", true, 3, ""),
            line(text, "openai", true, 5, text),
            BotLine::default(),
        ],
        form: form(text, "webhook"),
        problem: Some(problem),
    };
    let one = |kind: &str, good| BotPage {
        page: samples::page(lang, text),
        query: owned(),
        line: line(text, kind, true, 5, text),
        form: form(text, kind),
        problem: Some(Problem::Url(dns(text))),
        saved: good,
        made: vec![Made { is_secret: true, text: owned() }, Made { is_secret: false, text: owned() }],
        rotates: good,
        test: Some(test(good)),
        turns: vec![turn(text, "done"), turn(text, "failed"), turn(text, text)],
    };
    let problems = [
        Problem::Name,
        Problem::NameTaken,
        Problem::Number,
        Problem::Model,
        Problem::Text,
        Problem::TooMany,
        Problem::Queues,
    ];
    let lists = problems.into_iter().map(list).map(|page| page.render());
    let ones = [one("openai", true), one("rasa", false), one("chatwoot", true)].into_iter().map(|page| page.render());
    lists.chain(ones).map(|page| page.expect("a page")).collect()
}
