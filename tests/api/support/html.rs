//! HTML as a browser's tokenizer sees it, as far as tests have to: which elements and attributes there
//! are, whatever the text says.

/// A start tag: its name and its attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    pub name: String,
    pub attributes: Vec<(String, String)>,
}

impl Tag {
    /// Without the values.
    pub fn shape(&self) -> (String, Vec<String>) {
        (self.name.clone(), self.attributes.iter().map(|(name, _)| name.clone()).collect())
    }

    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// The start tags, comments and declarations of a piece of HTML, in order.
pub fn tags(html: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(begin) = rest.find('<') {
        rest = &rest[begin + 1..];
        match rest.chars().next() {
            Some(c) if c.is_ascii_alphabetic() => {
                let (tag, after) = start_tag(rest);
                found.push(tag);
                rest = after;
            }
            Some('!' | '?') => found.push(Tag { name: "!".to_owned(), attributes: Vec::new() }),
            _ => {}
        }
    }
    found
}

fn start_tag(text: &str) -> (Tag, &str) {
    let end = text.find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>').unwrap_or(text.len());
    let (name, mut rest) = text.split_at(end);
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        match rest.chars().next() {
            None => break,
            Some('>') => {
                rest = &rest[1..];
                break;
            }
            Some(_) => {
                let (name, value, after) = attribute(rest);
                attributes.push((name, value));
                rest = after;
            }
        }
    }
    (Tag { name: name.to_ascii_lowercase(), attributes }, rest)
}

fn attribute(text: &str) -> (String, String, &str) {
    let ends = |c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/');
    let end = text.char_indices().skip(1).find(|(_, c)| ends(*c)).map_or(text.len(), |(at, _)| at);
    let (name, rest) = text.split_at(end);
    let name = name.to_ascii_lowercase();
    let Some(value) = rest.trim_start().strip_prefix('=') else { return (name, String::new(), rest) };
    let value = value.trim_start();
    for quote in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(quote) {
            let end = inner.find(quote).unwrap_or(inner.len());
            return (name, inner[..end].to_owned(), inner.get(end + 1..).unwrap_or_default());
        }
    }
    let end = value.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(value.len());
    (name, value[..end].to_owned(), &value[end..])
}

#[test]
fn what_a_browser_would_make_of_it_is_seen() {
    let shapes = |html: &str| tags(html).iter().map(Tag::shape).collect::<Vec<_>>();
    let shape = |name: &str, attributes: &[&str]| {
        (name.to_owned(), attributes.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(shapes("a < b <3 </p>"), []);
    assert_eq!(shapes("<IMG/src=x onError = 'a>b'>"), [shape("img", &["src", "onerror"])]);
    assert_eq!(shapes("<p id=\"<b>\">x<b>"), [shape("p", &["id"]), shape("b", &[])]);
    assert_eq!(shapes("<!-- x --><a href=javascript:x>"), [shape("!", &[]), shape("a", &["href"])]);
    assert_eq!(shapes("&lt;script&gt;"), []);
}
