//! A site's own colour: how it is written, and what can be read on it. The widget does the same
//! (`widget/src/colour/contrast.ts`).

/// Contrast of text with its ground that is at least wanted (WCAG 2.2, 1.4.3).
const TEXT: f64 = 4.5;

/// A colour as `#rrggbb`, in lower case. The error says what is wrong.
pub fn parse_colour(text: &str) -> Result<String, String> {
    match parts(text) {
        Some(_) => Ok(text.to_ascii_lowercase()),
        None => Err(format!("`{text}` is no colour; write one like #2f6fed")),
    }
}

/// White where it can be read on this colour, else black.
pub fn on(colour: &str) -> &'static str {
    let white = parts(colour).is_none_or(|rgb| 1.05 / (luminance(rgb) + 0.05) >= TEXT);
    if white { "#fff" } else { "#000" }
}

fn parts(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
    let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(())?;
    Some([part(0)?, part(2)?, part(4)?])
}

/// Relative luminance as WCAG 2 defines it.
fn luminance(rgb: [u8; 3]) -> f64 {
    let [r, g, b] = rgb.map(|part| {
        let share = f64::from(part) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_on_a_colour_can_be_read() {
        for (colour, text) in [("#000000", "#fff"), ("#ffffff", "#000"), ("#0b6580", "#fff"), ("#ffd400", "#000")] {
            assert_eq!(on(colour), text, "{colour}");
        }
        assert_eq!(parse_colour("#AbCdEf").as_deref(), Ok("#abcdef"));
        for bad in ["", "#abc", "abcdef", "#abcdeg", "#+abcde", "#äää", "red", "#1234567"] {
            assert!(parse_colour(bad).is_err(), "{bad}");
        }
    }
}
