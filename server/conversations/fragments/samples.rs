//! Samples of every view, kind and hostile, and the test that renders every template with them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use askama::Template;

use super::*;
use crate::agents::pages::{AgentChip, Assets, ErrorPage, Page, SignIn, SignInProblem, tint};
use crate::setup::pages::{Field, FieldProblem, Setup, SetupDone};

/// The agent whose pages the samples are.
pub const ME: &str = "0193a1b2-0000-7000-8000-000000000001";
const MAREK: &str = "0193a1b2-0000-7000-8000-000000000002";

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
    let agent = AgentChip { id: ME.to_owned(), name: name.to_owned(), load: 4, capacity: 6 };
    Page::new(lang, "csrf-token".to_owned(), Assets::plain()).of(agent)
}

pub fn nobody(lang: Lang) -> Page {
    Page::new(lang, "csrf-token".to_owned(), Assets::plain())
}

fn id(n: usize) -> String {
    format!("0193a1b2-0000-7000-9000-{n:012}")
}

/// A message by a visitor, an agent, a bot or the system.
pub fn said(n: i64, kind: &str, by: (&str, &str, &str), text: &str) -> MessageView {
    let minute = n % 60;
    MessageView {
        id: id(usize::try_from(n).unwrap_or_default()),
        seq: n,
        rev: n,
        kind: kind.to_owned(),
        author_kind: by.0.to_owned(),
        author_id: by.1.to_owned(),
        author_name: by.2.to_owned(),
        text: text.to_owned(),
        created_at: format!("2026-11-24T10:{minute:02}:05.123Z"),
        ..MessageView::default()
    }
}

pub fn happened(n: i64, name: &str, by: (&str, &str)) -> MessageView {
    let event = EventView { name: name.to_owned(), by_kind: by.0.to_owned(), by_name: by.1.to_owned() };
    MessageView { event: Some(event), ..said(n, "event", ("system", "", ""), "") }
}

/// A conversation with everything in it that a log can hold.
pub fn log(visitor: &str, text: &str) -> Vec<MessageView> {
    let priya = ("visitor", "v1", visitor);
    let (lena, marek) = (("agent", ME, "Lena Brandt"), ("agent", MAREK, "Marek Kowalczyk"));
    let edited = MessageView {
        edited: true,
        ..said(9, "text", lena, "Here is your label: https://shop.example/label/NB-20418?print=1")
    };
    let deleted = MessageView { deleted: true, ..said(10, "text", priya, "") };
    vec![
        happened(1, "conversation_started", ("visitor", visitor)),
        said(2, "text", priya, text),
        said(3, "text", priya, "I sent a photo to help@shop.example as well 🟠"),
        said(31, "text", ("bot", "b1", ""), "I am getting a person for you."),
        happened(4, "agent_joined", ("agent", "Lena Brandt")),
        said(
            5,
            "text",
            lena,
            "Three blinks means the charger protects itself from heat. Could you unplug it for 20 minutes and try again somewhere cooler?",
        ),
        said(
            6,
            "note",
            marek,
            "@Lena serials from FJ3-2209 are in the charger exchange. Check before you send a new battery.",
        ),
        said(7, "text", priya, "Did that, still 62 % 😕\nThe serial number is FJ3-2209-1184"),
        said(8, "text", marek, "Thank you, yours is covered by the exchange."),
        edited,
        deleted,
        happened(11, "agent_left", ("agent", "Marek Kowalczyk")),
        said(12, "text", lena, "It leaves our workshop today. You should have it by Thursday."),
    ]
}

pub fn row(n: usize, state: &str, name: &str, last: (&str, &str), since: &str) -> RowView {
    let owned = state == "assigned" || state == "snoozed";
    RowView {
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
    }
}

