//! Samples of every view, kind and hostile.

pub use super::samples_messages::*;
use super::*;
use crate::agents::pages::{AgentChip, Assets, Page};
use crate::mail::reach::Reach;
use crate::setup::pages::{Field, FieldProblem, Setup};
use crate::views::View;

/// The agent whose pages the samples are.
pub const ME: &str = "0193a1b2-0000-7000-8000-000000000001";
pub const MAREK: &str = "0193a1b2-0000-7000-8000-000000000002";

/// What visitors should not be able to do to a page.
pub fn hostile_texts() -> Vec<String> {
    vec![
        "<script>alert(1)</script>".to_owned(),
        "\"><img src=x onerror=alert(1)>' autofocus onfocus='alert(1)".to_owned(),
        "</template></textarea></title><script>alert(2)</script>".to_owned(),
        "javascript:alert(1) https://a.example/\"><script>alert(3)</script>".to_owned(),
        "\u{202e}مرحبا\u{202c} {{ page.csrf }} {% raw %}".to_owned(),
        "x".repeat(10_000),
        "\u{0}\u{1}\u{fffe}🏴󠁧󠁢󠁥󠁮󠁧󠁿\u{e000}".to_owned(),
        String::new(),
    ]
}

pub fn page(lang: Lang, name: &str) -> Page {
    let agent = AgentChip {
        backup: Some(name.to_owned()),
        faces: Some(name.to_owned()),
        id: ME.to_owned(),
        name: name.to_owned(),
        state: "online".to_owned(),
        load: 4,
        capacity: 6,
        supervises: true,
        administers: true,
    };
    Page::new(lang, "csrf-token".to_owned(), Assets::plain()).of(agent)
}

pub fn nobody(lang: Lang) -> Page {
    Page::new(lang, "csrf-token".to_owned(), Assets::plain())
}

pub fn id(n: usize) -> String {
    format!("0193a1b2-0000-7000-9000-{n:012}")
}

pub fn sample_row(n: usize, state: &str, name: &str, last: (&str, &str), since: &str) -> RowView {
    let owned = state == "assigned" || state == "snoozed";
    RowView {
        is_test: false,
        is_practice: false,
        by_mail: n.is_multiple_of(5),
        id: id(100 + n),
        state: state.to_owned(),
        epoch: 2,
        owner_agent_id: if owned { if n.is_multiple_of(3) { MAREK } else { ME }.to_owned() } else { String::new() },
        owner_name: if owned {
            if n.is_multiple_of(3) { "Marek Kowalczyk" } else { "Lena Brandt" }.to_owned()
        } else {
            String::new()
        },
        visitor_id: format!("v{n}{name}"),
        visitor_name: name.to_owned(),
        last_line: last.1.to_owned(),
        last_author_kind: last.0.to_owned(),
        last_author_id: if last.0 == "agent" { ME.to_owned() } else { String::new() },
        last_author_name: if last.0 == "agent" { "Lena Brandt".to_owned() } else { String::new() },
        since: since.to_owned(),
        unread: if last.0 == "visitor" { i64::try_from(n).unwrap_or_default() % 4 } else { 0 },
        page_path: "/checkout".to_owned(),
        queue_name: "Sales".to_owned(),
        tags: if n.is_multiple_of(2) { vec!["e-bike".to_owned(), "exchange".to_owned()] } else { Vec::new() },
        is_new: n == 3,
        answer_due_at: if n == 1 { "2026-11-24T10:58:00.000Z".to_owned() } else { String::new() },
        answer_risk_at: if n == 1 { "2026-11-24T10:56:00.000Z".to_owned() } else { String::new() },
        snoozed_until: if state == "snoozed" { "2026-11-26T08:00:00.000Z".to_owned() } else { String::new() },
        priority: if n == 2 { 2 } else { 0 },
    }
}

