//! Placeholders: `{{visitor.first_name|there}}` becomes the name, or what stands behind the bar where
//! there is none. What cannot be filled stays as it is, so that it is seen before it is sent. A value
//! is put in once and is never looked at for placeholders itself.

/// Characters of a value; names are longer only by malice.
const MAX_VALUE_CHARS: usize = 100;
/// Placeholders that are told of as open; more of them are only seen in the text.
const MOST_OPEN: usize = 20;

/// What the placeholders of one conversation stand for. Empty: there is none.
#[derive(Debug, Clone, Default)]
pub struct Values {
    /// `visitor.name`; its first word is `visitor.first_name`.
    pub visitor_name: String,
    /// `agent.name`: who writes.
    pub agent_name: String,
    /// `site.name`
    pub site_name: String,
    /// `queue.name`
    pub queue_name: String,
    /// `conversation.id`
    pub conversation_id: String,
}

impl Values {
    /// The value of a name; `None` for a name that nobody knows.
    fn get(&self, name: &str) -> Option<String> {
        let value = match name {
            "visitor.name" => self.visitor_name.trim(),
            "visitor.first_name" => self.visitor_name.split_whitespace().next().unwrap_or_default(),
            "agent.name" => self.agent_name.trim(),
            "site.name" => self.site_name.trim(),
            "queue.name" => self.queue_name.trim(),
            "conversation.id" => self.conversation_id.trim(),
            _ => return None,
        };
        // A name is one line, whatever it was given as.
        let one_line = value.split_whitespace().collect::<Vec<_>>().join(" ");
        Some(crate::visitors::clean(&one_line, MAX_VALUE_CHARS))
    }
}

/// A text whose placeholders are filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// The text.
    pub text: String,
    /// Placeholders that still stand in it: unknown ones, and those without a value or a fallback.
    pub open: Vec<String>,
}

enum Piece<'t> {
    Text(&'t str),
    Placeholder { whole: &'t str, name: &'t str, fallback: Option<&'t str> },
}

/// The text in pieces, in order.
fn pieces(mut text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    while let Some(start) = text.find("{{") {
        let Some(length) = text[start + 2..].find("}}") else { break };
        // Of `{{{{x}}` only the inner braces are a placeholder's.
        let inner_start = text[start + 2..start + 2 + length].rfind("{{").map_or(start + 2, |at| start + 2 + at + 2);
        let (begin, end) = (inner_start - 2, start + 2 + length + 2);
        let inner = &text[inner_start..end - 2];
        let (name, fallback) = match inner.split_once('|') {
            Some((name, fallback)) => (name.trim(), Some(fallback.trim())),
            None => (inner.trim(), None),
        };
        pieces.push(Piece::Text(&text[..begin]));
        pieces.push(Piece::Placeholder { whole: &text[begin..end], name, fallback });
        text = &text[end..];
    }
    pieces.push(Piece::Text(text));
    pieces
}

/// Fills a text for one conversation.
pub fn fill(text: &str, values: &Values) -> Filled {
    let mut filled = Filled { text: String::with_capacity(text.len()), open: Vec::new() };
    for piece in pieces(text) {
        let (whole, name, fallback) = match piece {
            Piece::Text(text) => {
                filled.text.push_str(text);
                continue;
            }
            Piece::Placeholder { whole, name, fallback } => (whole, name, fallback),
        };
        match (values.get(name), fallback) {
            (Some(value), _) if !value.is_empty() => filled.text.push_str(&value),
            (Some(_), Some(fallback)) => filled.text.push_str(fallback),
            _ => {
                filled.text.push_str(whole);
                note(&mut filled.open, whole);
            }
        }
    }
    filled
}

/// The placeholders in a text that nobody knows, as they stand in it.
pub fn unknown(text: &str) -> Vec<String> {
    let (known, mut unknown) = (Values::default(), Vec::new());
    for piece in pieces(text) {
        if let Piece::Placeholder { whole, name, .. } = piece
            && known.get(name).is_none()
        {
            note(&mut unknown, whole);
        }
    }
    unknown
}

fn note(list: &mut Vec<String>, whole: &str) {
    if list.len() < MOST_OPEN && !list.iter().any(|known| known == whole) {
        list.push(whole.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values(visitor: &str) -> Values {
        Values {
            visitor_name: visitor.to_owned(),
            agent_name: "Lena Brandt".to_owned(),
            site_name: "Northwind".to_owned(),
            queue_name: "Support".to_owned(),
            conversation_id: "c-1".to_owned(),
        }
    }

    #[test]
    fn placeholders_are_filled_and_fallbacks_stand_in_for_what_is_not_known() {
        for (text, visitor, filled, open) in [
            ("Hi {{visitor.first_name}}, {{agent.name}} here", "Priya Raman", "Hi Priya, Lena Brandt here", vec![]),
            ("{{ visitor.name }} of {{site.name}}/{{queue.name}}", "Priya", "Priya of Northwind/Support", vec![]),
            ("Hi {{visitor.first_name|there}}", "", "Hi there", vec![]),
            ("Hi {{visitor.first_name| }}", "  ", "Hi ", vec![]),
            ("Hi {{visitor.name}}", "", "Hi {{visitor.name}}", vec!["{{visitor.name}}"]),
            ("{{visitor.nmae|x}} {{}}", "P", "{{visitor.nmae|x}} {{}}", vec!["{{visitor.nmae|x}}", "{{}}"]),
            ("{{{{site.name}}}} {{ a", "P", "{{Northwind}} {{ a", vec![]),
            ("no } } braces {{", "P", "no } } braces {{", vec![]),
        ] {
            let expected = Filled { text: filled.to_owned(), open: open.into_iter().map(str::to_owned).collect() };
            assert_eq!(fill(text, &values(visitor)), expected, "{text}");
        }
    }

    #[test]
    fn a_value_that_looks_like_a_placeholder_stays_a_value() {
        let filled = fill("Hi {{visitor.name}}", &values("{{agent.name}}"));
        assert_eq!((filled.text.as_str(), filled.open.len()), ("Hi {{agent.name}}", 0));
        let filled = fill("Hi {{visitor.name}}", &values("Eve\n\nDear customer, \u{0}pay"));
        assert_eq!(filled.text, "Hi Eve Dear customer, pay");
        assert_eq!(fill("{{visitor.name}}", &values(&"x".repeat(9_000))).text.len(), MAX_VALUE_CHARS);
    }

    #[test]
    fn names_that_nobody_knows_are_told() {
        assert_eq!(unknown("{{visitor.name}} {{order.id}} {{order.id}} {{x|y}}"), ["{{order.id}}", "{{x|y}}"]);
    }

    proptest! {
        #[test]
        fn text_without_braces_comes_back_as_it_is(text in "[^{}]{0,80}") {
            prop_assert_eq!(fill(&text, &values("P")).text, text);
        }

        #[test]
        fn nothing_breaks_it(text in "[{}|a. ]{0,60}") {
            let empty = Values::default();
            prop_assert_eq!(fill(&text, &empty).open.len(), fill(&text, &empty).open.len());
        }
    }
}
