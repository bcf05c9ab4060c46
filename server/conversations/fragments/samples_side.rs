//! Samples of what stands beside the log, kind and hostile.

use super::samples::{MAREK, ME, id, page, pane_view};
use super::*;
use crate::routing::Rule;
use crate::routing::pages::{ColleagueView, PassView, QueueView};
use crate::routing::why::{Seen, Why};

fn step(is_page: bool, name: &str, detail: &str, minute: u32) -> StepView {
    let at = format!("2026-11-24T10:{minute:02}:00.000Z");
    StepView { is_page, name: name.to_owned(), detail: detail.to_owned(), at }
}

fn attribute(name: &str, value: &str, verified: bool) -> AttributeView {
    AttributeView { name: name.to_owned(), value: value.to_owned(), verified }
}

fn seen(id: &str, name: &str, load: i64, capacity: i64) -> Seen {
    let chosen = id == ME;
    Seen { id: id.to_owned(), name: name.to_owned(), load, capacity, passed_over: false, chosen }
}

fn why(name: &str) -> Why {
    Why {
        rule: Rule::LeastLoaded,
        agent: name.to_owned(),
        from: String::new(),
        queue: "Support".to_owned(),
        load: 2,
        capacity: 6,
        others: 2,
        passed_over: 1,
        candidates: vec![
            seen(ME, name, 2, 6),
            seen(MAREK, "Marek Kowalczyk", 4, 6),
            Seen { passed_over: true, ..seen("b3", "Ifeoma Adeyemi", 4, 4) },
            seen("b4", "Oskar Nyström", 12, 20),
        ],
        waited_s: Some(38),
    }
}

pub fn side(state: &str) -> SideView {
    SideView {
        priority: "high".to_owned(),
        until: if state == "snoozed" { "2026-11-26T09:00:00.000Z".to_owned() } else { String::new() },
        phone: "+44 117 496 0123".to_owned(),
        phone_verified: false,
        language: "en-GB".to_owned(),
        time_zone: "Europe/London".to_owned(),
        attributes: vec![
            attribute("order", "NB-20418", true),
            attribute("plan", "Fjord 3, step-through", false),
            attribute("basket", "items: 2, total: 148.00", false),
        ],
        trail: vec![
            step(true, "https://shop.example/help/fjord-3-battery", "Fjord 3 battery – Help", 54),
            step(true, "https://shop.example/orders", "Your orders", 30),
            step(false, "basket_left", "items: 2, total: 148.00", 28),
            step(true, "https://shop.example/fjord-3", "Fjord 3, step-through", 27),
        ],
        tags: vec!["e-bike".to_owned(), "exchange".to_owned()],
        participants: vec![
            PersonView { id: ME.to_owned(), name: "Lena Brandt".to_owned() },
            PersonView { id: MAREK.to_owned(), name: "Marek Kowalczyk".to_owned() },
        ],
        why: Some(why("Lena Brandt")),
    }
}

pub fn hostile_side(text: &str) -> SideView {
    let people = vec![PersonView { id: text.to_owned(), name: text.to_owned() }; 2];
    SideView {
        priority: text.to_owned(),
        until: text.to_owned(),
        phone: text.to_owned(),
        language: text.to_owned(),
        time_zone: text.to_owned(),
        attributes: vec![attribute(text, text, true), attribute(text, text, false)],
        trail: vec![step(true, text, "", 1), step(true, "javascript:alert(1)", text, 2), step(false, text, text, 3)],
        tags: vec![text.to_owned(), text.to_owned()],
        participants: people,
        why: Some(Why { from: text.to_owned(), queue: text.to_owned(), rule: Rule::Sticky, ..why(text) }),
        ..SideView::default()
    }
}

pub fn hostile_pane(state: &str, text: &str) -> PaneView {
    let text = || text.to_owned();
    PaneView {
        id: text(),
        state: state.to_owned(),
        owner_agent_id: text(),
        owner_name: text(),
        visitor_id: text(),
        visitor_name: text(),
        visitor_email: text(),
        email_verified: false,
        external_id: text(),
        page_url: format!("https://{}", text()),
        page_title: text(),
        queue_name: text(),
        site_name: text(),
        started_at: text(),
        since: text(),
        bot: Some(text()),
        side: hostile_side(&text()),
        ..pane_view(state, ME, "")
    }
}

pub fn past(text: &str) -> PastView {
    let chat = |n: usize, line: &str, score: &str| EarlierView {
        id: id(300 + n),
        state: "closed".to_owned(),
        last_line: line.to_owned(),
        at: "2026-09-03T10:00:00.000Z".to_owned(),
        score: score.to_owned(),
        comment: if score.is_empty() { String::new() } else { text.to_owned() },
    };
    let note = |author: &str, text: &str| NoteView {
        author: author.to_owned(),
        text: text.to_owned(),
        at: "2026-11-24T10:36:00.000Z".to_owned(),
    };
    PastView {
        earlier: vec![chat(1, text, "5"), chat(2, "Invoice for her employer", ""), chat(3, "", "")],
        notes: vec![note(text, text), note("Marek Kowalczyk", "Serials from FJ3-2209 are in the charger exchange.")],
    }
}

pub fn pass(text: &str) -> PassView {
    let queue = |name: &str, waiting: i64, on_duty: i64, room: i64| QueueView {
        id: name.to_owned(),
        name: name.to_owned(),
        waiting,
        on_duty,
        room,
        here: waiting == 1,
    };
    let colleague = |name: &str, state: &str, load: i64, capacity: i64| ColleagueView {
        id: name.to_owned(),
        name: name.to_owned(),
        state: state.to_owned(),
        load,
        capacity,
        there: matches!(state, "online" | "draining"),
        here: load == 3,
    };
    PassView {
        conversation: text.to_owned(),
        epoch: 3,
        visitor: text.to_owned(),
        queues: vec![queue(text, 0, 0, 0), queue("Support", 1, 2, 0), queue("Workshop", 4, 3, 5)],
        agents: vec![
            colleague("Marek Kowalczyk", "online", 4, 6),
            colleague(text, "draining", 3, 3),
            colleague("Ifeoma Adeyemi", "away", 0, 4),
            colleague("Oskar Nyström", "offline", 0, 20),
        ],
    }
}

/// The page and the part of a chat that is to go on, and what was before it.
pub fn passing(lang: Lang, text: &str) -> Vec<String> {
    use askama::Template as _;
    let (page, pass) = (page(lang, text), pass(text));
    let part = crate::routing::pages::PassPart { page: page.clone(), pass: pass.clone() };
    let past = Past { words: lang.words(), id: text.to_owned(), past: &past(text) }.render().unwrap();
    vec![crate::routing::pages::PassPage { page, pass }.render().unwrap(), part.render().unwrap(), past]
}
