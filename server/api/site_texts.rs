//! A site's own words over REST, checked as the settings page does.

use std::collections::BTreeMap;

use super::Fault;
use crate::sites::texts::{Key, Texts};
use crate::words::Lang;

/// By a language's tag, then by the name of the text.
pub type SiteTexts = BTreeMap<String, BTreeMap<String, String>>;

fn keys() -> impl Iterator<Item = Key> {
    Key::CHAT.into_iter().chain(Key::MAIL)
}

/// What a site says itself.
pub fn of(texts: &Texts) -> SiteTexts {
    let of_lang = |lang: Lang| {
        let own = |key: Key| Some((key.word().to_owned(), texts.get(lang, key)?.to_owned()));
        (lang.tag().to_owned(), keys().filter_map(own).collect::<BTreeMap<_, _>>())
    };
    Lang::ALL.into_iter().map(of_lang).filter(|(_, texts)| !texts.is_empty()).collect()
}

/// Texts that are to be other ones, checked.
#[derive(Debug, Default, Clone)]
pub struct TextChanges(Vec<(Lang, Key, String)>);

impl TextChanges {
    /// Checks them: each language and text is one that there is, and each can be said.
    pub fn of(given: SiteTexts) -> Result<Self, Fault> {
        let mut changes = Vec::new();
        for (tag, texts) in given {
            // A tag as `de-AT` would be taken for `de`, and two of them for one.
            let lang = Lang::ALL.into_iter().find(|lang| lang.tag() == tag);
            let lang = lang.ok_or_else(|| Fault::value("texts", "names a language that we do not speak"))?;
            for (word, text) in texts {
                let known = keys().find(|key| key.word() == word);
                let key = known.ok_or_else(|| Fault::value("texts", format!("has one of these: {}", names())))?;
                let text = key.said(&text).ok_or_else(|| {
                    let line = if key.is_a_line() { ", and no line breaks" } else { "" };
                    Fault::value("texts", format!("has at most {} characters in {tag}.{word}{line}", key.most()))
                })?;
                changes.push((lang, key, text.to_owned()));
            }
        }
        Ok(Self(changes))
    }

    /// Over what is stored: what is not named stays.
    pub fn put_on(self, texts: &mut Texts) {
        for (lang, key, text) in self.0 {
            texts.set(lang, key, &text);
        }
    }
}

fn names() -> String {
    keys().map(Key::word).collect::<Vec<_>>().join(", ")
}
