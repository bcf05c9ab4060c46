//! The HTML of a mail as lines of text: blocks become lines, quotes keep their depth, and what mail programs
//! mark as older text or as a signature keeps its mark. Nothing of it is shown as HTML; for that there is
//! `cleaning.rs`.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::{RawKind, Rawtext, Rcdata, ScriptData};
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

use super::stripping::{Line, Mark};

/// Open elements that are followed: what is nested deeper is text all the same.
const MOST_OPEN: usize = 200;

/// Characters in which the style sheet's word on paragraphs is looked for.
const MOST_STYLE_CHARS: usize = 20_000;

/// Elements that begin and end a line.
const BLOCKS: [&str; 24] = [
    "div",
    "p",
    "tr",
    "li",
    "ul",
    "ol",
    "table",
    "blockquote",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "pre",
    "section",
    "article",
    "header",
    "footer",
    "center",
    "dl",
    "dd",
    "dt",
    "address",
];
/// Of those, the ones with a blank line around them.
const SPACED: [&str; 10] = ["p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "pre"];
/// Classes of paragraphs without one.
const DENSE: [&str; 3] = ["msonormal", "msoplaintext", "elementtoproof"];
/// Elements without an end.
const VOID: [&str; 9] = ["br", "hr", "img", "input", "meta", "link", "col", "wbr", "area"];
/// Elements whose text nobody reads.
const UNREAD: [&str; 6] = ["head", "style", "script", "title", "template", "noscript"];

/// What mail programs call the element that holds what was written before.
const BEFORE: [&str; 10] = [
    "divrplyfwdmsg",
    "x_divrplyfwdmsg",
    "appendonsend",
    "mail-editor-reference-message-container",
    "ms-outlook-mobile-reference-message",
    "olk_src_body_section",
    "yahoo_quoted",
    "protonmail_quote",
    "zmail_extra",
    "deskbell-before",
];
/// What they call the one that holds a signature.
const SIGNATURE: [&str; 9] = [
    "gmail_signature",
    "gmail_signature_prefix",
    "ms-outlook-mobile-signature",
    "moz-signature",
    "applemailsignature",
    "protonmail_signature_block",
    "composer_signature",
    "yahoo-signature",
    "signature",
];

/// The lines of an HTML text.
pub fn lines(html: &str) -> Vec<Line> {
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from_slice(html));
    let text = Text { dense: is_dense(html), ..Text::default() };
    let tokenizer = Tokenizer::new(Sink(RefCell::new(text)), TokenizerOpts::default());
    // It stops early only for a sink that runs scripts.
    drop(tokenizer.feed(&queue));
    tokenizer.end();
    tokenizer.sink.0.into_inner().finish()
}

/// Whether the style sheet says that paragraphs have no space around them: blank lines are written then.
fn is_dense(html: &str) -> bool {
    let head: String = html.chars().take(MOST_STYLE_CHARS).filter(|c| !c.is_whitespace()).collect();
    let head = head.to_lowercase();
    ["p{margin-top:0", "p{margin:0", "p.msonormal,li.msonormal,div.msonormal{margin:0"]
        .iter()
        .any(|rule| head.contains(rule))
}

/// An element that is open.
struct Open {
    name: String,
    depth: usize,
    signature: bool,
    unread: bool,
    pre: bool,
}

#[derive(Default)]
struct Text {
    lines: Vec<Line>,
    line: String,
    open: Vec<Open>,
    /// The next line is the first of older text.
    before: bool,
    /// Whether anything of the line that is being written is of a signature.
    signed: bool,
    depth: usize,
    /// A space that does not break, and so far nothing else, stands in the line that is being written.
    held_open: bool,
    /// Paragraphs have no space around them.
    dense: bool,
}

