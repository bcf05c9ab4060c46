//! Text whose lines flow (RFC 3676): a space at the end of a line says that the paragraph goes on.

use super::stripping::Line;

/// The lines of a text, joined again. `joins`: the space at the end is not of the text (`DelSp=yes`).
pub fn lines(text: &str, joins: bool) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut goes_on = false;
    for raw in text.lines() {
        let raw = raw.trim_end_matches('\r');
        let depth = raw.len() - raw.trim_start_matches('>').len();
        let rest = &raw[depth..];
        let rest = rest.strip_prefix(' ').unwrap_or(rest);
        let (signature, flows) = (rest == "-- ", rest.ends_with(' ') && rest != "-- ");
        let part = if flows && joins { &rest[..rest.len() - 1] } else { rest };
        match lines.last_mut() {
            Some(last) if goes_on && last.depth == depth && !signature => last.text.push_str(part),
            _ => lines.push(Line::new(depth, part)),
        }
        goes_on = flows;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_come_together_again() {
        let text = "The parcel \nis here.\n\n> Where \n> is it?\n>> Which?\n-- \nfoot \nnote";
        let found: Vec<(usize, String)> = lines(text, false).into_iter().map(|line| (line.depth, line.text)).collect();
        let expected =
            [(0, "The parcel is here."), (0, ""), (1, "Where is it?"), (2, "Which?"), (0, "-- "), (0, "foot note")];
        assert_eq!(found, expected.map(|(depth, text)| (depth, text.to_owned())));
        assert_eq!(lines("日本 \n語", true)[0].text, "日本語");
    }
}