pub fn rows() -> Vec<RowView> {
    vec![
        row(
            1,
            "assigned",
            "Maximiliane von Hohenstein-Wagenknecht",
            ("visitor", "The invoice still shows my old address, and my accountant needs it today"),
            "2026-11-24T10:52:00.000Z",
        ),
        row(2, "assigned", "يوسف الحداد", ("visitor", "هل يمكنني تغيير المقاس قبل الشحن؟"), "2026-11-24T10:55:00.000Z"),
        row(
            3,
            "assigned",
            "Jonas Lindqvist",
            ("visitor", "The gears jump when I pedal hard uphill"),
            "2026-11-24T10:50:00.000Z",
        ),
        row(
            4,
            "assigned",
            "Priya Raman",
            ("agent", "It leaves our workshop today. You should have it by Thursday."),
            "2026-11-24T10:56:00.000Z",
        ),
        row(
            5,
            "queued",
            "",
            ("visitor", "Bonjour, le Fjord 3 est-il en stock à Lyon ? 🚲"),
            "2026-11-24T10:54:00.000Z",
        ),
        row(
            6,
            "queued",
            "Søren Bækgaard",
            ("visitor", "Is the child seat compatible with the rear rack?"),
            "2026-11-24T10:55:25.000Z",
        ),
        row(7, "bot", "", ("visitor", "Where is my order NB-20377?"), "2026-11-24T10:55:50.000Z"),
        row(8, "snoozed", "Aiko Tanaka", ("agent", "I will write when the wheel is built"), "2026-11-23T09:00:00.000Z"),
        row(10, "closed", "Chidi Okonkwo-Fairweather", ("visitor", "Thank you!"), "2026-11-22T16:00:00.000Z"),
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
    }
}

pub fn composer(text: &str, refusal: Option<Refusal>) -> ComposerView {
    ComposerView { message_id: id(900), text: text.to_owned(), note: false, refusal }
}

pub fn index(lang: Lang, view: View, rows: Vec<RowView>, pane: Option<Pane>) -> Index {
    Index {
        page: page(lang, "Lena Brandt"),
        view,
        counts: Counts { mine: 4, waiting: 2, oldest_waiting_since: Some("2026-11-24T10:54:00.000Z".to_owned()) },
        groups: groups(rows, ME),
        pane,
        notice: None,
    }
}

