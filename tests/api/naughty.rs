//! Naughty strings through every text field: back unharmed, and never markup on the agent's side.

use deskbell::ids::VisitorId;
use deskbell::visitors;
use serde_json::{Value, json};

use crate::support::agent::Agent;
use crate::support::app::TestApp;
use crate::support::frames::{draw_id, kind};
use crate::support::html::{Tag, tags};
use crate::support::naughty::naughty_strings;
use crate::support::visitor::Visitor;

/// More pages than a side panel lists.
const PAGES: usize = 8;

/// Elements and attributes that a text may bring along: links that the server makes.
fn is_link(tag: &Tag) -> bool {
    let harmless = |href: &str| ["http://", "https://", "mailto:"].iter().any(|scheme| href.starts_with(scheme));
    let known = |name: &String| ["class", "href", "target", "rel"].contains(&name.as_str());
    tag.name == "a"
        && tag.shape().1.iter().all(known)
        && tag.attribute("href").is_some_and(harmless)
        && tag
            .attribute("rel")
            .is_some_and(|rel| ["noopener nofollow ugc", "noopener noreferrer nofollow"].contains(&rel))
}

/// What the template itself makes.
fn shape(html: &str) -> Vec<(String, Vec<String>)> {
    let mut shapes: Vec<_> = tags(html).iter().filter(|tag| !is_link(tag)).map(Tag::shape).collect();
    // A page that is no link has its class on the name, one that is has it on the link.
    for (name, attributes) in &mut shapes {
        attributes.retain(|attribute| name != "bdi" || attribute != "class");
    }
    shapes
}

/// The whole of a pane, the rows and the message of a conversation, as an agent gets them.
async fn agents_view(agent: &mut Agent, conversation: &str, seq: i64) -> [String; 3] {
    // Live changes come without a pane; the answer to `watch` has one.
    let mut page = agent.watches(conversation, seq - 1).await;
    while !page["pane"].is_string() {
        page = agent.socket.frame_of("changes").await;
    }
    let pane = page["pane"].as_str().expect("a pane").to_owned();
    let message = page["items"].as_array().expect("items").last().expect("a message")["html"].clone();
    agent.socket.send(&json!({"type": "watch", "view": "all"})).await;
    let rows = loop {
        let rows = agent.socket.frame_of("rows").await;
        if rows["items"].as_array().is_some_and(|items| !items.is_empty()) {
            break rows;
        }
    };
    [message.as_str().expect("html").to_owned(), pane, rows["items"][0]["html"].as_str().expect("html").to_owned()]
}

async fn tells_of_oneself(visitor: &mut Visitor, text: &str, locale: &str) -> Value {
    let profile = json!({"name": text, "email": text, "phone": text});
    let page = json!({"url": text, "title": text, "referrer": text});
    let frame = json!({"type": "update", "id": draw_id(), "profile": profile, "page": page, "locale": locale,
        "attributes": {"note": text, "inner": {text: [text]}}});
    visitor.asks(frame).await
}

/// What is stored of a visitor, against what was said.
async fn is_stored(app: &TestApp, id: VisitorId, text: &str) {
    let mut conn = app.app.db.read().await.expect("a connection");
    let found = visitors::store::find(conn.conn(), app.desk.workspace_id, id).await.expect("read").expect("there");
    let cut = |chars: usize| Some(visitors::clean(text.trim(), chars));
    assert_eq!((found.name, found.email, found.phone, found.locale), (cut(200), cut(254), cut(50), cut(35)));
    assert_eq!(found.page.0.url, visitors::clean(text, 2_000));
    assert_eq!(found.page.0.title, visitors::clean(text, 300));
    assert_eq!(found.attributes.0["note"], text);
    assert_eq!(found.attributes.0["inner"], json!({text: [text]}));
}

