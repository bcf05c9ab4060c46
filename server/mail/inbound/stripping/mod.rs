//! What somebody wrote now, out of a mail that quotes what was written before and ends with a signature. The
//! rules look at lines, which come from plain text, from text that flows, or from HTML. What is cut is one
//! click away in the original; where nothing would be left, nothing is cut.

mod blocks;
mod boundaries;
mod contact;
mod phrases;
mod signatures;

/// What the mails that we send say above the quotes: everything under it is ours.
pub const REPLY_MARK: &str = "##-";

/// Letters by which a program says who is quoted.
const MOST_INITIALS: usize = 3;

/// One line of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// How deep it is quoted.
    pub depth: usize,
    /// Without the signs of quoting.
    pub text: String,
    /// What its HTML says.
    pub mark: Mark,
}

/// What a mail program says of a line in its HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mark {
    /// Nothing.
    #[default]
    None,
    /// What was written before begins here.
    Before,
    /// It is of a signature.
    Signature,
}

impl Line {
    /// A line without a mark.
    pub fn new(depth: usize, text: impl Into<String>) -> Self {
        Self { depth, text: text.into(), mark: Mark::None }
    }

    fn is_blank(&self) -> bool {
        self.text.trim_matches(|c: char| c.is_whitespace() || c == '\u{200b}' || c == '\u{feff}').is_empty()
    }

    fn shown(&self) -> String {
        let text = self.text.trim_end();
        match self.depth {
            0 => text.to_owned(),
            depth => format!("{} {text}", ">".repeat(depth)).trim_end().to_owned(),
        }
    }
}

/// What is shown of a mail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// The text, without blank lines at its ends.
    pub text: String,
    /// Whether more stood there.
    pub cut: bool,
}

/// The lines of a plain text.
pub fn lines(text: &str) -> Vec<Line> {
    blocks::without(text).lines().map(line).collect()
}

/// A line's depth is the number of signs at its start, with or without spaces between them. Some programs put
/// the initials of who is quoted before the first.
fn line(text: &str) -> Line {
    let text = text.trim_end_matches('\r');
    let quoted = |(who, rest): (&str, &str)| is_initials(who) && (rest.is_empty() || rest.starts_with([' ', '>']));
    let of_somebody = text.trim_start_matches(' ').split_once('>').is_some_and(quoted);
    let text = if of_somebody { &text[text.find('>').unwrap_or(0)..] } else { text };
    let (mut rest, mut depth) = (text, 0);
    while let Some(after) = rest.strip_prefix('>').or_else(|| if depth > 0 { rest.strip_prefix(" >") } else { None }) {
        rest = after;
        depth += 1;
    }
    Line::new(depth, if depth > 0 { rest.strip_prefix(' ').unwrap_or(rest) } else { rest })
}

fn is_initials(text: &str) -> bool {
    (1..=MOST_INITIALS).contains(&text.chars().count()) && text.chars().all(char::is_uppercase)
}

/// All lines as text, quotes with their signs.
pub fn whole(lines: &[Line]) -> String {
    joined(lines.iter())
}

/// Whether a subject says that a mail was sent on: then what stands under its head is what the sender wants to
/// show.
pub fn is_forwarded(subject: &str, lines: &[Line]) -> bool {
    let subject = subject.trim().to_lowercase();
    let (either, tells) = phrases::quoting::ANSWERED_OR_SENT_ON;
    let is_answer = || lines.iter().any(|line| line.text.to_lowercase().trim_start_matches('*').starts_with(tells));
    phrases::quoting::FORWARDED.iter().any(|prefix| subject.starts_with(prefix))
        && !(subject.starts_with(either) && is_answer())
}

/// What was written now.
pub fn strip(lines: &[Line], forwarded: bool) -> Words {
    let all = whole(lines);
    let parts = if forwarded { boundaries::Parts::all(lines.len()) } else { boundaries::find(lines) };
    let kept: Vec<&Line> = (0..lines.len()).filter(|at| parts.keeps(*at)).map(|at| &lines[at]).collect();
    let kept = signatures::without(&kept);
    let text = joined(kept.into_iter()).trim_start().to_owned();
    if text.is_empty() {
        return Words { text: all, cut: false };
    }
    Words { cut: text != all, text }
}

/// Lines as text: one blank line stays where there are several.
fn joined<'a>(lines: impl Iterator<Item = &'a Line>) -> String {
    let lines: Vec<&Line> = lines.collect();
    let mut text = String::new();
    let mut blank = false;
    for (at, line) in lines.iter().enumerate() {
        if line.is_blank() && (line.depth == 0 || is_edge(&lines, at)) {
            blank = true;
            continue;
        }
        if !text.is_empty() {
            text.push_str(if blank { "\n\n" } else { "\n" });
        }
        blank = false;
        text.push_str(&line.shown());
    }
    text
}

/// Whether nothing of the quote stands before or after a blank line of it.
fn is_edge(lines: &[&Line], at: usize) -> bool {
    let said = |line: &&&Line| !(line.is_blank() && line.depth > 0);
    let (before, after) = (lines[..at].iter().rev().find(said), lines[at + 1..].iter().find(said));
    [before, after].into_iter().any(|beside| beside.is_none_or(|line| line.depth == 0))
}

#[cfg(test)]
mod tests;
