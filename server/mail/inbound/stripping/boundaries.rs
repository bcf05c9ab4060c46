//! Where older text begins and ends in a mail: lines that say who wrote what follows, heads of older mails,
//! lines of dashes, and quoted lines. Answers under a quote and between quotes are found again.

use super::phrases::heads::{FROM, SENT, SUBJECT, TO};
use super::phrases::quoting::{ORIGINAL, SENT_ON, WROTE};
use super::{Line, Mark, REPLY_MARK, signatures};

/// Lines over which a program may break who wrote what.
const MOST_ATTRIBUTION_LINES: usize = 4;
/// Characters of those lines together.
const MOST_ATTRIBUTION_CHARS: usize = 300;
/// Lines within which the head of an older mail says enough.
const HEAD_LINES: usize = 7;
/// Fields of a head that make it one, who wrote it among them.
const HEAD_FIELDS: usize = 3;

/// Which lines are kept.
pub struct Parts {
    kept: Vec<bool>,
}

impl Parts {
    /// All of them.
    pub fn all(lines: usize) -> Self {
        Self { kept: vec![true; lines] }
    }

    /// Whether this one is.
    pub fn keeps(&self, at: usize) -> bool {
        self.kept.get(at).copied().unwrap_or(false)
    }

    fn drop(&mut self, from: usize, to: usize) {
        for kept in &mut self.kept[from..to] {
            *kept = false;
        }
    }
}

/// Digits of a date with its time at least.
const DATE_DIGITS: usize = 5;

/// Words of a name with its address, at most.
const MOST_NAME_WORDS: usize = 6;
/// Words of a date with its time, at most.
const MOST_DATE_WORDS: usize = 7;

/// What begins at a line.
enum Begins {
    /// Older text, to the end of the mail.
    Rest,
    /// So many lines that say who wrote the quote under them.
    Attribution(usize),
    /// A mail that was sent on, which is kept with all under it.
    SentOn,
}

/// Finds what was written now.
pub fn find(lines: &[Line]) -> Parts {
    let mut parts = Parts::all(lines.len());
    let mut at = 0;
    while at < lines.len() {
        match begins(lines, at) {
            Some(Begins::Rest) => {
                parts.drop(at, lines.len());
                break;
            }
            Some(Begins::SentOn) => return parts,
            Some(Begins::Attribution(count)) => {
                parts.drop(at, at + count);
                at += count;
            }
            None => at += 1,
        }
    }
    quotes(lines, &mut parts);
    parts
}

/// Drops quoted lines, but for those that an answer stands under with another quote following it, or own words
/// before it: without them it could not be understood.
fn quotes(lines: &[Line], parts: &mut Parts) {
    let quoted = |at: usize| lines[at].depth > 0;
    let own: Vec<usize> = (0..lines.len()).filter(|at| parts.keeps(*at) && !quoted(*at)).collect();
    // Some programs put the signature under the quote: it is no answer.
    let said = signatures::without(&own.iter().map(|at| &lines[*at]).collect::<Vec<_>>()).len();
    let mut said = own[..said].iter().copied().filter(|at| !lines[*at].is_blank());
    let first_own = said.next();
    let last_own = said.next_back().or(first_own);
    let blocks = blocks(lines, parts);
    let between = blocks.iter().filter(|(_, end)| last_own.is_some_and(|last| last >= *end)).count();
    for (start, end) in blocks {
        let answered = last_own.is_some_and(|last| last >= end);
        let led_to = first_own.is_some_and(|first| first < start);
        if !(answered && (between > 1 || led_to)) {
            parts.drop(start, end);
        } else if says_who(&lines[start].text) {
            parts.drop(start, start + 1);
        }
    }
}

/// The runs of quoted lines, with blank lines in them; two with an own line between them are two.
fn blocks(lines: &[Line], parts: &Parts) -> Vec<(usize, usize)> {
    let mut blocks: Vec<(usize, usize)> = Vec::new();
    let mut apart = true;
    for (at, line) in lines.iter().enumerate().filter(|(at, _)| parts.keeps(*at)) {
        if line.depth > 0 {
            match blocks.last_mut() {
                Some((_, end)) if !apart => *end = at + 1,
                _ => blocks.push((at, at + 1)),
            }
            apart = false;
        } else if !line.is_blank() {
            apart = true;
        }
    }
    blocks
}

fn begins(lines: &[Line], at: usize) -> Option<Begins> {
    let line = &lines[at];
    if line.mark == Mark::Before {
        return Some(Begins::Rest);
    }
    if line.depth > 0 || line.is_blank() {
        return None;
    }
    let text = line.text.trim();
    if text.starts_with(REPLY_MARK) {
        // A program that answers for people has it above what they say.
        let is_first = lines[..at].iter().all(Line::is_blank);
        return Some(if is_first { Begins::Attribution(1) } else { Begins::Rest });
    }
    if let Some(inner) = between_dashes(text) {
        let has = |words: &[&str]| words.iter().any(|word| inner.contains(word));
        if has(&SENT_ON) {
            return Some(Begins::SentOn);
        }
        if has(&ORIGINAL) {
            return Some(Begins::Rest);
        }
    }
    let announced = is_rule(text) || ORIGINAL.contains(&text.to_lowercase().as_str());
    if is_head(lines, at) || (announced && next(lines, at).is_some_and(|next| is_head(lines, next))) {
        return Some(Begins::Rest);
    }
    attribution(lines, at)
}