pub fn pane_of(view: PaneView, messages: Vec<MessageView>, composer: ComposerView) -> Pane {
    Pane { view, messages, earlier: None, composer }
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

fn hostile_message(n: i64, text: &str) -> Vec<MessageView> {
    let mut all = Vec::new();
    for kind in ["text", "note", "event", text] {
        for author in ["visitor", "agent", "bot", "system", text] {
            for deleted in [false, true] {
                let plain = MessageView {
                    edited: !deleted,
                    deleted,
                    id: text.to_owned(),
                    ..said(n, kind, (author, text, text), text)
                };
                let event = EventView { name: text.to_owned(), by_kind: text.to_owned(), by_name: text.to_owned() };
                all.push(MessageView { event: Some(event), created_at: text.to_owned(), ..plain.clone() });
                all.push(plain);
            }
        }
    }
    for name in ["conversation_started", "agent_joined", "agent_left", "conversation_closed", "conversation_reopened"] {
        for by in ["agent", "visitor", "system"] {
            all.push(happened(n, name, (by, text)));
        }
    }
    all
}

fn hostile_row(state: &str, text: &str) -> RowView {
    let text = || text.to_owned();
    RowView {
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
    }
}

fn hostile_pane(state: &str, text: &str) -> PaneView {
    let text = || text.to_owned();
    PaneView {
        id: text(),
        state: state.to_owned(),
        owner_agent_id: text(),
        owner_name: text(),
        visitor_id: text(),
        visitor_name: text(),
        visitor_email: text(),
        page_url: format!("https://{}", text()),
        page_title: text(),
        queue_name: text(),
        site_name: text(),
        started_at: text(),
        since: text(),
        ..pane_view(state, ME, "")
    }
}

fn hostile_index(lang: Lang, state: &str, text: &str) -> Index {
    let states = ["queued", "assigned", "bot", "snoozed", "closed", text];
    let rows = states.into_iter().map(|state| hostile_row(state, text)).collect();
    let refusal = Refusal::Answered { agent: text.to_owned(), text: text.to_owned() };
    let pane = Pane {
        earlier: Some(5),
        ..pane_of(hostile_pane(state, text), hostile_message(3, text), composer(text, Some(refusal)))
    };
    let notice = Some(Notice::Taken { agent: text.to_owned() });
    let page = Page { csrf: text.to_owned(), ..page(lang, text) };
    Index { page, notice, ..index(lang, View::All, rows, Some(pane)) }
}

/// Every page and fragment, rendered with one hostile text in every place that takes text.
fn everything(lang: Lang, text: &str) -> Vec<String> {
    let page = Page { csrf: text.to_owned(), ..nobody(lang) };
    let mut all = Vec::new();
    for problem in [None, Some(SignInProblem::Wrong), Some(SignInProblem::TooMany(8)), Some(SignInProblem::Expired)] {
        let sign_in = SignIn { page: page.clone(), email: text.to_owned(), next: Some(text.to_owned()), problem };
        all.push(sign_in.render().unwrap());
    }
    for problem in [
        FieldProblem::Email,
        FieldProblem::PasswordShort,
        FieldProblem::PasswordLong,
        FieldProblem::SiteName,
        FieldProblem::Origin,
    ] {
        let field = Field::of(text).refused(problem);
        let (email, password, site, origin) = (field.clone(), field.clone(), field.clone(), field);
        let (database, public_url) = (text.to_owned(), text.to_owned());
        let form =
            Setup { page: page.clone(), token: text.to_owned(), email, password, site, origin, database, public_url };
        all.push(form.render().unwrap());
    }
    all.push(SetupDone { page: page.clone(), site: text.to_owned(), tag: text.to_owned() }.render().unwrap());
    for status in [400, 403, 404, 409, 410, 413, 422, 429, 500, 503] {
        all.push(ErrorPage { page: page.clone(), status, request_id: Some(text.to_owned()) }.render().unwrap());
    }
    for state in ["queued", "assigned", "bot", "snoozed", "closed", text] {
        all.push(hostile_index(lang, state, text).render().unwrap());
        all.push(super::row(lang, &hostile_row(state, text)));
        all.push(super::pane(lang, &hostile_pane(state, text)));
    }
    for refusal in [
        Refusal::TooLong { over: 120 },
        Refusal::TooFast { seconds: 8 },
        Refusal::Empty,
        Refusal::Closed,
        Refusal::Other { detail: text.to_owned() },
    ] {
        let pane = pane_of(pane_view("assigned", ME, text), Vec::new(), composer(text, Some(refusal)));
        all.push(index(lang, View::Mine, Vec::new(), Some(pane)).render().unwrap());
    }
    for notice in
        [Notice::Closed { visitor: text.to_owned() }, Notice::Stale, Notice::Other { detail: text.to_owned() }]
    {
        all.push(Index { notice: Some(notice), ..index(lang, View::Closed, rows(), None) }.render().unwrap());
    }
    for view in View::ALL {
        all.push(index(lang, view, Vec::new(), None).render().unwrap());
    }
    all.extend(hostile_message(7, text).iter().map(|message| super::message(lang, message)));
    all
}

#[test]
fn every_template_survives_hostile_texts() {
    // The only elements with a script of ours are the ones the layout names.
    let ours = "<script src=\"/console/static/console.js\" defer></script>";
    for lang in Lang::ALL {
        for text in hostile_texts() {
            for html in everything(lang, &text) {
                let rest = html.replace(ours, "").to_lowercase();
                assert!(!rest.contains("<script"), "{text}: {rest}");
                assert!(!rest.contains("<img"), "{text}");
                for attribute in ["href=\"javascript:", "style=", " onclick", " onerror=alert(1)>"] {
                    assert!(!rest.contains(attribute), "{attribute} with {text}");
                }
                assert_eq!(rest.matches("</textarea>").count(), rest.matches("<textarea").count(), "{text}");
                assert_eq!(rest.matches("</template>").count(), rest.matches("<template").count(), "{text}");
            }
        }
    }
}

fn template_files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("agent-console/templates");
    let mut files = Vec::new();
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files
}

