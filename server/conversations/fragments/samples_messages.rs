//! Messages of the samples: what a log can hold, and what a hostile one would.

use super::samples::*;
use super::*;

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
    let (name, by_kind, by_name) = (name.to_owned(), by.0.to_owned(), by.1.to_owned());
    let event = EventView { name, by_kind, by_name, ..EventView::default() };
    MessageView { event: Some(event), ..said(n, "event", ("system", "", ""), "") }
}

/// A chat goes to somebody else.
pub fn transferred(n: i64, by: &str, to: &str) -> MessageView {
    let (name, by_kind) = ("conversation_transferred".to_owned(), "agent".to_owned());
    let event = EventView { name, by_kind, by_name: by.to_owned(), to_name: to.to_owned(), ..EventView::default() };
    MessageView { event: Some(event), ..said(n, "event", ("system", "", ""), "") }
}

/// A visitor rates the chat.
pub fn rated(n: i64, score: &str, comment: &str) -> MessageView {
    let (name, score, comment) = ("conversation_rated".to_owned(), score.to_owned(), comment.to_owned());
    let event = EventView { name, score, comment, ..EventView::default() };
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
        MessageView {
            offer: samples_bot::offer("Where is my order?", "https://shop.example/orders"),
            ..said(31, "text", ("bot", "b1", ""), "I am getting a person for you.")
        },
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
        transferred(14, "Lena Brandt", "Repairs"),
        rated(13, "5", "Quick and kind."),
        said(12, "text", lena, "It leaves our workshop today. You should have it by Thursday."),
    ]
}

pub fn hostile_message(n: i64, text: &str) -> Vec<MessageView> {
    let mut all = Vec::new();
    for kind in ["text", "note", "event", text] {
        for author in ["visitor", "agent", "bot", "system", text] {
            for deleted in [false, true] {
                let plain = MessageView {
                    edited: !deleted,
                    deleted,
                    id: text.to_owned(),
                    mentions: vec![text.to_owned()],
                    ..said(n, kind, (author, text, text), text)
                };
                let (name, by_kind, by_name) = (text.to_owned(), text.to_owned(), text.to_owned());
                let event = EventView { name, by_kind, by_name, ..EventView::default() };
                all.push(MessageView { event: Some(event), created_at: text.to_owned(), ..plain.clone() });
                all.push(plain);
            }
        }
    }
    for name in [
        "conversation_started",
        "agent_joined",
        "agent_left",
        "conversation_closed",
        "conversation_reopened",
        "conversation_merged",
        "conversation_continued",
        "conversation_snoozed",
        "conversation_woken",
        "priority_changed",
    ] {
        for by in ["agent", "visitor", "system"] {
            all.push(happened(n, name, (by, text)));
        }
    }
    all.extend([transferred(n, "", text), transferred(n, text, text), rated(n, text, text)]);
    for name in ["mail_sent", "mail_proof_sent", "mail_proved", "mail_transcript_sent", "mail_bounced", "mail_failed"] {
        let (name, to_name, comment) = (name.to_owned(), text.to_owned(), text.to_owned());
        let event = EventView { name, to_name, comment, ..EventView::default() };
        all.push(MessageView { event: Some(event), ..happened(n, "mail_sent", ("system", text)) });
    }
    all.extend(samples_bot::hostile(n, text));
    all.extend(samples_mail::messages(n, text));
    all
}
