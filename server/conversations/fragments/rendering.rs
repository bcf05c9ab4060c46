//! Renders every template with every sample, and looks at what comes out.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use askama::Template;

use super::samples::*;
use super::*;
use crate::agents::pages::{ErrorPage, Page, SignIn, SignInProblem};
use crate::canned_replies::pages::replies_pages;
use crate::find::Found;
use crate::find::console::FoundList;
use crate::setup::pages::{Field, FieldProblem, Setup};
use crate::team::pages::{BoardFragment, BoardView, TeamPage};
use crate::views::View;

/// Every page and fragment, rendered with one hostile text in every place that takes text.
fn everything(lang: Lang, text: &str) -> Vec<String> {
    let page = Page { csrf: text.to_owned(), ..nobody(lang) };
    let mut all = Vec::new();
    for problem in [None, Some(SignInProblem::Wrong), Some(SignInProblem::TooMany(8)), Some(SignInProblem::Expired)] {
        let sign_in =
            SignIn { page: page.clone(), email: text.to_owned(), next: Some(text.to_owned()), problem, mails: true };
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
    all.extend(replies_pages(lang, text).iter().map(|page| page.render().unwrap()));
    for status in [400, 403, 404, 409, 410, 413, 422, 429, 500, 503] {
        all.push(ErrorPage { page: page.clone(), status, request_id: Some(text.to_owned()) }.render().unwrap());
    }
    for state in ["queued", "assigned", "bot", "snoozed", "closed", text] {
        all.push(hostile_index(lang, state, text).render().unwrap());
        all.push(super::row(lang, &hostile_row(state, text)));
        let pane = hostile_pane(state, text);
        all.extend([super::pane(lang, &pane), super::facts(lang, &pane)]);
        all.push(opened(&page, state, text));
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
    for view in View::TABS {
        all.push(index(lang, view, Vec::new(), None).render().unwrap());
    }
    all.extend(team_and_found(lang, text, &page));
    all.extend(samples_settings::settings(lang, text));
    all.extend(samples_received::received(lang, text));
    all.extend(hostile_message(7, text).iter().map(|message| super::message(lang, message)));
    all
}

fn found_list(lang: Lang, text: &str) -> String {
    let found = |text: &str| Found {
        id: id(1).parse().unwrap(),
        state: text.to_owned(),
        name: text.to_owned(),
        email: text.to_owned(),
        text: text.to_owned(),
    };

    FoundList { words: lang.words(), wanted: text.to_owned(), found: vec![found(text), found("")] }.render().unwrap()
}

fn opened(page: &Page, state: &str, text: &str) -> String {
    let pane = pane_of(hostile_pane(state, text), hostile_message(3, text), composer(text, None));
    Opened { page: page.clone(), query: text.to_owned(), pane }.render().unwrap()
}

/// The wallboard, and what was found.
fn team_and_found(lang: Lang, text: &str, page: &Page) -> Vec<String> {
    let mut all = Vec::new();
    let team = TeamPage {
        page: page.clone().of(super::samples::page(lang, text).agent.unwrap()),
        query: text.to_owned(),
        board: samples_team::board(text),
    };
    all.push(team.render().unwrap());
    all.push(BoardFragment { words: lang.words(), board: &BoardView::default(), csrf: text }.render().unwrap());
    all.extend(samples_side::passing(lang, text));
    all.push(found_list(lang, text));
    all
}

#[test]
fn every_template_survives_hostile_texts() {
    // The only elements with a script of ours are the ones the layout names.
    let ours = "<script src=\"/console/static/console.js\" defer></script>";
    let widget = "<script async src=\"/widget.js/";
    let own_picture = "<img class=\"av pic\" src=\"";
    for lang in Lang::ALL {
        for text in hostile_texts() {
            for html in everything(lang, &text) {
                let rest = html.replace(ours, "").replace(widget, "").replace(own_picture, "").to_lowercase();
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
/// Templates that are rendered by themselves in [`everything`]; the others are parts of them.
const ROOTS: &[&str] = &[
    "sign_in.html",
    "setup.html",
    "error.html",
    "conversations/index.html",
    "conversations/_message.html",
    "conversations/_row.html",
    "conversations/_pane_state.html",
    "conversations/_opened.html",
    "conversations/_pane_known.html",
    "conversations/_pane_past.html",
    "conversations/pass.html",
    "conversations/_found.html",
    "conversations/mail.html",
    "team/index.html",
    "canned_replies/index.html",
    "invited.html",
    "settings/agents.html",
    "settings/agent.html",
    "settings/queues.html",
    "settings/queue.html",
    "settings/tags.html",
    "settings/audit.html",
    "settings/sites.html",
    "settings/site.html",
    "settings/site_mail.html",
    "settings/_mail_test.html",
    "settings/install.html",
    "account.html",
    "sign_in_code.html",
    "forgotten.html",
    "settings/preview.html",
    "settings/_seen_now.html",
    "settings/keys.html",
    "settings/blocked.html",
    "settings/filters.html",
    "settings/mails.html",
    "settings/mail_aside.html",
    "practice.html",
    "settings/workspace.html",
    "settings/identity.html",
    "settings/bots.html",
    "settings/bot.html",
    "settings/webhooks.html",
    "settings/webhook.html",
    // Nobody else decides anything in it; crate::api::reference renders it.
    "api.html",
];

#[test]
fn no_template_is_without_a_sample() {
    let mut reached: BTreeSet<String> = ROOTS.iter().map(|root| (*root).to_owned()).collect();
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

/// Every run leaves the samples as pages in `target/console-samples`, to be looked at.
#[test]
fn every_sample_is_a_page() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/console-samples");
    fs::create_dir_all(&folder).unwrap();
    for lang in Lang::ALL {
        for (name, html) in [inbox_samples(lang), odd_samples(lang), door_samples(lang)].concat() {
            assert!(html.starts_with("<!doctype html>"), "{name}");
            fs::write(folder.join(format!("{name}-{}.html", lang.tag())), html).unwrap();
        }
    }
}

type Named = Vec<(&'static str, String)>;

fn open_chat(lang: Lang, state: &str, owner: &str, refusal: Option<Refusal>) -> Index {
    let hi = "Hi! My Fjord 3 stops charging at 62 % and the light blinks orange three times 🟠";
    let pane = pane_of(pane_view(state, owner, "Priya Raman"), log("Priya Raman", hi), composer("", refusal));
    index(lang, View::All, rows(), Some(pane))
}

fn inbox_samples(lang: Lang) -> Named {
    let answered = Refusal::Answered {
        agent: "Marek Kowalczyk".to_owned(),
        text: "Your wheel is true again. You can collect it until 17:00.".to_owned(),
    };
    let mut guarded = open_chat(lang, "assigned", ME, Some(answered));
    guarded.notice = Some(Notice::Taken { agent: "Marek Kowalczyk".to_owned() });
    if let Some(pane) = guarded.panes.first_mut() {
        pane.composer.text = "The new charger leaves our workshop today.".to_owned();
        pane.earlier = Some(1);
    }
    let mut empty = index(lang, View::Waiting, Vec::new(), None);
    empty.counts = Counts::default();
    let pages = [
        ("open", open_chat(lang, "assigned", ME, None)),
        ("colleague", open_chat(lang, "assigned", MAREK, None)),
        ("queued", open_chat(lang, "queued", "", None)),
        ("closed", open_chat(lang, "closed", "", None)),
        ("guarded", guarded),
        ("list", index(lang, View::All, rows(), None)),
        ("empty", empty),
    ];
    pages.into_iter().map(|(name, page)| (name, page.render().unwrap())).collect()
}

fn odd_samples(lang: Lang) -> Named {
    let name = "يوسف الحداد";
    let (yousef, lena) = (("visitor", "v2", name), ("agent", ME, "Lena Brandt"));
    let messages = vec![
        happened(1, "conversation_started", ("visitor", "")),
        said(2, "text", yousef, "السلام عليكم، طلبت دراجة Fjord 3 بمقاس M أمس، رقم الطلب NB-20411."),
        happened(3, "agent_joined", ("agent", "Lena Brandt")),
        said(4, "text", lena, "وعليكم السلام يوسف! وجدت طلبك، كيف يمكنني مساعدتك؟"),
        said(5, "text", yousef, "هل يمكنني تغيير المقاس قبل الشحن؟ 🙏"),
    ];
    let arabic = pane_of(pane_view("assigned", ME, name), messages, composer("", None));
    let long_name = "Maximiliane ".repeat(12);
    let words = vec![said(2, "text", ("visitor", "v", &long_name), &"unbroken".repeat(300))];
    let long = pane_of(pane_view("queued", "", &long_name), words, composer(&"long text ".repeat(200), None));
    let long_row = |n: usize| {
        let (state, line) = (["assigned", "queued"][n % 2], "longword".repeat(40));
        sample_row(n, state, &"Wolfeschlegelsteinhausen ".repeat(4), ("visitor", &line), "2026-11-24T10:52:00.000Z")
    };
    let many = (0..60).map(long_row).collect();
    vec![
        ("arabic", index(lang, View::Mine, rows(), Some(arabic)).render().unwrap()),
        ("long", index(lang, View::All, many, Some(long)).render().unwrap()),
    ]
}

fn door_samples(lang: Lang) -> Named {
    let email = "lena@northwind.example".to_owned();
    let sign_in = SignIn { page: nobody(lang), email, next: None, problem: Some(SignInProblem::Wrong), mails: false };
    let error = ErrorPage { page: nobody(lang), status: 500, request_id: Some("8f2c-19ab".to_owned()) };
    vec![
        ("sign-in", sign_in.render().unwrap()),
        ("setup", setup(lang).render().unwrap()),
        ("error", error.render().unwrap()),
    ]
}