/// The text of a line of dashes with words in it.
fn between_dashes(text: &str) -> Option<String> {
    let inner = text.trim_matches(|c: char| "-_=*\\ —–".contains(c));
    let framed = text.starts_with("--") || text.starts_with("__") || text.starts_with("==") || text.starts_with("\\--");
    (framed && inner.len() + 4 <= text.len()).then(|| inner.to_lowercase())
}

fn is_rule(text: &str) -> bool {
    text.chars().count() >= 10 && text.chars().all(|c| "-_=".contains(c))
}

fn next(lines: &[Line], at: usize) -> Option<usize> {
    (at + 1..lines.len()).find(|at| !lines[*at].is_blank())
}

/// Whether the head of an older mail begins here: who or when, and of who, when, to whom and about what three.
fn is_head(lines: &[Line], at: usize) -> bool {
    // A word with a colon and nothing behind it is somebody's own.
    if lines[at].text.trim().trim_end_matches('*').ends_with([':', '：']) {
        return false;
    }
    let first = field(&lines[at].text).unwrap_or_default();
    if !FROM.contains(&first.as_str()) && !SENT.contains(&first.as_str()) {
        return false;
    }
    let mut found = [false; 4];
    for line in lines.iter().skip(at).filter(|line| !line.is_blank()).take(HEAD_LINES) {
        let Some(name) = field(&line.text) else { continue };
        for (known, names) in found.iter_mut().zip([&FROM[..], &SENT[..], &TO[..], &SUBJECT[..]]) {
            *known |= names.contains(&name.as_str());
        }
    }
    found[0] && found.into_iter().filter(|known| *known).count() >= HEAD_FIELDS
}

/// The name of a field at the start of a line, however a program writes bold.
fn field(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches('*');
    let (name, _) = text.split_once([':', '：'])?;
    let name = name.trim_matches(|c: char| c == '*' || c.is_whitespace()).to_lowercase();
    (name.chars().count() <= 20).then_some(name)
}

/// Lines that say who wrote what follows.
fn attribution(lines: &[Line], at: usize) -> Option<Begins> {
    let mut text = String::new();
    for count in 1..=MOST_ATTRIBUTION_LINES {
        let line = lines.get(at + count - 1).filter(|line| line.depth == 0 && !line.is_blank())?;
        if count > 1 && (line.mark == Mark::Before || !may_go_on(&lines[at].text) || begins_itself(&line.text)) {
            return None;
        }
        text.push(' ');
        text.push_str(without_directions(&line.text).trim());
        if text.chars().count() > MOST_ATTRIBUTION_CHARS {
            return None;
        }
        // Yahoo goes on in the same line.
        if text.split_once(":  ").is_some_and(|(who, _)| says_who(&format!("{who}:")) && who.contains('@')) {
            return Some(Begins::Rest);
        }
        if count == 1 && is_sender_and_date(&text) {
            return Some(Begins::Rest);
        }
        if !text.ends_with([':', '：']) {
            continue;
        }
        let quoted = next(lines, at + count - 1).is_some_and(|next| lines[next].depth > 0);
        let sure = says_who(&text);
        let likely = (starts(lines, at) && (wrote(&text) || is_dated(&text))) || names_sender(&text);
        return match (quoted, sure) {
            (true, _) if sure || likely => Some(Begins::Attribution(count)),
            (false, true) => Some(Begins::Rest),
            _ => continue,
        };
    }
    None
}

/// A text without the signs by which programs turn the direction of names and dates.
fn without_directions(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().filter(|c| !turns(*c)).collect()
}

/// Whether a line that a program broke may begin like this: with a date or an address.
fn may_go_on(text: &str) -> bool {
    text.contains(['@', '<']) || text.chars().any(|c| c.is_ascii_digit())
}

/// Whether a line says by itself who wrote and when, so that it goes on from no other.
fn begins_itself(text: &str) -> bool {
    says_who(text) && digits(text) >= DATE_DIGITS
}

/// Whether a text says who wrote and when.
fn says_who(text: &str) -> bool {
    text.trim_end().ends_with([':', '：']) && wrote(text) && is_dated(text)
}

fn wrote(text: &str) -> bool {
    let lower = text.to_lowercase().replace(['\u{a0}', '\u{202f}'], " ");
    WROTE.iter().any(|word| lower.contains(word))
}

/// Whether a text is a date and, at its end, a name with its address: some programs say no more.
fn names_sender(text: &str) -> bool {
    text.trim_end().ends_with(">:") && text.contains('@') && digits(text) >= DATE_DIGITS
}

/// Whether a line is a name, its address in brackets, and when: nothing else says who wrote what follows.
fn is_sender_and_date(text: &str) -> bool {
    let Some((who, when)) = text.trim().split_once('>') else { return false };
    let named = who.contains(" <") && who.contains('@') && who.split_whitespace().count() <= MOST_NAME_WORDS;
    let dated =
        when.starts_with(',') && when.split_whitespace().count() <= MOST_DATE_WORDS && digits(when) >= DATE_DIGITS;
    named && dated && !when.ends_with(['.', '!', '?'])
}

/// A paragraph begins at this line: who wrote what stands by itself.
fn starts(lines: &[Line], at: usize) -> bool {
    at == 0 || lines[at - 1].is_blank() || lines[at - 1].depth > 0
}

/// Whether a line has an address in it, or a time with a date.
fn is_dated(text: &str) -> bool {
    text.contains('@') || digits(text) >= DATE_DIGITS
}

/// Digits that are not of an address.
fn digits(text: &str) -> usize {
    let words = text.split_whitespace().filter(|word| !word.contains('@'));
    words.flat_map(str::chars).filter(char::is_ascii_digit).count()
}
