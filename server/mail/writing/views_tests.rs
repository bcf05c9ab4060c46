//! Every mail as it looks, and what hostile words do to it: nothing.

use super::views::*;
use crate::conversations::fragments::samples::hostile_texts;
use crate::words::Lang;

fn frame(lang: Lang, text: &str) -> Frame {
    Frame {
        words: lang.words(),
        site: text.to_owned(),
        colour: "#b4235a".to_owned(),
        on_colour: "#fff",
        hint: text.to_owned(),
        reply: true,
        why: lang.words().say_with("mail-why-visitor", &[("site", text)]),
        unsubscribe: "https://chat.shop.example/m/unsubscribe/abc".to_owned(),
    }
}

fn said(author: &str, text: &str) -> Said {
    Said { author: author.to_owned(), text: text.to_owned(), at: "2026-11-24 10:00 UTC".to_owned() }
}

/// The names, and the words, of a sample.
struct Talk<'a> {
    site: &'a str,
    agent: &'a str,
    visitor: &'a str,
    question: &'a str,
    answers: [&'a str; 2],
    signature: &'a str,
}

/// Every mail with these words in it.
fn all(lang: Lang, talk: &Talk<'_>) -> Vec<(&'static str, Box<dyn Compose>)> {
    let link = || "https://chat.shop.example/m/0123456789abcdefghijklmnopqrstuvwxyzABCDEFG".to_owned();
    let frame = || frame(lang, talk.site);
    let answers = || talk.answers.iter().map(|text| said(talk.agent, text)).collect::<Vec<_>>();
    let earlier = || vec![said(talk.visitor, talk.question)];
    let signature = || talk.signature.to_owned();
    let item = || Item {
        title: lang.words().say_with("mail-alert-waiting", &[("who", talk.visitor)]),
        excerpt: talk.question.to_owned(),
        link: "https://chat.shop.example/console/conversations/1".to_owned(),
    };
    let unread = Unread {
        frame: frame(),
        agent: talk.agent.to_owned(),
        messages: answers(),
        more: 0,
        earlier: earlier(),
        link: link(),
        signature: signature(),
        again: false,
        own_subject: None,
        own_intro: None,
    };
    let again = Unread { more: 3, again: true, signature: String::new(), earlier: Vec::new(), ..unread.clone() };
    let subject = format!("Re: {}", talk.question);
    let written = Written {
        frame: frame(),
        subject,
        said: said(talk.agent, talk.answers[0]),
        earlier: earlier(),
        signature: signature(),
    };
    let messages = earlier().into_iter().chain(answers()).collect();
    let digest = Digest { frame: frame(), items: vec![item(), item()], count: 5, more: 3, link: link(), numbers: Vec::new() };
    let day = Digest {
        items: Vec::new(),
        count: 0,
        more: 0,
        numbers: vec!["12 new conversations.".to_owned(), "3 wait now.".to_owned()],
        ..digest.clone()
    };
    let (by, workspace, ends) = (talk.agent.to_owned(), talk.site.to_owned(), "2026-11-25 10:00 UTC".to_owned());
    vec![
        ("unread", Box::new(unread)),
        ("unread_again", Box::new(again)),
        (
            "proof",
            Box::new(Proof {
                frame: Frame { why: String::new(), hint: String::new(), ..frame() },
                own_intro: None,
                link: link(),
            }),
        ),
        ("written", Box::new(written)),
        ("transcript", Box::new(Transcript { frame: frame(), messages, more: 0, link: link() })),
        ("test", Box::new(Test { frame: frame(), by: talk.agent.to_owned() })),
        ("alert", Box::new(Alert { frame: frame(), item: item(), link: link() })),
        ("digest", Box::new(digest)),
        ("digest_day", Box::new(day)),
        ("invitation", Box::new(Invitation { frame: frame(), by, workspace, link: link(), ends: ends.clone() })),
        ("reset", Box::new(Reset { frame: frame(), link: link(), ends })),
    ]
}

const ENGLISH: Talk<'static> = Talk {
    site: "Shop",
    agent: "Ada",
    visitor: "You",
    question: "Where is order 1042?",
    answers: [
        "It left us this morning & arrives on Friday.",
        "You can follow it at https://track.example/1042?x=<1>.\nAnything else?",
    ],
    signature: "Ada Lovelace\nShop, 1 Main Street",
};