on_each_database! {
    async fn naughty_strings_come_back_unharmed_and_are_never_markup(app: TestApp) {
        let Some(strings) = naughty_strings() else { return app.stop().await };
        let mut visitor = app.visitor().await;
        let ack = visitor.says("plain").await;
        let id: VisitorId = ack["visitor"].as_str().expect("an id").parse().expect("an id");
        let conversation = visitor.conversation();
        let mut agent = app.owner().await;
        // As many pages as the side panel lists: the strings below are told as pages, too.
        for page in 0..PAGES {
            tells_of_oneself(&mut visitor, &format!("https://plain.example/{page}"), "en").await;
        }
        visitor.is_at(1).await;
        let [plain_message, named_pane, named_row] = agents_view(&mut agent, &conversation, 1).await;
        let no_letters = json!({"type": "update", "id": draw_id(), "profile": {"name": "-"}});
        visitor.asks(no_letters).await;
        let [_, nameless_pane, nameless_row] = agents_view(&mut agent, &conversation, 1).await;
        let mut sent = vec!["plain".to_owned()];
        for text in &strings {
            let ack = tells_of_oneself(&mut visitor, text, text).await;
            assert_eq!(kind(&ack), "ack", "{text:?}: {ack}");
            is_stored(&app, id, text).await;
            let answer = visitor.says(text).await;
            if text.trim().is_empty() || text.contains('\0') {
                assert_eq!(kind(&answer), "nack", "{text:?}");
                continue;
            }
            assert_eq!(answer["message"]["text"], text.as_str(), "byte for byte");
            sent.push(text.clone());
            let seq = answer["rev"].as_i64().expect("a seq");
            let [message, pane, row] = agents_view(&mut agent, &conversation, seq).await;
            assert_eq!(shape(&message), shape(&plain_message), "{text:?}\n{message}");
            no_more_than(&pane, [&named_pane, &nameless_pane], text);
            no_more_than(&row, [&named_row, &nameless_row], text);
        }
        visitor.is_at(i64::try_from(sent.len()).expect("a number")).await;
        assert_eq!(visitor.shows.texts(), sent);
        let stored = app.stored(conversation.parse().expect("an id")).await;
        assert_eq!(stored.into_iter().map(|message| message.text).collect::<Vec<_>>(), sent);
        println!("{} strings through every text field", strings.len());
        app.stop().await;
    }

    async fn naughty_strings_in_edits_and_answers_are_never_markup(app: TestApp) {
        let Some(strings) = naughty_strings() else { return app.stop().await };
        let mut visitor = app.visitor().await;
        let ack = visitor.says("plain").await;
        let (conversation, message) = (visitor.conversation(), ack["message"]["id"].clone());
        let mut agent = app.owner().await;
        agent.watches(&conversation, 0).await;
        agent.takes(&conversation, 1).await;
        let mut rev = 1;
        for text in strings.iter().filter(|text| !text.trim().is_empty() && !text.contains('\0')) {
            let edit = json!({"type": "edit", "id": draw_id(), "message": message, "text": text, "if_rev": rev});
            let ack = visitor.asks(edit).await;
            assert_eq!(ack["message"]["text"], text.as_str(), "{ack}");
            rev = ack["rev"].as_i64().expect("a rev");
            let answer = agent.answers(&conversation, text, i64::MAX).await;
            assert_eq!(answer["message"]["text"], text.as_str(), "{answer}");
            visitor.sees_text(text).await;
        }
        let page = app.http.get(app.url(&format!("/console/conversations/{conversation}")));
        let page = page.header("Cookie", &agent.cookie).send().await.expect("a page").text().await.expect("text");
        let scripts = tags(&page).iter().filter(|tag| tag.name == "script").count();
        assert_eq!(scripts, 1, "the console's own");
        assert!(tags(&page).iter().all(|tag| tag.attributes.iter().all(|(name, _)| !name.starts_with("on"))));
        app.stop().await;
    }
}

/// Every element is one that the template makes, in its order: with initials, or without. What has no
/// words leaves elements out; nothing brings any along.
fn no_more_than(html: &str, templates: [&str; 2], text: &str) {
    let found = shape(html);
    let fits = templates.iter().any(|template| {
        let template = shape(template);
        let mut rest = template.iter();
        found.iter().all(|tag| rest.any(|known| known == tag))
    });
    assert!(fits, "{text:?} brought something along:\n{html}");
}

/// The control: what these tests look for is there where nothing is escaped.
#[test]
fn careless_markup_would_be_noticed() {
    let Some(strings) = naughty_strings() else { return };
    let noticed = strings.iter().filter(|text| shape(&format!("<p title=\"x\">{text}</p>")).len() > 1).count();
    let in_attributes =
        strings.iter().filter(|text| shape(&format!("<p title=\"{text}\"></p>")) != shape("<p title=\"x\"></p>"));
    let in_attributes = in_attributes.count();
    println!(
        "{noticed} of {} make elements where nothing is escaped, {in_attributes} break out of attributes",
        strings.len()
    );
    assert!(noticed > 50 && in_attributes > 20, "{noticed}, {in_attributes}");
}