pub fn rows() -> Vec<RowView> {
    vec![
        sample_row(
            1,
            "assigned",
            "Maximiliane von Hohenstein-Wagenknecht",
            ("visitor", "The invoice still shows my old address, and my accountant needs it today"),
            "2026-11-24T10:52:00.000Z",
        ),
        sample_row(
            2,
            "assigned",
            "يوسف الحداد",
            ("visitor", "هل يمكنني تغيير المقاس قبل الشحن؟"),
            "2026-11-24T10:55:00.000Z",
        ),
        sample_row(
            3,
            "assigned",
            "Jonas Lindqvist",
            ("visitor", "The gears jump when I pedal hard uphill"),
            "2026-11-24T10:50:00.000Z",
        ),
        sample_row(
            4,
            "assigned",
            "Priya Raman",
            ("agent", "It leaves our workshop today. You should have it by Thursday."),
            "2026-11-24T10:56:00.000Z",
        ),
        sample_row(
            5,
            "queued",
            "",
            ("visitor", "Bonjour, le Fjord 3 est-il en stock à Lyon ? 🚲"),
            "2026-11-24T10:54:00.000Z",
        ),
        sample_row(
            6,
            "queued",
            "Søren Bækgaard",
            ("visitor", "Is the child seat compatible with the rear rack?"),
            "2026-11-24T10:55:25.000Z",
        ),
        sample_row(7, "bot", "", ("visitor", "Where is my order NB-20377?"), "2026-11-24T10:55:50.000Z"),
        sample_row(
            8,
            "snoozed",
            "Aiko Tanaka",
            ("agent", "I will write when the wheel is built"),
            "2026-11-23T09:00:00.000Z",
        ),
        sample_row(10, "closed", "Chidi Okonkwo-Fairweather", ("visitor", "Thank you!"), "2026-11-22T16:00:00.000Z"),
    ]
}

pub fn pane_view(state: &str, owner: &str, visitor: &str) -> PaneView {
    PaneView {
        id: id(104),
        epoch: 3,
        state: state.to_owned(),
        owner_agent_id: owner.to_owned(),
        owner_name: match owner {
            "" => "",
            ME => "Lena Brandt",
            _ => "Marek Kowalczyk",
        }
        .to_owned(),
        visitor_id: format!("v4{visitor}"),
        visitor_name: visitor.to_owned(),
        visitor_email: "priya.raman@mail.example".to_owned(),
        verified: true,
        email_verified: true,
        external_id: "customer-4711".to_owned(),
        page_url: "https://shop.example/help/fjord-3-battery".to_owned(),
        page_title: "Fjord 3 battery – Help".to_owned(),
        queue_name: "Support".to_owned(),
        site_name: "Northwind Bikes".to_owned(),
        started_at: "2026-11-24T10:31:00.000Z".to_owned(),
        since: "2026-11-24T10:54:00.000Z".to_owned(),
        rev: 12,
        last_seq: 12,
        visitor_delivered_seq: 12,
        visitor_read_seq: 9,
        is_test: true,
        is_practice: true,
        is_blocked: true,
        reach: Reach::Later { address: "priya.raman@mail.example".to_owned(), after_s: 120 },
        is_away: true,
        writes_mail: true,
        bot: Some("Pedal".to_owned()),
        side: samples_side::side(state),
    }
}

pub fn composer(text: &str, refusal: Option<Refusal>) -> ComposerView {
    let draft_at = text.to_owned();
    ComposerView {
        message_id: id(900),
        text: text.to_owned(),
        note: false,
        draft_at,
        refusal,
        mail: Some(ComposeMail { to: text.to_owned(), subject: text.to_owned(), cc: text.to_owned() }),
    }
}

pub fn tabs(on: &View, lang: Lang) -> Vec<TabView> {
    let tab = |view: &View| TabView {
        word: view.to_string(),
        title: view.title(lang.words()),
        count: matches!(view, View::Mine | View::Waiting).then_some(4),
        on: view == on,
    };
    View::TABS.iter().map(tab).collect()
}