/// A template is rendered by the test above if a page with a sample here leads to it.
#[test]
fn no_template_is_without_a_sample() {
    let roots = [
        "sign_in.html",
        "setup.html",
        "setup_done.html",
        "error.html",
        "conversations/index.html",
        "conversations/_message.html",
        "conversations/_row.html",
        "conversations/_pane_state.html",
    ];
    let mut reached: BTreeSet<String> = roots.into_iter().map(str::to_owned).collect();
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("agent-console/templates");
    let mut open: Vec<String> = reached.iter().cloned().collect();
    while let Some(name) = open.pop() {
        let text = fs::read_to_string(base.join(&name)).unwrap();
        for call in ["include \"", "extends \"", "import \""] {
            for rest in text.split(call).skip(1) {
                let next = rest.split('"').next().unwrap_or_default().to_owned();
                if reached.insert(next.clone()) {
                    open.push(next);
                }
            }
        }
    }
    for path in template_files() {
        let name = path.strip_prefix(&base).unwrap().to_string_lossy().replace('\\', "/");
        assert!(reached.contains(&name), "{name} has no sample");
    }
}

#[test]
fn every_icon_that_a_template_uses_is_in_the_sprite() {
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("agent-console/templates");
    let sprite = fs::read_to_string(base.join("icons.html")).unwrap();
    let mut used: BTreeSet<String> = ["transfer", "left", "check", "retry", "bell", "info"].map(str::to_owned).into();
    for path in template_files() {
        let text = fs::read_to_string(path).unwrap();
        assert!(!text.contains("|safe") && !text.contains("style="), "no raw HTML and no inline style");
        used.extend(text.split("href=\"#i-").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned));
    }
    for name in used.iter().filter(|name| !name.contains("{{")) {
        assert!(sprite.contains(&format!("id=\"i-{name}\"")), "no icon {name}");
    }
}

#[test]
fn a_message_looks_the_same_on_the_page_and_pushed() {
    let messages = log("Priya Raman", "Hi!");
    let page = index(
        Lang::En,
        View::Mine,
        Vec::new(),
        Some(pane_of(pane_view("assigned", ME, "Priya Raman"), messages.clone(), composer("", None))),
    );
    let html = page.render().unwrap();
    for message in &messages {
        assert!(html.contains(&super::message(Lang::En, message)), "{}", message.id);
    }
    let fragment = super::pane(Lang::En, &pane_view("assigned", ME, "Priya Raman"));
    for part in fragment.split("<div class=\"").skip(1).take(1) {
        assert!(html.contains(part.split("</div>").next().unwrap()));
    }
}

#[test]
fn a_typed_text_that_begins_with_a_line_break_keeps_it() {
    let pane = pane_of(pane_view("assigned", ME, ""), Vec::new(), composer("\nHi", None));
    let html = index(Lang::En, View::Mine, Vec::new(), Some(pane)).render().unwrap();
    // A parser drops the first line break in a textarea; the template writes one of its own.
    assert!(html.contains("enterkeyhint=\"send\">\n\nHi</textarea>"));
}

#[test]
fn a_queued_chat_offers_take_and_a_closed_one_reopen() {
    let queued = super::pane(Lang::En, &pane_view("queued", "", "Priya"));
    assert!(queued.contains("/take\"") && !queued.contains("/reopen\""));
    let closed = super::pane(Lang::En, &pane_view("closed", "", "Priya"));
    assert!(closed.contains("/reopen\"") && !closed.contains("/take\"") && !closed.contains("/close\""));
}

