//! Finding phrases in texts: both are cut into words and folded, and a phrase is found where its words stand
//! one after another. Case, accents, ligatures and invisible characters make no difference; a part of a word
//! is not the word. Scripts that put no space between words are cut into characters. It never changes a text.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::{Action, WordFilter};

/// What was found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// As the filter was written.
    pub phrase: String,
    /// What is to become of the message.
    pub action: Action,
}

/// The filters of a workspace, made ready.
#[derive(Debug, Default)]
pub struct WordFilters {
    /// By the first word: the words after it.
    by_first: HashMap<String, Vec<(Vec<String>, Found)>>,
}

impl WordFilters {
    /// Makes them ready.
    pub fn new(filters: impl IntoIterator<Item = WordFilter>) -> Self {
        let mut by_first: HashMap<String, Vec<(Vec<String>, Found)>> = HashMap::new();
        for filter in filters {
            let rest: Vec<String> = words(&filter.phrase).collect();
            if let Some((first, rest)) = rest.split_first() {
                let found = Found { phrase: filter.phrase, action: filter.action };
                by_first.entry(first.clone()).or_default().push((rest.to_vec(), found));
            }
        }
        Self { by_first }
    }

    /// The first that refuses, else the first that flags.
    pub fn find(&self, text: &str) -> Option<&Found> {
        let text: Vec<String> = words(text).collect();
        let mut flagged = None;
        for (at, word) in text.iter().enumerate() {
            for (rest, found) in self.by_first.get(word).into_iter().flatten() {
                if text[at + 1..].starts_with(rest) {
                    match found.action {
                        Action::Refuse => return Some(found),
                        Action::Flag => flagged = flagged.or(Some(found)),
                    }
                }
            }
        }
        flagged
    }
}

/// The words of a text, folded.
pub(super) fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    let mut letters = text.nfkd().filter(|c| !is_left_out(*c)).peekable();
    std::iter::from_fn(move || {
        while letters.next_if(|c| !is_of_a_word(*c)).is_some() {}
        let first = letters.next()?;
        let mut word = String::new();
        fold(first, &mut word);
        let alone = stands_alone(first);
        while let Some(next) =
            letters.next_if(|c| is_combining_mark(*c) || (!alone && is_of_a_word(*c) && !stands_alone(*c)))
        {
            fold(next, &mut word);
        }
        Some(word)
    })
}

/// Upper case first: so a sharp s is two, and a final sigma is one like the others.
fn fold(c: char, word: &mut String) {
    word.extend(c.to_uppercase().flat_map(char::to_lowercase));
}

fn is_of_a_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// Accents of Latin, Greek and Cyrillic, points of Hebrew, vowels of Arabic and its tatweel; and what nobody
/// sees. Marks of other scripts are letters as any: without them it is another word.
const fn is_left_out(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}'
        | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}'..='\u{5c2}' | '\u{5c4}'..='\u{5c5}' | '\u{5c7}'
        | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Characters of scripts that put no space between words: Thai, Lao, Burmese, Khmer, kana, Han.
const fn stands_alone(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3fffd}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ids::WordFilterId;

    fn filter(phrase: &str, action: Action) -> WordFilter {
        WordFilter { id: WordFilterId::from_uuid(uuid::Uuid::nil()), phrase: phrase.to_owned(), action }
    }

    fn is_in(phrase: &str, text: &str) -> bool {
        WordFilters::new([filter(phrase, Action::Refuse)]).find(text).is_some()
    }

    #[test]
    fn whole_words_are_found_whatever_their_case_and_accents() {
        for (phrase, text) in [
            ("darn", "Well, DARN!"),
            ("crème brûlée", "no creme   BRULEE, please"),
            ("strasse", "in der Straße"),
            ("straße", "STRASSE"),
            ("free money", "it is free, money for you"),
            ("office", "the oﬃce"),
            ("σοφος", "ΣΟΦΌΣ"),
            ("spam", "s\u{200b}p\u{ad}am"),
            ("спам", "это СПАМ."),
            ("محمد", "مُحَمَّد"),
            ("شكرا", "شـكـرا"),
            ("שלום", "שָׁלוֹם"),
            ("垃圾", "这是垃圾邮件"),
            ("ばか", "それはばかだ"),
            ("4711", "no. 4711?"),
            ("ｓｐａｍ", "spam"),
            ("हिन्दी", "यह हिन्दी है"),
        ] {
            assert!(is_in(phrase, text), "{phrase} in {text}");
        }
    }

    #[test]
    fn a_part_of_a_word_is_not_the_word() {
        for (phrase, text) in [
            ("ass", "a class of passengers"),
            ("cunt", "Scunthorpe"),
            ("free money", "money free"),
            ("free money", "free of charge, money back"),
            ("471", "4711"),
            ("हद", "हिन्दी"),
            ("darn", ""),
        ] {
            assert!(!is_in(phrase, text), "{phrase} in {text}");
        }
    }

    #[test]
    fn what_refuses_goes_before_what_flags() {
        let filters = WordFilters::new([filter("one", Action::Flag), filter("two", Action::Refuse)]);
        assert_eq!(filters.find("one two").map(|found| found.phrase.as_str()), Some("two"));
        assert_eq!(filters.find("One!").map(|found| found.action), Some(Action::Flag));
        assert_eq!(filters.find("three"), None);
    }

    proptest! {
        #[test]
        fn a_phrase_is_found_in_itself_and_between_other_words(phrase in "\\PC{1,40}", around in "[a-z ]{0,20}") {
            prop_assume!(words(&phrase).next().is_some());
            prop_assert!(is_in(&phrase, &phrase));
            let text = format!("{around} . {phrase} . {around}");
            prop_assert!(is_in(&phrase, &text));
        }
    }
}
