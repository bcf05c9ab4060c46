//! Finds what a reader would want to click in a message. Only `http`, `https` and mail addresses
//! become links; everything else stays text. The template escapes both.

use linkify::{LinkFinder, LinkKind};

/// A piece of a message's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    Text(String),
    Link {
        href: String,
        text: String,
    },
    /// A colleague whom a note names.
    Mention(String),
}

/// The text in pieces, in order; joined they are the text again.
pub fn parts(text: &str) -> Vec<Part> {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url, LinkKind::Email]);
    let mut parts: Vec<Part> = Vec::new();
    for span in finder.spans(text) {
        let piece = span.as_str();
        let href = match span.kind() {
            Some(LinkKind::Url) if is_web(piece) => Some(piece.to_owned()),
            Some(LinkKind::Email) => Some(format!("mailto:{piece}")),
            _ => None,
        };
        match (href, parts.last_mut()) {
            (Some(href), _) => parts.push(Part::Link { href, text: piece.to_owned() }),
            (None, Some(Part::Text(before))) => before.push_str(piece),
            (None, _) => parts.push(Part::Text(piece.to_owned())),
        }
    }
    parts
}

/// The same, with the names of colleagues as they are written set apart.
pub fn parts_naming(text: &str, mentions: &[String]) -> Vec<Part> {
    let mut all = Vec::new();
    for part in parts(text) {
        match part {
            Part::Text(text) => set_apart(&text, mentions, &mut all),
            other => all.push(other),
        }
    }
    all
}

fn set_apart(mut text: &str, mentions: &[String], into: &mut Vec<Part>) {
    let first = |text: &str| {
        let found =
            mentions.iter().filter(|name| !name.is_empty()).filter_map(|name| Some((text.find(name.as_str())?, name)));
        // Of two at one place the longer one is meant.
        found.min_by_key(|(at, name)| (*at, std::cmp::Reverse(name.len()))).map(|(at, name)| (at, name.len()))
    };
    while let Some((at, length)) = first(text) {
        let (before, rest) = text.split_at(at);
        let (name, rest) = rest.split_at(length);
        if !before.is_empty() {
            into.push(Part::Text(before.to_owned()));
        }
        into.push(Part::Mention(name.to_owned()));
        text = rest;
    }
    if !text.is_empty() {
        into.push(Part::Text(text.to_owned()));
    }
}

fn is_web(url: &str) -> bool {
    let scheme = url.split("://").next().unwrap_or_default();
    scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_set_apart_and_nothing_is_lost() {
        let names = ["@Lena".to_owned(), "@Lena Brandt".to_owned(), String::new()];
        let text = |text: &str| Part::Text(text.to_owned());
        let parts = parts_naming("Ask @Lena Brandt, not lena@mail.example or @Lena", &names);
        let link = Part::Link { href: "mailto:lena@mail.example".to_owned(), text: "lena@mail.example".to_owned() };
        let named = |name: &str| Part::Mention(name.to_owned());
        let expected = [text("Ask "), named("@Lena Brandt"), text(", not "), link, text(" or "), named("@Lena")];
        assert_eq!(parts, expected);
    }

    fn links(text: &str) -> Vec<String> {
        let joined: String = parts(text)
            .into_iter()
            .map(|part| match part {
                Part::Text(text) | Part::Link { text, .. } | Part::Mention(text) => text,
            })
            .collect();
        assert_eq!(joined, text, "nothing may be lost or added");
        parts(text)
            .into_iter()
            .filter_map(|part| match part {
                Part::Link { href, .. } => Some(href),
                Part::Text(_) | Part::Mention(_) => None,
            })
            .collect()
    }

    #[test]
    fn web_and_mail_addresses_become_links() {
        assert_eq!(links("see https://shop.example/a?b=1#c."), ["https://shop.example/a?b=1#c"]);
        assert_eq!(links("(HTTP://shop.example/)"), ["HTTP://shop.example/"]);
        assert_eq!(links("write to lena@shop.example, please"), ["mailto:lena@shop.example"]);
        assert_eq!(links("راجع https://shop.example/طلب الآن").len(), 1);
    }

    #[test]
    fn nothing_else_does() {
        for text in [
            "",
            "shop.example",
            "javascript:alert(1)",
            "javascript://shop.example/%0aalert(1)",
            "data:text/html,<script>",
            "ftp://shop.example/",
            "file:///etc/passwd",
            "a@b",
            "<a href=x>",
        ] {
            assert_eq!(links(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn quotes_and_brackets_end_a_link() {
        assert_eq!(links("https://a.example/\"onmouseover=x"), ["https://a.example/"]);
        assert_eq!(links("https://a.example/<script>"), ["https://a.example/"]);
    }
}
