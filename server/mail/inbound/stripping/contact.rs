//! The lines under a greeting and a name that say where somebody works and can be reached. Many programs put
//! them there without the line of dashes of RFC 3676. They go only where a greeting stands over them, and
//! where nothing among them reads like a sentence: a wrong cut costs more than a line too many.

use super::Line;
use super::phrases::endings::{CLOSINGS, COMPANY};

/// Lines that such a block has at least: one line under a name is read in a moment.
const LEAST_LINES: usize = 2;
/// And at most.
const MOST_LINES: usize = 14;
/// Characters of a greeting and of a name.
const MOST_CHARS: usize = 44;
/// Words of a name.
const MOST_NAME_WORDS: usize = 5;
/// Words of a line that is no sentence.
const MOST_WORDS: usize = 8;
/// Digits of a telephone number.
const LEAST_PHONE_DIGITS: usize = 6;

/// Where the block begins, if the text ends with one: under a greeting and a name.
pub fn block(lines: &[&Line]) -> Option<usize> {
    let written: Vec<usize> = (0..lines.len()).filter(|at| !lines[*at].is_blank()).collect();
    let from = written.len().saturating_sub(MOST_LINES + 2);
    let closing = (from..written.len()).rfind(|at| is_closing(lines[written[*at]]))?;
    let named = is_named(&lines[written[closing]].text);
    let begins = closing + if named { 1 } else { 2 };
    let rest = written.get(begins..).filter(|rest| rest.len() >= LEAST_LINES)?;
    if !named && !is_name(lines[written[closing + 1]]) {
        return None;
    }
    let texts = || rest.iter().map(|at| lines[*at].text.trim());
    let all = rest.iter().all(|at| lines[*at].depth == 0) && texts().all(is_of_block);
    (all && texts().any(reaches)).then(|| rest[0])
}

/// A short line that begins with a greeting.
fn is_closing(line: &Line) -> bool {
    line.depth == 0 && line.text.trim().chars().count() <= MOST_CHARS && greeting(&line.text).is_some()
}

/// What stands behind the greeting at the start of a line: nothing, or a name.
fn greeting(text: &str) -> Option<&str> {
    let text = text.trim();
    let lower = lowered(text);
    let longest = CLOSINGS.iter().filter(|closing| lower.starts_with(*closing)).max_by_key(|closing| closing.len())?;
    let (at, _) = text.char_indices().chain([(text.len(), ' ')]).nth(longest.chars().count())?;
    let rest = &text[at..];
    let ends = rest.chars().next().is_none_or(|c| !c.is_alphanumeric());
    let name = rest.trim_matches(|c: char| !c.is_alphanumeric());
    let is_name = name.split_whitespace().all(|word| !word.starts_with(char::is_lowercase));
    (ends && is_name).then_some(name)
}

/// In lower case, a letter for a letter: a Turkish capital would become two.
fn lowered(text: &str) -> String {
    text.to_lowercase().replace("i\u{307}", "i")
}

/// Whether the name stands behind the greeting.
fn is_named(text: &str) -> bool {
    greeting(text).is_some_and(|rest| !rest.is_empty())
}

fn is_name(line: &Line) -> bool {
    let text = line.text.trim();
    let is_short = text.chars().count() <= MOST_CHARS && text.split_whitespace().count() <= MOST_NAME_WORDS;
    is_short && line.depth == 0 && !text.contains(['@', '?', ':']) && !text.chars().any(|c| c.is_ascii_digit())
}

/// Whether a line may stand in such a block: it is no sentence and nothing added below the name.
fn is_of_block(text: &str) -> bool {
    let lower = text.to_lowercase();
    if ["ps", "p.s", "pps", "p.p.s", "p. s."]
        .iter()
        .any(|start| lower.strip_prefix(start).is_some_and(|rest| rest.starts_with([':', '.', ' ', ','])))
    {
        return false;
    }
    let is_listed = text.contains(['|', '•', '·']) || is_company(&lower);
    !text.ends_with(['?', '!']) && (is_listed || text.split_whitespace().count() <= MOST_WORDS)
}

/// Whether a line says how to reach somebody, or of which company somebody is.
fn reaches(text: &str) -> bool {
    let lower = text.to_lowercase();
    let is_phone = text.chars().filter(char::is_ascii_digit).count() >= LEAST_PHONE_DIGITS;
    is_phone || text.contains('@') || lower.contains("www.") || lower.contains("http") || is_company(&lower)
}

fn is_company(lower: &str) -> bool {
    let words = || lower.split(|c: char| !(c.is_alphanumeric() || c == '.'));
    words().any(|word| COMPANY.contains(&word.trim_end_matches('.')))
}

#[cfg(test)]
mod tests {
    use super::super::{lines, strip};

    #[track_caller]
    fn becomes(text: &str, expected: &str) {
        assert_eq!(strip(&lines(text), false).text, expected, "{text}");
    }

    #[test]
    fn where_somebody_can_be_reached_is_cut() {
        let block = "Workshop Ltd\nPurchasing\nT: +44 117 496 0000\nann@workshop.example";
        becomes(&format!("It works.\n\nKind regards,\nAnn\n\n{block}"), "It works.\n\nKind regards,\nAnn");
        becomes(&format!("It works.\n\nBest, Ann\n{block}"), "It works.\n\nBest, Ann");
        becomes(
            "Geht.\n\nMit freundlichen Grüßen\n\nAnn\n\nEinkauf\nTel. 0341 000000",
            "Geht.\n\nMit freundlichen Grüßen\n\nAnn",
        );
    }

    #[test]
    fn what_somebody_adds_is_not() {
        for text in [
            "It works.\n\nThanks\nAnn\n\nPS: call me at 0117 496 0000",
            "It works.\n\nThanks\nAnn\n\nOne more thing: you reach me at 0117 496 0000 until six today",
            "It works.\n\nThanks\nAnn\n\nOr is it 0117 496 0000?",
            "Please send it to\nAnn\nWorkshop Ltd\nLong Street 1",
            "Thanks, that was the number 0117 496 0000",
            "It works.\n\nRegards\nAnn",
            "It works.\n\nRegards\nAnn\nWorkshop Ltd",
            "Best tyre so far\nand then\n0117 496 0000",
        ] {
            becomes(text, text);
        }
    }
}
