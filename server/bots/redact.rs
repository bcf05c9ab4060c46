//! Blacks out what no chatbot needs: card numbers and secrets that a visitor typed by mistake. In one pass,
//! without backtracking. It is a net, not a wall: what it does not know goes through.

/// What stands for it.
const BLACK: &str = "[redacted]";
/// Digits of a payment card's number (ISO/IEC 7812).
const CARD_DIGITS: std::ops::RangeInclusive<usize> = 13..=19;
/// How secrets of well-known services begin, and how long they are at least.
const PREFIXES: [(&str, usize); 9] = [
    ("sk-", 20),
    ("sk_live_", 20),
    ("rk_live_", 20),
    ("ghp_", 30),
    ("github_pat_", 30),
    ("xoxb-", 20),
    ("AKIA", 20),
    ("whsec_", 24),
    ("dbk_", 40),
];
/// Words after which a secret follows, before a colon or an equals sign.
const WORDS: [&str; 7] = ["password", "passwort", "passcode", "pin", "cvc", "cvv", "كلمة المرور"];

/// The text without what looks like a secret.
pub fn redact(text: &str) -> String {
    named_secrets(&tokens(&cards(text)))
}

/// Runs of digits, with single spaces or dashes between them, that are a card's number.
fn cards(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        if !chars[at].is_ascii_digit() {
            out.push(chars[at]);
            at += 1;
            continue;
        }
        let (mut end, mut digits) = (at, Vec::new());
        while end < chars.len() {
            let separates = matches!(chars[end], ' ' | '-') && chars.get(end + 1).is_some_and(char::is_ascii_digit);
            match chars[end].to_digit(10) {
                Some(digit) => digits.push(digit),
                None if separates => {}
                None => break,
            }
            end += 1;
        }
        if CARD_DIGITS.contains(&digits.len()) && luhn(&digits) {
            out.push_str(BLACK);
        } else {
            out.extend(&chars[at..end]);
        }
        at = end;
    }
    out
}

/// The check digit of ISO/IEC 7812-1, annex B.
fn luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(n, digit)| match (n % 2, digit * 2) {
            (0, _) => *digit,
            (_, double) if double > 9 => double - 9,
            (_, double) => double,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Words that are a key of a well-known service, or a signed token.
fn tokens(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        let known = PREFIXES.iter().any(|(prefix, least)| word.starts_with(prefix) && word.len() >= *least);
        // A JSON Web Token: two dots, and a head that is JSON in base64url.
        let signed = word.starts_with("eyJ") && word.len() > 40 && word.matches('.').count() == 2;
        if known || signed {
            out.push_str(BLACK);
            out.push_str(&piece[word.len()..]);
        } else {
            out.push_str(piece);
        }
    }
    out
}

/// "password: …" and its like: the word after it.
fn named_secrets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        out.push_str(&named_in_line(line));
    }
    out
}

fn named_in_line(line: &str) -> String {
    let Some((at, sign)) = line.char_indices().find(|(_, c)| matches!(c, ':' | '=')) else { return line.to_owned() };
    let before = line[..at].trim_end().to_lowercase();
    let named = WORDS.iter().any(|word| {
        before.strip_suffix(word).is_some_and(|rest| rest.chars().next_back().is_none_or(|c| !c.is_alphanumeric()))
    });
    if !named {
        return line.to_owned();
    }
    let rest = &line[at + sign.len_utf8()..];
    let secret = rest.trim_start().split(char::is_whitespace).next().unwrap_or_default();
    if secret.is_empty() { line.to_owned() } else { line.replacen(secret, BLACK, 1) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn secrets_are_black_and_the_rest_stays() {
        for (text, black) in [
            ("my card is 4111 1111 1111 1111, thanks", "my card is [redacted], thanks"),
            ("4111-1111-1111-1111", "[redacted]"),
            ("order 4111111111111112 is late", "order 4111111111111112 is late"),
            ("call +49 30 1234567", "call +49 30 1234567"),
            ("Password: hunter2 and more", "Password: [redacted] and more"),
            ("my pin = 1234", "my pin = [redacted]"),
            ("shopping: 1234", "shopping: 1234"),
            ("key sk-abcdefghijklmnopqrstuvwx\nnext", "key [redacted]\nnext"),
        ] {
            assert_eq!(redact(text), black);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_borne(text in "\\PC{0,300}") {
            redact(&text);
        }
    }
}
