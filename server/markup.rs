//! HTML that was escaped where it was made: the one type whose text a template takes as it stands. Nothing gets into
//! it but by escaping.

use std::fmt;

use askama::filters::{Escaper as _, Html as HtmlEscaper, HtmlSafe};

/// HTML that was escaped where it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Markup(String);

impl Markup {
    /// Text as HTML.
    pub fn escape(text: &str) -> Self {
        let mut html = Self::with_room(text.len());
        html.push(text);
        html
    }

    /// Nothing yet, with room for so many bytes.
    pub fn with_room(bytes: usize) -> Self {
        Self(String::with_capacity(bytes))
    }

    /// Adds text.
    pub fn push(&mut self, text: &str) {
        // Writing into a String cannot fail.
        let _ = HtmlEscaper.write_escaped_str(&mut self.0, text);
    }

    /// Adds text in a `<bdi>`: what is written the other way does not turn its neighbours about.
    pub fn push_isolated(&mut self, text: &str) {
        self.0.push_str("<bdi>");
        self.push(text);
        self.0.push_str("</bdi>");
    }
}

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::FastWritable for Markup {
    fn write_into(&self, dest: &mut dyn fmt::Write, _: &dyn askama::Values) -> askama::Result<()> {
        dest.write_str(&self.0)?;
        Ok(())
    }
}

impl HtmlSafe for Markup {}

#[cfg(test)]
mod tests {
    use crate::words::Lang;

    #[test]
    fn names_in_a_sentence_are_escaped_and_isolated() {
        let html = Lang::En.words().say_names("event-agent-joined", &[("agent", "<script>alert(1)</script> & يوسف")]);
        let html = html.to_string();
        assert!(html.contains("<bdi>&#60;script&#62;alert(1)&#60;/script&#62; &#38; يوسف</bdi>"), "{html}");
        assert!(!html.contains("<script>"));
    }

    #[test]
    fn a_name_that_looks_like_a_slot_stays_a_name() {
        let html = Lang::En.words().say_names("event-agent-joined", &[("agent", "\u{E000}\u{E001}")]).to_string();
        assert_eq!(html.matches("<bdi>").count(), 1, "{html}");
    }
}
