//! Find as you type: chats by the visitor's name, mail address and words, among the newest.

pub mod console;
pub mod store;

use crate::ids::ConversationId;

/// Characters that are looked for, at most; what is beyond is left out.
pub const MOST_CHARS: usize = 100;
/// Conversations that are looked through by name, the newest of the workspace.
pub const NEWEST_CHATS: i64 = 20_000;
/// Messages that are looked through, the newest of the workspace.
pub const NEWEST_MESSAGES: i64 = 50_000;
/// Chats found at most.
pub const MOST_FOUND: i64 = 20;
/// Characters of a message that are shown around what was found.
const AROUND: usize = 60;

/// A chat that was found.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Found {
    /// Its id.
    pub id: ConversationId,
    /// `queued`, `assigned`, ….
    pub state: String,
    /// The visitor's; may be empty.
    pub name: String,
    /// May be empty.
    pub email: String,
    /// The message in which it was found; empty where the name is it.
    pub text: String,
}

/// A text as a pattern: it is found anywhere, and what has a meaning in patterns has none.
fn pattern(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

/// A piece of a text: before what was found, it, and after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Before it.
    pub before: String,
    /// What was looked for, as it stands there.
    pub hit: String,
    /// After it.
    pub after: String,
}

/// The place in a text where something was found, with a little around it.
pub fn piece(text: &str, wanted: &str) -> Piece {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let letters: Vec<char> = text.chars().collect();
    let fold = |c: &char| c.to_lowercase().next().unwrap_or(*c);
    let wanted: Vec<char> = wanted.chars().map(|c| fold(&c)).collect();
    let folded: Vec<char> = letters.iter().map(fold).collect();
    let at = folded.windows(wanted.len().max(1)).position(|window| window == wanted);
    let Some(at) = at else {
        let before: String = letters.iter().take(2 * AROUND).collect();
        return Piece { before, hit: String::new(), after: String::new() };
    };
    let (from, end) = (at.saturating_sub(AROUND / 2), at + wanted.len());
    let dots = if from > 0 { "…" } else { "" };
    Piece {
        before: format!("{dots}{}", letters[from..at].iter().collect::<String>()),
        hit: letters[at..end].iter().collect(),
        after: letters[end..].iter().take(AROUND).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_in_a_pattern_means_itself() {
        assert_eq!(pattern("100%_\\"), "%100\\%\\_\\\\%");
    }

    #[test]
    fn the_place_is_shown_with_a_little_around_it() {
        let found = piece("My Charger blinks", "charger");
        assert_eq!((found.before.as_str(), found.hit.as_str(), found.after.as_str()), ("My ", "Charger", " blinks"));
        let long = piece(&format!("{} needle {}", "x".repeat(200), "y".repeat(200)), "NEEDLE");
        assert!(long.before.starts_with('…') && long.hit == "needle" && long.after.chars().count() == 60);
        assert_eq!(piece("ŞİŞLİ", "ş").hit, "Ş");
        assert_eq!(piece("nothing", "else").hit, "");
    }
}
