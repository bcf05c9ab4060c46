//! What is wrong with the configuration, gathered and told at once, in an operator's words.
//! A problem never quotes the value of a secret.

use std::fmt;
use std::path::PathBuf;

/// Where a value came from, strongest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The command line, by this flag.
    Flag(&'static str),
    /// This environment variable.
    Environment(String),
    /// This line of this file, counted from 1.
    File(PathBuf, usize),
    /// Nobody set it.
    Default,
}

impl Origin {
    /// How strong: a flag beats the environment, that beats the file, that beats the default.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Self::Flag(_) => 3,
            Self::Environment(_) => 2,
            Self::File(..) => 1,
            Self::Default => 0,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "--{flag}"),
            Self::Environment(name) => f.write_str(name),
            Self::File(path, line) => write!(f, "{}:{line}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// One thing to put right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where to look: `--listen`, `DESKBELL_LISTEN`, or `deskbell.toml:3, listen`.
    pub place: String,
    /// What is wrong there and what to write instead.
    pub message: String,
}

/// Everything that keeps Deskbell from starting; never empty when it is an error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Adds a problem of the setting `key`.
    pub(super) fn add(&mut self, origin: &Origin, key: &str, message: impl Into<String>) {
        let place = match origin {
            Origin::Flag(_) | Origin::Environment(_) => origin.to_string(),
            Origin::File(..) => format!("{origin}, {key}"),
            Origin::Default => format!("{key} (default)"),
        };
        self.add_at(place, message);
    }

    /// Adds a problem that belongs to no setting.
    pub(super) fn add_at(&mut self, place: impl Into<String>, message: impl Into<String>) {
        self.0.push(Problem { place: place.into(), message: message.into() });
    }

    /// The problems in the order in which they were found.
    pub fn all(&self) -> &[Problem] {
        &self.0
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => write!(f, "Deskbell cannot start: one setting needs a correction.")?,
            count => write!(f, "Deskbell cannot start: {count} settings need a correction.")?,
        }
        self.0.iter().try_for_each(|problem| write!(f, "\n  {}: {}", problem.place, problem.message))
    }
}

impl std::error::Error for Problems {}

/// The known name nearest to a mistyped one, if one is near enough to be meant.
pub(super) fn nearest<'a>(typed: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_ascii_lowercase().replace('-', "_");
    let near = known.map(|name| (edits(&typed, &name.to_ascii_lowercase()), name)).min()?;
    (near.0 <= (typed.chars().count() / 3).clamp(1, 3)).then_some(near.1)
}

/// Levenshtein's distance: how many characters to insert, drop or replace.
fn edits(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (above, left) in left.chars().enumerate() {
        let mut diagonal = above;
        row[0] = above + 1;
        for (column, right) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(left != *right);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_offered_only_if_it_may_be_meant() {
        let known = ["listen", "public_url", "data", "database", "log", "log_format"];
        for (typed, meant) in [
            ("lisen", Some("listen")),
            ("public-url", Some("public_url")),
            ("PUBLIC_URI", Some("public_url")),
            ("databse", Some("database")),
            ("smtp", None),
            ("x", None),
        ] {
            assert_eq!(nearest(typed, known.into_iter()), meant, "{typed}");
        }
    }

    #[test]
    fn distances_are_levenshteins() {
        assert_eq!(edits("kitten", "sitting"), 3);
        assert_eq!(edits("", "abc"), 3);
        assert_eq!(edits("same", "same"), 0);
    }
}
