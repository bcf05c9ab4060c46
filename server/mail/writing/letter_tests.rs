//! What somebody else chose adds no header and no recipient, whatever it is.

use proptest::prelude::*;

use super::letter::{LOOP_HEADER, Letter, is_id, one_line};
use super::views::Composed;
use crate::mail::EmailAddress;
use crate::testing::NOON;

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn letter(name: &str, subject: &str, words: &str, references: Vec<String>) -> Letter {
    Letter {
        from: (name.to_owned(), address("help@shop.example")),
        to: address("ada@käse.example"),
        cc: vec![address("bob@b.example")],
        reply_to: Some(address("reply+abc@chat.shop.example")),
        envelope_from: address("reply+abc@chat.shop.example"),
        message_id: "mine@chat.shop.example".to_owned(),
        references,
        automatic: true,
        hops: 1,
        unsubscribe: Some("https://chat.shop.example/m/unsubscribe/abc".to_owned()),
        at: NOON,
        composed: Composed {
            subject: subject.to_owned(),
            text: words.to_owned(),
            html: format!("<p>{}</p>", words.len()),
        },
    }
}

/// The names of the headers of a mail, as a server that reads it sees them.
fn headers(letter: &Letter) -> Vec<String> {
    let bytes = letter.message().unwrap().formatted();
    let text = String::from_utf8(bytes).unwrap();
    let head = text.split("\r\n\r\n").next().unwrap();
    assert!(!head.replace("\r\n", "").contains(['\r', '\n']), "a bare line break: {head:?}");
    let lines = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
    lines.map(|line| line.split_once(':').unwrap_or_else(|| panic!("no header: {line:?}")).0.to_owned()).collect()
}

const ALL: [&str; 15] = [
    "From",
    "To",
    "Date",
    "Subject",
    "Cc",
    "Reply-To",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    LOOP_HEADER,
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "MIME-Version",
];

fn expected() -> Vec<String> {
    ALL.iter().copied().chain(["Content-Type", "Content-Transfer-Encoding"]).map(str::to_owned).collect()
}

#[test]
fn a_mail_has_the_headers_that_standards_want() {
    let letter =
        letter("Ada \"Lovelace\", Shop", "Grüße", "Hello", vec!["a@b.example".to_owned(), "c@d.example".to_owned()]);
    assert_eq!(headers(&letter), expected());
    let message = letter.message().unwrap();
    let text = String::from_utf8(message.formatted()).unwrap();
    for line in [
        "Message-ID: <mine@chat.shop.example>\r\n",
        "In-Reply-To: <c@d.example>\r\n",
        "References: <a@b.example>\r\n <c@d.example>\r\n",
        "Auto-Submitted: auto-generated\r\n",
        "List-Unsubscribe: <https://chat.shop.example/m/unsubscribe/abc>\r\n",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
        "Reply-To: reply+abc@chat.shop.example\r\n",
        "To: ada@xn--kse-qla.example\r\n",
        "Date: Tue, 24 Nov 2026 10:00:00 +0000\r\n",
    ] {
        assert!(text.contains(line), "{line:?} is missing in {text}");
    }
    let envelope = message.envelope();
    assert_eq!(envelope.from().unwrap().to_string(), "reply+abc@chat.shop.example");
    let to: Vec<String> = envelope.to().iter().map(ToString::to_string).collect();
    assert_eq!(to, ["ada@xn--kse-qla.example", "bob@b.example"]);
}

#[test]
fn line_breaks_of_every_kind_are_spaces() {
    for text in
        ["a\r\nBcc: x@y.example", "a\nBcc: x@y.example", "a\u{2028}b", "a\u{85}b", "a\0b", "a\x0bb\x0cc", "\t a"]
    {
        let line = one_line(text, 100);
        assert!(!line.contains(|c: char| c.is_control()) && !line.contains('\u{2028}'), "{line:?}");
    }
    assert_eq!(one_line("  a \r\n  b  ", 100), "a b");
    assert_eq!(one_line("abcdef", 3), "abc");
}

#[test]
fn ids_of_others_are_repeated_only_if_they_are_ids() {
    for good in ["a@b", "CAF=x+y_z.1@mail.gmail.com", "%7bx%7d@[x".trim_end_matches("[x")] {
        assert_eq!(is_id(good), good.len() >= 3 && !good.ends_with('['), "{good}");
    }
    for bad in ["", "ab", "a b@c", "a@b\r\nBcc: c", "a@b>", "<a@b", &format!("{}@b", "x".repeat(300)), "ä@b.example"] {
        assert!(!is_id(bad), "{bad}");
    }
}

proptest! {
    #[test]
    fn nothing_that_somebody_chose_adds_a_header(
        name in "\\PC{0,60}|[a-zA-Z\r\n\t :,;<>@\"().=?]{0,80}",
        subject in "\\PC{0,300}|[a-zA-Z\r\n\t :,;<>@\"().=?]{0,300}",
        words in "\\PC{0,200}|[a-z\r\n. ]{0,200}",
        reference in "\\PC{0,40}|[a-z\r\n<>@ .:]{3,40}",
    ) {
        let letter = letter(&name, &subject, &words, vec!["first@b.example".to_owned(), reference]);
        prop_assert_eq!(headers(&letter), expected());
        prop_assert_eq!(letter.message().unwrap().envelope().to().len(), 2);
    }
}