/// Writes the samples as pages, to be looked at: `cargo test --lib write_samples -- --ignored`.
#[test]
#[ignore = "writes files for the eye"]
fn write_samples() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/console-samples");
    fs::create_dir_all(&folder).unwrap();
    let write = |name: String, html: String| fs::write(folder.join(name), html).unwrap();
    for lang in Lang::ALL {
        let tag = lang.tag();
        let hi = "Hi! My Fjord 3 stops charging at 62 % and the light blinks orange three times 🟠";
        let open = |state: &str, owner: &str, refusal| {
            let pane = pane_of(pane_view(state, owner, "Priya Raman"), log("Priya Raman", hi), composer("", refusal));
            index(lang, View::All, rows(), Some(pane))
        };
        let arabic = vec![
            happened(1, "conversation_started", ("visitor", "")),
            said(
                2,
                "text",
                ("visitor", "v2", "يوسف الحداد"),
                "السلام عليكم، طلبت دراجة Fjord 3 بمقاس M أمس، رقم الطلب NB-20411.",
            ),
            happened(3, "agent_joined", ("agent", "Lena Brandt")),
            said(4, "text", ("agent", ME, "Lena Brandt"), "وعليكم السلام يوسف! وجدت طلبك، كيف يمكنني مساعدتك؟"),
            said(5, "text", ("visitor", "v2", "يوسف الحداد"), "هل يمكنني تغيير المقاس قبل الشحن؟ 🙏"),
        ];
        let arabic = pane_of(pane_view("assigned", ME, "يوسف الحداد"), arabic, composer("", None));
        write(format!("arabic-{tag}.html"), index(lang, View::Mine, rows(), Some(arabic)).render().unwrap());
        write(format!("open-{tag}.html"), open("assigned", ME, None).render().unwrap());
        write(format!("colleague-{tag}.html"), open("assigned", MAREK, None).render().unwrap());
        write(format!("queued-{tag}.html"), open("queued", "", None).render().unwrap());
        write(format!("closed-{tag}.html"), open("closed", "", None).render().unwrap());
        let answered = Refusal::Answered {
            agent: "Marek Kowalczyk".to_owned(),
            text: "Your wheel is true again. You can collect it until 17:00.".to_owned(),
        };
        let mut guarded = open("assigned", ME, Some(answered));
        guarded.notice = Some(Notice::Taken { agent: "Marek Kowalczyk".to_owned() });
        if let Some(pane) = &mut guarded.pane {
            pane.composer.text =
                "The new charger leaves our workshop today. You should have it by Thursday.".to_owned();
            pane.earlier = Some(1);
        }
        write(format!("guarded-{tag}.html"), guarded.render().unwrap());
        write(format!("list-{tag}.html"), index(lang, View::All, rows(), None).render().unwrap());
        let mut empty = index(lang, View::Waiting, Vec::new(), None);
        empty.counts = Counts::default();
        write(format!("empty-{tag}.html"), empty.render().unwrap());
        let long = pane_of(
            pane_view("queued", "", &"Maximiliane ".repeat(12)),
            vec![said(2, "text", ("visitor", "v", &"Maximiliane ".repeat(12)), &"unbroken".repeat(300))],
            composer(&"long text ".repeat(200), None),
        );
        let many = (0..60)
            .map(|n| {
                row(
                    n,
                    ["assigned", "queued"][n % 2],
                    &"Wolfeschlegelsteinhausen ".repeat(4),
                    ("visitor", &"longword".repeat(40)),
                    "2026-11-24T10:52:00.000Z",
                )
            })
            .collect();
        write(format!("long-{tag}.html"), index(lang, View::All, many, Some(long)).render().unwrap());
        let sign_in =
            |problem| SignIn { page: nobody(lang), email: "lena@northwind.example".to_owned(), next: None, problem };
        write(format!("sign-in-{tag}.html"), sign_in(Some(SignInProblem::Wrong)).render().unwrap());
        write(format!("setup-{tag}.html"), setup(lang).render().unwrap());
        let tag_text =
            "<script async src=\"https://chat.northwind.example/widget.js\" data-site=\"pk_4f1c2a9d\"></script>"
                .to_owned();
        write(
            format!("setup-done-{tag}.html"),
            SetupDone { page: nobody(lang), site: "Northwind Bikes".to_owned(), tag: tag_text }.render().unwrap(),
        );
        write(
            format!("error-{tag}.html"),
            ErrorPage { page: nobody(lang), status: 500, request_id: Some("8f2c-19ab".to_owned()) }.render().unwrap(),
        );
    }
    assert!((1..=6).contains(&tint(ME)));
}
