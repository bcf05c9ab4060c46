//! The files of a mail: their names made harmless, and their bytes found again. Their content is never looked
//! at, and their type is what the mail says.

use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders as _};

use super::{File, MOST_FILES, headers};

/// Characters of a file's name that are kept.
const MOST_NAME_CHARS: usize = 120;

/// The files of a mail, in their order.
pub fn of(message: &Message<'_>) -> Vec<File> {
    let parts = message.attachments.iter().filter_map(|id| Some((*id, message.parts.get(*id as usize)?)));
    let files = parts.enumerate().map(|(at, (id, part))| File {
        name: name(part, at),
        mime: mime(part),
        bytes: part.contents().len(),
        part: id,
    });
    files.take(MOST_FILES).collect()
}

/// The bytes of a file, decoded; none where there is no such one.
pub fn bytes(raw: &[u8], at: usize) -> Option<(File, Vec<u8>)> {
    let message = MessageParser::default().parse(raw)?;
    let file = of(&message).into_iter().nth(at)?;
    let content = message.parts.get(file.part as usize)?.contents().to_vec();
    Some((file, content))
}

fn name(part: &MessagePart<'_>, at: usize) -> String {
    let inner = part.message().and_then(Message::subject).map(|subject| format!("{subject}.eml"));
    let given = part.attachment_name().map(str::to_owned).or(inner).unwrap_or_default();
    let given = harmless(&given);
    if given.is_empty() { format!("file-{}", at + 1) } else { given }
}

/// A name that is no path, hides no ending and starts no program by itself.
fn harmless(name: &str) -> String {
    let clean: String =
        headers::line(name, 1_000).chars().map(|c| if "/\\:*?\"<>|;%".contains(c) { '_' } else { c }).collect();
    let clean = clean.trim_matches(['.', ' ', '_']);
    if clean.chars().count() <= MOST_NAME_CHARS {
        return clean.to_owned();
    }
    // The ending stays: it is what people look at.
    let ending: String = clean.rsplit_once('.').map(|(_, end)| end.chars().take(10).collect()).unwrap_or_default();
    let start: String = clean.chars().take(MOST_NAME_CHARS - 11).collect();
    if ending.is_empty() { start } else { format!("{start}.{ending}") }
}

fn mime(part: &MessagePart<'_>) -> String {
    let Some(kind) = part.content_type() else { return "application/octet-stream".to_owned() };
    let text = format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or("octet-stream")).to_lowercase();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/.+-_".contains(c);
    if text.len() <= 100 && text.chars().all(plain) { text } else { "application/octet-stream".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_path_and_hides_nothing() {
        for (given, kept) in [
            ("report.pdf", "report.pdf"),
            ("../../etc/passwd", "etc_passwd"),
            ("..\\..\\boot.ini", "boot.ini"),
            ("a\r\nContent-Type: text/html", "a Content-Type_ text_html"),
            ("invoice\u{202e}fdp.exe", "invoice fdp.exe"),
            ("\u{200b}.htaccess", "htaccess"),
            ("nul\0.txt", "nul .txt"),
            ("...", ""),
        ] {
            assert_eq!(harmless(given), kept, "{given:?}");
        }
        let long = harmless(&format!("{}.pdf", "x".repeat(300)));
        assert!(long.chars().count() <= MOST_NAME_CHARS && long.ends_with(".pdf"), "{long}");
    }
}
