//! Tags: what a conversation is about, in the workspace's own words. Agents make them as they go.

pub mod console;
pub mod managing;
pub mod pages;
pub mod settings;
pub mod store;

/// Tags of a workspace, at most.
pub const MOST_TAGS: i64 = 500;
/// Tags on one conversation, at most.
pub const MOST_ON_ONE: usize = 20;
/// Characters of a tag's name, at most.
pub const MOST_CHARS: usize = 40;

/// The name of a tag: one line of 1 to [`MOST_CHARS`] characters without a comma, which separates tags
/// where several are typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagName(String);

impl TagName {
    /// Reads a name; spaces at its ends do not count, and those in it count once.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() {
            return Err("A tag needs a name.".to_owned());
        }
        if name.chars().count() > MOST_CHARS {
            return Err(format!("A tag has at most {MOST_CHARS} characters."));
        }
        if name.chars().any(|c| c.is_control() || c == ',') {
            return Err("A tag has no commas and no control characters.".to_owned());
        }
        Ok(Self(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(TagName::parse("  e-bike \n battery ").unwrap().as_str(), "e-bike battery");
        assert_eq!(TagName::parse("تبديل").unwrap().as_str(), "تبديل");
        for wrong in ["", "   ", "a,b", "a\u{0}b", &"x".repeat(41)] {
            assert!(TagName::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