#[derive(Default)]
struct Sink(RefCell<Text>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut text = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(characters) => text.add(&characters),
            Token::TagToken(tag) if tag.kind == TagKind::EndTag => text.end(&tag.name),
            Token::TagToken(tag) => {
                text.start(&tag);
                return raw(&tag.name);
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// Elements in which there are no tags.
fn raw(name: &str) -> TokenSinkResult<()> {
    let kind: RawKind = match name {
        "title" | "textarea" => Rcdata,
        "style" | "xmp" | "iframe" | "noembed" | "noframes" => Rawtext,
        "script" => ScriptData,
        _ => return TokenSinkResult::Continue,
    };
    TokenSinkResult::RawData(kind)
}

impl Text {
    fn top(&self) -> (bool, bool, bool) {
        self.open.last().map_or((false, false, false), |open| (open.unread, open.pre, open.signature))
    }

    fn add(&mut self, characters: &str) {
        let (unread, pre, signature) = self.top();
        if unread {
            return;
        }
        for c in characters.chars() {
            match c {
                '\n' if pre => self.newline(),
                '\r' if pre => {}
                c if pre => self.line.push(c),
                // A space that does not break is one, too: programs write indents with it.
                '\u{a0}' if self.line.is_empty() => self.held_open = true,
                c if c.is_whitespace() && (self.line.is_empty() || self.line.ends_with(' ')) => {}
                c if c.is_whitespace() => self.line.push(' '),
                c => self.line.push(c),
            }
        }
        self.signed |= signature && !characters.trim().is_empty();
    }

    fn start(&mut self, tag: &Tag) {
        let name = tag.name.to_string();
        match name.as_str() {
            "br" => return self.newline(),
            "hr" => {
                self.block();
                // Outlook draws a line that cannot be selected above what it answers.
                self.before |= attribute(tag, "tabindex") == "-1" || attribute(tag, "id") == "stopspelling";
                return;
            }
            "td" | "th" if !self.line.is_empty() => self.line.push(' '),
            "p" => {
                // Outlook's own paragraphs have no space around them, either.
                self.dense |= attribute(tag, "class").split_whitespace().any(|class| DENSE.contains(&class));
                self.begin_block(&name);
            }
            _ if BLOCKS.contains(&name.as_str()) => self.begin_block(&name),
            _ => {}
        }
        if name == "li" {
            self.line.push_str("- ");
        }
        if VOID.contains(&name.as_str()) || tag.self_closing || self.open.len() >= MOST_OPEN {
            return;
        }
        let names = format!("{} {}", attribute(tag, "class"), attribute(tag, "id"));
        let called = |known: &[&str]| names.split_whitespace().any(|name| known.iter().any(|k| is_called(name, k)));
        self.before |= called(&BEFORE);
        let (unread, pre, signature) = self.top();
        let quote = name == "blockquote" && !attribute(tag, "style").replace(' ', "").contains("border:none");
        self.depth += usize::from(quote);
        self.open.push(Open {
            depth: usize::from(quote),
            signature: signature || called(&SIGNATURE),
            unread: unread || UNREAD.contains(&name.as_str()),
            pre: pre || name == "pre",
            name,
        });
    }

    fn end(&mut self, name: &str) {
        // The ends of paragraphs and cells are often missing, those of others are not believed blindly.
        let Some(at) = self.open.iter().rposition(|open| open.name == name) else { return };
        if BLOCKS.contains(&name) {
            self.begin_block(name);
        }
        for open in self.open.drain(at..) {
            self.depth = self.depth.saturating_sub(open.depth);
        }
    }

    /// Ends the line, and leaves a blank one where the element has space around it.
    fn begin_block(&mut self, name: &str) {
        self.block();
        let last_blank = self.lines.last().is_none_or(|line| line.text.trim().is_empty());
        if SPACED.contains(&name) && !last_blank && !(self.dense && name == "p") {
            self.lines.push(Line::new(self.depth, ""));
        }
    }

    /// Ends the line if there is something in it.
    fn block(&mut self) {
        if !self.line.trim().is_empty() || std::mem::take(&mut self.held_open) {
            self.newline();
        }
        self.line.clear();
    }

    fn newline(&mut self) {
        self.held_open = false;
        let text = std::mem::take(&mut self.line);
        let signed = std::mem::take(&mut self.signed);
        let mark = match () {
            () if self.before && !text.trim().is_empty() => Mark::Before,
            () if signed => Mark::Signature,
            () => Mark::None,
        };
        self.before &= mark != Mark::Before;
        let text = if text.trim() == "--" { "--".to_owned() } else { text.trim_end().to_owned() };
        self.lines.push(Line { depth: self.depth, text, mark });
    }

    fn finish(mut self) -> Vec<Line> {
        self.block();
        self.lines
    }
}

/// Programs put numbers and prefixes to the names of their elements.
fn is_called(name: &str, known: &str) -> bool {
    name == known || (known.len() > 9 && name.contains(known))
}

fn attribute(tag: &Tag, name: &str) -> String {
    let found = tag.attrs.iter().find(|attribute| &*attribute.name.local == name);
    found.map(|attribute| attribute.value.to_lowercase()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::stripping::strip;
    use super::*;

    fn shown(html: &str) -> String {
        strip(&lines(html), false).text
    }

    #[test]
    fn blocks_are_lines() {
        let html = "<html><head><style>p{}</style><title>x</title></head><body><p>One &amp; <b>two</b></p>\n<div>three<br>four</div>\
                    <ul><li>a<li>b</ul><script>alert('no')</script><pre>x  y\n z</pre></body></html>";
        assert_eq!(shown(html), "One & two\n\nthree\nfour\n\n- a\n- b\n\nx  y\n z");
    }

    #[test]
    fn what_programs_mark_is_cut() {
        for html in [
            "<div dir=ltr>Yes.</div><br><div class=gmail_quote><div class=gmail_attr>On 12 Mar 2026 at 10:11 Shop &lt;a@b.example&gt; \
             wrote:<br></div><blockquote class=gmail_quote>Which?</blockquote></div>",
            "<div>Yes.</div><div id=\"appendonsend\"></div><hr tabindex=\"-1\"><div id=\"divRplyFwdMsg\"><b>From:</b> Shop</div>Which?",
            "<p>Yes.</p><div id=\"ms-outlook-mobile-signature\">Get Outlook for iOS</div><hr tabindex=-1>Shop: which?",
            "<div>Yes.</div><div class=\"gmail_signature\">A customer<br>Street 1</div>",
            "<div>Yes.</div><div class=\"protonmail_quote\">On Thursday somebody wrote:<blockquote>Which?</blockquote></div>",
            "<div>Yes.</div><div id=\"ydp1234yahoo_quoted_567\"><div>On Thursday Shop wrote:</div><div>Which?</div></div>",
        ] {
            assert_eq!(shown(html), "Yes.", "{html}");
        }
    }

    #[test]
    fn hostile_nesting_ends() {
        let deep = format!("{}x{}", "<blockquote>".repeat(100_000), "</div>".repeat(1_000));
        assert!(shown(&deep).ends_with('x'));
    }
}