pub fn index(lang: Lang, view: View, rows: Vec<RowView>, pane: Option<Pane>) -> Index {
    Index {
        page: page(lang, "Lena Brandt"),
        tabs: tabs(&view, lang),
        filter: menu("Support", false),
        query: format!("?view={view}"),
        view,
        counts: Counts { mine: 4, waiting: 2, oldest_waiting_since: Some("2026-11-24T10:54:00.000Z".to_owned()) },
        groups: groups(rows, ME),
        panes: pane.into_iter().collect(),
        letter: None,
        writes_mail: true,
        notice: None,
    }
}

pub fn pane_of(view: PaneView, messages: Vec<MessageView>, composer: ComposerView) -> Pane {
    Pane {
        view,
        messages,
        past: samples_side::past("Prefers mail after 18:00."),
        earlier: None,
        composer,
        on: true,
        without: "/console/conversations?view=mine".to_owned(),
    }
}

pub fn setup(lang: Lang) -> Setup {
    Setup {
        page: nobody(lang),
        token: "one-time/token".to_owned(),
        email: Field::of("lena@northwind.example"),
        password: Field::default(),
        site: Field::of("Northwind Bikes"),
        origin: Field::of("northwind.example").refused(FieldProblem::Origin),
        database: "./data".to_owned(),
        public_url: "http://127.0.0.1:8080".to_owned(),
    }
}

pub fn hostile_row(state: &str, text: &str) -> RowView {
    let text = || text.to_owned();
    RowView {
        is_test: true,
        is_practice: true,
        by_mail: true,
        id: text(),
        state: state.to_owned(),
        epoch: i64::MIN,
        owner_agent_id: text(),
        owner_name: text(),
        visitor_id: text(),
        visitor_name: text(),
        last_line: text(),
        last_author_kind: "agent".to_owned(),
        last_author_id: text(),
        last_author_name: text(),
        since: text(),
        unread: i64::MAX,
        page_path: text(),
        queue_name: text(),
        tags: vec![text(), text(), text()],
        is_new: true,
        answer_due_at: text(),
        answer_risk_at: text(),
        snoozed_until: text(),
        priority: i64::MAX,
    }
}

pub fn menu(text: &str, on: bool) -> FilterMenu {
    let choice = |chosen| Choice { value: text.to_owned(), title: text.to_owned(), chosen };
    let choices = || vec![choice(on), choice(false)];
    FilterMenu {
        states: choices(),
        queues: choices(),
        tags: choices(),
        agents: choices(),
        sites: choices(),
        priorities: choices(),
        channels: choices(),
        may_share: true,
        saved_id: if on { id(7) } else { String::new() },
        on,
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
        reach: Reach::Later { address: text(), after_s: 7 },
        bot: Some(text()),
        side: samples_side::hostile_side(&text()),
        ..pane_view(state, ME, "")
    }
}

pub fn hostile_index(lang: Lang, state: &str, text: &str) -> Index {
    let states = ["queued", "assigned", "bot", "snoozed", "closed", text];
    let rows = states.into_iter().map(|state| hostile_row(state, text)).collect();
    let refusal = Refusal::Answered { agent: text.to_owned(), text: text.to_owned() };
    let pane = Pane {
        earlier: Some(5),
        past: samples_side::past(text),
        ..pane_of(hostile_pane(state, text), hostile_message(3, text), composer(text, Some(refusal)))
    };
    let notice = Some(Notice::Taken { agent: text.to_owned() });
    let page = Page { csrf: text.to_owned(), ..page(lang, text) };
    let beside = Pane { on: false, without: format!("/console/conversations?view={text}"), ..pane.clone() };
    let query = text.to_owned();
    let word = text.to_owned();
    let tabs = vec![TabView { word: text.to_owned(), title: word, count: Some(i64::MIN), on: true }];
    let filter = menu(text, true);
    let mut index =
        Index { page, notice, query, tabs, filter, panes: vec![pane, beside], ..index(lang, View::All, rows, None) };
    for group in &mut index.groups {
        group.cut = true;
    }
    index
}
