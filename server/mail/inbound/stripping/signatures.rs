//! The end of what somebody wrote: a signature under its line of dashes (RFC 3676, 4.3), what a mail program
//! marks as one, the paragraph that companies put under every mail, and the line in which a device says that it
//! sent the mail. Greetings and names stay: they are
//! words, and a wrong cut costs more than a line too many.

use super::phrases::devices::{DEVICES, SENT_FROM, SENT_FROM_ENDS};
use super::phrases::endings::{CLEAN, MEANT_FOR, PRINTING, PRIVACY, REGISTERS, SECRET};
use super::{Line, Mark, contact};

/// Lines of a signature under its dashes at most: what is longer is more than that.
const MOST_SIGNATURE_LINES: usize = 15;
/// Characters of the line over which a mailing list tells of itself.
const LEAST_RULE_CHARS: usize = 10;
/// Lines in which a mailing list tells of itself at most.
const MOST_FOOTER_LINES: usize = 6;
/// Characters of a paragraph on secrecy: less is what somebody says.
const LEAST_DISCLAIMER_CHARS: usize = 80;
/// Characters of what a program says that looks for viruses, and of where a company tells of what it keeps.
const MOST_NOTICE_CHARS: usize = 160;
/// Words of registers in a paragraph that says where a company is registered.
const LEAST_REGISTERS: usize = 2;
/// Characters of the line in which a device tells of itself.
const MOST_DEVICE_CHARS: usize = 90;
/// Words of a line that says from which program a mail was sent, whatever its name.
const MOST_PROGRAM_WORDS: usize = 4;

/// The lines without the signature at their end.
pub fn without<'a>(lines: &[&'a Line]) -> Vec<&'a Line> {
    let mut kept: Vec<&Line> = lines.to_vec();
    loop {
        while kept.last().is_some_and(|line| line.is_blank() && line.mark != Mark::Signature && line.depth == 0) {
            kept.pop();
        }
        let end = dashes(&kept).or_else(|| marked(&kept)).or_else(|| device(&kept));
        let end = end.or_else(|| notice(&kept)).or_else(|| list_footer(&kept));
        let end = end.or_else(|| framed(&kept)).or_else(|| contact::block(&kept));
        match end {
            Some(at) => kept.truncate(at),
            None => return kept,
        }
    }
}

/// Where a line of two dashes stands, with little under it.
fn dashes(lines: &[&Line]) -> Option<usize> {
    let at = lines.iter().rposition(|line| line.depth == 0 && matches!(line.text.trim_end(), "--" | "—" | "–"))?;
    let under = lines[at + 1..].iter().filter(|line| !line.is_blank()).count();
    (under <= MOST_SIGNATURE_LINES).then_some(at)
}

/// Where what a mail program marks as a signature begins, if nothing else follows.
fn marked(lines: &[&Line]) -> Option<usize> {
    let last = lines.iter().rposition(|line| !line.is_blank())?;
    if lines[last].mark != Mark::Signature {
        return None;
    }
    let before = lines[..last].iter().rposition(|line| line.mark != Mark::Signature && !line.is_blank());
    Some(before.map_or(0, |before| before + 1))
}

/// Where the last paragraph is one that companies put under every mail, with something before it: that the mail
/// is secret and for whom it is, that it should not be printed, or where the company is registered.
fn notice(lines: &[&Line]) -> Option<usize> {
    let before = lines.iter().rposition(|line| line.is_blank())?;
    let paragraph = &lines[before + 1..];
    let text = paragraph.iter().map(|line| line.text.to_lowercase()).collect::<Vec<_>>().join(" ");
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let is_secret = text.chars().count() >= LEAST_DISCLAIMER_CHARS && says(&SECRET) && says(&MEANT_FOR);
    let is_green = PRINTING.iter().any(|(one, other)| text.contains(one) && text.contains(other));
    let is_register = REGISTERS.iter().filter(|word| text.contains(**word)).count() >= LEAST_REGISTERS;
    let is_short = text.chars().count() <= MOST_NOTICE_CHARS;
    let is_clean = is_short && CLEAN.iter().any(|(one, other)| text.contains(one) && text.contains(other));
    let is_linked = text.contains("http") || text.contains("www.");
    let is_private = is_short && is_linked && says(&PRIVACY) && !text.contains('?');
    let is_green = is_green && text.ends_with(['.', '!']);
    let is_whole = paragraph.iter().all(|line| line.depth == 0);
    (is_whole && (is_secret || is_register || is_clean || is_private || is_green)).then_some(before)
}

/// Where a few lines stand between two rules at the end, with a way to reach somebody in them, as in Japan.
fn framed(lines: &[&Line]) -> Option<usize> {
    let is_rule = |line: &Line| {
        let text = line.text.trim();
        let same = |c: char| "-_=*━─＝ー＿—~".contains(c);
        line.depth == 0 && text.chars().count() >= LEAST_RULE_CHARS && text.chars().all(same)
    };
    let (last, above) = lines.split_last()?;
    let at = above.iter().rposition(|line| is_rule(line)).filter(|at| *at > 0 && is_rule(last))?;
    let inside = &above[at + 1..];
    let reaches = |line: &&Line| line.text.contains('@') || line.text.to_lowercase().contains("tel");
    (inside.len() <= MOST_SIGNATURE_LINES && inside.iter().any(reaches)).then_some(at)
}

/// Where a mailing list says under a line how to leave it (RFC 2369), if nothing else follows.
fn list_footer(lines: &[&Line]) -> Option<usize> {
    let is_rule = |line: &Line| {
        let text = line.text.trim();
        line.depth == 0 && text.len() >= LEAST_RULE_CHARS && text.chars().all(|c| c == '_')
    };
    let leads_out = |line: &Line| {
        let text = line.text.to_lowercase();
        ["unsubscribe", "mailing list", "listinfo"].iter().any(|word| text.contains(word))
    };
    let at = lines.iter().rposition(|line| is_rule(line))?;
    let under = &lines[at + 1..];
    (at > 0 && under.len() <= MOST_FOOTER_LINES && under.iter().any(|line| leads_out(line))).then_some(at)
}

/// Where a device tells of itself, in the last line.
fn device(lines: &[&Line]) -> Option<usize> {
    let last = lines.iter().rposition(|line| !line.is_blank())?;
    let line = lines[last];
    let text = line.text.trim().trim_matches(['<', '>', '*', '_', '(', ')', '[', ']']).to_lowercase();
    if line.depth > 0 || text.chars().count() > MOST_DEVICE_CHARS {
        return None;
    }
    let apart = last > 0 && lines[last - 1].is_blank();
    let named = apart && text.starts_with("sent from ") && text.split_whitespace().count() <= MOST_PROGRAM_WORDS;
    let begins = named || SENT_FROM.iter().any(|phrase| text.starts_with(phrase));
    let ends =
        SENT_FROM_ENDS.iter().any(|phrase| text.ends_with(phrase)) && DEVICES.iter().any(|name| text.contains(name));
    (begins || ends).then_some(last)
}
