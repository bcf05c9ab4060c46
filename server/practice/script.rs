//! What simulated customers say, line by line.

use crate::words::Words;

/// A customer and their concern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// Friendly: where is my parcel.
    Parcel,
    /// Angry: charged twice.
    Refund,
    /// Undecided: which size.
    Size,
}

impl Script {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Parcel, Self::Refund, Self::Size];

    /// One after the other, and from the first again.
    pub fn nth(n: usize) -> Self {
        Self::ALL.into_iter().cycle().nth(n % Self::ALL.len()).unwrap_or(Self::Parcel)
    }

    /// As it is stored.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Parcel => "parcel",
            Self::Refund => "refund",
            Self::Size => "size",
        }
    }

    /// From [`Self::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|script| script.word() == word)
    }

    /// The customer's name.
    pub fn customer(self, words: &Words) -> String {
        match self {
            Self::Parcel => words.say("practice-parcel"),
            Self::Refund => words.say("practice-refund"),
            Self::Size => words.say("practice-size"),
        }
    }

    /// A line, from 0; none after the last.
    pub fn line(self, step: usize, words: &Words) -> Option<String> {
        let lines = match self {
            Self::Parcel => [
                words.say("practice-parcel-1"),
                words.say("practice-parcel-2"),
                words.say("practice-parcel-3"),
                words.say("practice-parcel-4"),
            ],
            Self::Refund => [
                words.say("practice-refund-1"),
                words.say("practice-refund-2"),
                words.say("practice-refund-3"),
                words.say("practice-refund-4"),
            ],
            Self::Size => [
                words.say("practice-size-1"),
                words.say("practice-size-2"),
                words.say("practice-size-3"),
                words.say("practice-size-4"),
            ],
        };
        lines.into_iter().nth(step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Lang;

    #[test]
    fn every_customer_has_words_in_every_language_and_an_end() {
        for (n, script) in Script::ALL.into_iter().enumerate() {
            assert_eq!((Script::parse(script.word()), Script::nth(n + 3)), (Some(script), script));
            for lang in Lang::ALL {
                let said: Vec<String> = (0..).map_while(|step| script.line(step, lang.words())).collect();
                assert_eq!(said.len(), 4);
                assert!(said.iter().all(|line| !line.trim().is_empty()));
            }
        }
        assert_eq!(Script::parse("war"), None);
    }
}