const ARABIC: Talk<'static> = Talk {
    site: "متجر",
    agent: "سلمى",
    visitor: "أنت",
    question: "أين طلبي رقم 1042؟",
    answers: ["أُرسل هذا الصباح ويصل يوم الجمعة.", "يمكنك متابعته على https://track.example/1042 هل من شيء آخر؟"],
    signature: "سلمى\nمتجر",
};

fn shown(mail: &dyn Compose) -> String {
    let Composed { subject, text, html } = mail.compose().unwrap();
    // The style is the same in all of them.
    let (head, rest) = html.split_once("<style>").unwrap();
    let body = rest.rsplit_once("</style>").unwrap().1;
    format!("Subject: {subject}\n\n{text}\n=====\n{head}…{body}\n")
}

#[test]
fn every_mail_as_it_is_written() {
    for (name, mail) in all(Lang::En, &ENGLISH) {
        insta::assert_snapshot!(format!("en_{name}"), shown(mail.as_ref()));
    }
    let (_, mail) = all(Lang::Ar, &ARABIC).remove(0);
    insta::assert_snapshot!("ar_unread", shown(mail.as_ref()));
}

#[test]
fn hostile_words_stay_words() {
    for lang in Lang::ALL {
        for text in hostile_texts() {
            let talk = Talk {
                site: &text,
                agent: &text,
                visitor: &text,
                question: &text,
                answers: [&text, &text],
                signature: &text,
            };
            for (name, mail) in all(lang, &talk) {
                let Composed { html, .. } = mail.compose().unwrap();
                let lower = html.to_lowercase();
                for bad in ["<script", "<img", "<iframe", "<svg", "href=\"javascript:", " onerror=alert(1)>"] {
                    assert!(!lower.contains(bad), "{name}: {bad} with {text}: {html}");
                }
                assert_eq!(lower.matches("<table").count(), lower.matches("</table").count(), "{name} with {text}");
            }
        }
    }
}

#[test]
fn the_plain_text_has_no_entities_and_the_proof_nothing_that_a_visitor_chose() {
    for (name, mail) in all(Lang::En, &ENGLISH) {
        let Composed { text, subject, .. } = mail.compose().unwrap();
        for bad in ["&amp;", "&#", "&lt;", "<p", "<b"] {
            assert!(!text.contains(bad) && !subject.contains(bad), "{name}: {text}");
        }
        assert!(!subject.trim().is_empty() && !subject.trim().contains('\n'), "{name}: {subject:?}");
    }
    let proof = Proof {
        frame: Frame { hint: String::new(), ..frame(Lang::En, "Shop") },
        own_intro: None,
        link: "https://a.example/m/x".to_owned(),
    };
    let Composed { text, html, subject } = proof.compose().unwrap();
    for words in [ENGLISH.question, ENGLISH.agent, ENGLISH.answers[0]] {
        assert!(!text.contains(words) && !html.contains(words) && !subject.contains(words));
    }
}

/// Writes every mail as a file, for whoever wants to look at them: `DESKBELL_WRITE_MAILS=FOLDER`.
#[test]
#[expect(clippy::disallowed_methods, reason = "no setting of Deskbell, but of this test")]
fn mails_to_look_at() {
    let Ok(folder) = std::env::var("DESKBELL_WRITE_MAILS") else { return };
    for (lang, talk) in [(Lang::En, &ENGLISH), (Lang::De, &ENGLISH), (Lang::Ar, &ARABIC)] {
        for (name, mail) in all(lang, talk) {
            let html = mail.compose().unwrap().html;
            let html = super::letter::inlined(&html).unwrap();
            std::fs::write(format!("{folder}/{}_{name}.html", lang.tag()), html).unwrap();
        }
    }
}

#[test]
fn pages_behind_links_keep_hostile_words_as_words() {
    for lang in Lang::ALL {
        for text in hostile_texts() {
            for html in crate::mail::links_console::samples(lang, &text) {
                let lower = html.replace("<script src=\"/demo/mail.js\" defer></script>", "").to_lowercase();
                for bad in ["<script", "<img", "style=", " onerror=alert(1)>", "href=\"javascript:"] {
                    assert!(!lower.contains(bad), "{bad} with {text}: {html}");
                }
            }
        }
    }
}
