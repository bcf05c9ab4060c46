//! Samples of what bots put into a log.

use super::samples::said;
use super::*;

/// What a bot showed beside its words.
pub fn offer(title: &str, url: &str) -> OfferView {
    let button = |url: &str| ButtonView { title: title.to_owned(), url: url.to_owned() };
    let card = CardView { title: title.to_owned(), text: title.to_owned(), buttons: vec![button(url), button("")] };
    OfferView {
        choices: vec![title.to_owned(), "Talk to a person".to_owned()],
        cards: vec![card],
        files: vec![FileView { name: title.to_owned(), url: url.to_owned() }],
        fields: vec![FieldView { label: title.to_owned(), required: true, options: title.to_owned() }],
        ..OfferView::default()
    }
}

/// An event about a bot.
pub fn event(n: i64, name: &str, by: (&str, &str), bot: BotView) -> MessageView {
    let (name, by_kind, by_name) = (name.to_owned(), by.0.to_owned(), by.1.to_owned());
    let event = EventView { name, by_kind, by_name, bot, ..EventView::default() };
    MessageView { event: Some(event), ..said(n, "event", ("system", "", ""), "") }
}

/// Why a bot did not answer.
pub fn failed(n: i64, name: &str, why: &str, said: &str) -> MessageView {
    let bot = BotView {
        name: name.to_owned(),
        why: why.to_owned(),
        seconds: "10".to_owned(),
        status: "502".to_owned(),
        said: said.to_owned(),
        failed: None,
    };
    event(n, "bot_failed", ("", ""), bot)
}

/// One text in every place that takes text.
pub fn hostile(n: i64, text: &str) -> Vec<MessageView> {
    let named = |name: &str| BotView { name: name.to_owned(), said: text.to_owned(), ..BotView::default() };
    let bot = ("bot", "b1", text);
    let mut all = vec![
        MessageView { offer: offer(text, text), ..said(n, "text", bot, text) },
        MessageView { offer: offer(text, "javascript:alert(1)"), ..said(n, "text", bot, "") },
        MessageView {
            offer: offer(text, &format!("https://shop.example/{text}")),
            deleted: true,
            ..said(n, "text", bot, "")
        },
        MessageView {
            offer: OfferView { chose: text.to_owned(), answers: true, ..OfferView::default() },
            ..said(n, "text", ("visitor", "v1", text), text)
        },
        said(n, "note", bot, text),
        said(n, "note", ("bot", "b1", ""), text),
    ];
    for name in ["bot_handed_off", "conversation_given_to_bot", "bot_suppressed"] {
        for by in ["visitor", "bot", "system", "agent", text] {
            all.extend([event(n, name, (by, text), named(text)), event(n, name, (by, ""), named(""))]);
        }
    }
    let whys = ["no_answer", "not_later", "refused", "unreachable", "nonsense", "too_long", "resting", "disabled"];
    for why in whys.into_iter().chain(["closed_breaker", "out_of_tokens", text]) {
        all.push(failed(n, text, why, text));
    }
    all
}
