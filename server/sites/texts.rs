//! A site's own words, by language: what visitors read instead of the words that the widget has. What is not
//! there is said as ever, so that nothing has to be written in a language that nobody here speaks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Site;
use super::settings::MAX_SENTENCE_CHARS;
use crate::http::fields::Fields;
use crate::words::{Lang, Words};

/// Characters of what is shown in one place on one line or two.
pub const MOST_SHORT_CHARS: usize = 80;

/// Characters of a mail's subject.
pub const MOST_SUBJECT_CHARS: usize = 120;

/// What may be said in a site's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// The first words of an empty chat.
    Hello,
    /// The same, while nobody is there.
    HelloOffline,
    /// What stands in the empty field.
    Write,
    /// Under the name, while somebody is there.
    Online,
    /// Under the name, while nobody is there and no hours say when.
    Offline,
    /// What visitors agree to before anything is stored.
    Consent,
    /// What is kept and how long.
    Privacy,
    /// What a mail with unread words is about.
    MailSubject,
    /// Its first line.
    MailIntro,
    /// The first line of the mail that asks whether an address is theirs.
    MailProofIntro,
}

impl Key {
    /// What the chat says, in the order in which it is shown.
    pub const CHAT: [Self; 7] =
        [Self::Hello, Self::HelloOffline, Self::Write, Self::Online, Self::Offline, Self::Consent, Self::Privacy];
    /// What mails say. The widget never gets it.
    pub const MAIL: [Self; 3] = [Self::MailSubject, Self::MailIntro, Self::MailProofIntro];

    /// The key in tables, forms and the widget's own words.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Hello => "hello",
            Self::HelloOffline => "hello-offline",
            Self::Write => "write",
            Self::Online => "online",
            Self::Offline => "offline-hours",
            Self::Consent => "consent",
            Self::Privacy => "kept-text",
            Self::MailSubject => "mail-subject",
            Self::MailIntro => "mail-intro",
            Self::MailProofIntro => "mail-proof-intro",
        }
    }

    /// Characters at most.
    pub const fn most(self) -> usize {
        match self {
            Self::Hello | Self::HelloOffline | Self::MailIntro | Self::MailProofIntro => super::MOST_GREETING_CHARS,
            Self::MailSubject => MOST_SUBJECT_CHARS,
            Self::Write | Self::Online | Self::Offline => MOST_SHORT_CHARS,
            Self::Consent | Self::Privacy => MAX_SENTENCE_CHARS,
        }
    }

    /// Whether it stands on one line wherever it is read.
    pub fn is_a_line(self) -> bool {
        self == Self::MailSubject
    }

    /// The text without the space around it, if it can be said here.
    pub fn said(self, text: &str) -> Option<&str> {
        let text = text.trim();
        let breaks = self.is_a_line() && text.contains(char::is_control);
        (text.chars().count() <= self.most() && !text.contains('\0') && !breaks).then_some(text)
    }

    /// What it is called on the page.
    pub fn label(self, words: &Words) -> String {
        match self {
            Self::Hello => words.say("texts-hello"),
            Self::HelloOffline => words.say("texts-hello-offline"),
            Self::Write => words.say("texts-write"),
            Self::Online => words.say("texts-online"),
            Self::Offline => words.say("texts-offline"),
            Self::Consent => words.say("texts-consent"),
            Self::Privacy => words.say("texts-privacy"),
            Self::MailSubject => words.say("texts-mail-subject"),
            Self::MailIntro => words.say("texts-mail-intro"),
            Self::MailProofIntro => words.say("texts-mail-proof-intro"),
        }
    }

    /// What is said where the site says nothing of its own.
    fn built_in(self, lang: Lang, site: &str) -> String {
        let words = lang.words();
        match self {
            Self::Consent => return words.say("ask-consent"),
            Self::MailSubject => return words.say_with("mail-unread-subject", &[("site", site)]),
            Self::MailIntro => return words.say_with("mail-unread-title", &[("agent", site)]),
            Self::MailProofIntro => return words.say_with("mail-proof-body", &[("site", site)]),
            Self::Hello | Self::HelloOffline | Self::Write | Self::Online | Self::Offline | Self::Privacy => {}
        }
        let source = match lang {
            Lang::En => include_str!("../locales/en/widget.ftl"),
            Lang::De => include_str!("../locales/de/widget.ftl"),
            Lang::Ar => include_str!("../locales/ar/widget.ftl"),
        };
        let said = source.lines().filter_map(|line| line.split_once(" = ")).find(|(key, _)| *key == self.word());
        said.map(|(_, text)| text.replace("{ $site }", site)).unwrap_or_default()
    }
}

/// By a language's tag, then by [`Key::word`]. What a newer program knows of is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Texts(BTreeMap<String, BTreeMap<String, String>>);

impl Texts {
    /// What the site says itself.
    pub fn get(&self, lang: Lang, key: Key) -> Option<&str> {
        self.0.get(lang.tag())?.get(key.word()).map(String::as_str)
    }

    /// Whether the widget's own words are said everywhere.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What a form says, over what is stored. A field that the form does not have stays as it is; an empty one
    /// is the widget's own words. The error is what is too long.
    pub fn typed(&self, fields: &Fields, keys: &[Key]) -> Result<Self, (Lang, Key)> {
        let mut texts = self.clone();
        for (lang, key) in all(keys) {
            let name = field(lang, key);
            if !fields.is_on(&name) {
                continue;
            }
            texts.set(lang, key, key.said(fields.get(&name)).ok_or((lang, key))?);
        }
        Ok(texts)
    }

    /// Says this from now on, which [`Key::said`] gave; empty for what is said as ever.
    pub fn set(&mut self, lang: Lang, key: Key, text: &str) {
        let of_lang = self.0.entry(lang.tag().to_owned()).or_default();
        match text {
            "" => drop(of_lang.remove(key.word())),
            text => drop(of_lang.insert(key.word().to_owned(), text.to_owned())),
        }
        if of_lang.is_empty() {
            self.0.remove(lang.tag());
        }
    }
}

fn all(keys: &[Key]) -> impl Iterator<Item = (Lang, Key)> {
    Lang::ALL.into_iter().flat_map(move |lang| keys.iter().map(move |key| (lang, *key)))
}

fn field(lang: Lang, key: Key) -> String {
    format!("text_{}_{}", lang.tag(), key.word())
}

impl Site {
    /// What the site says in this language: its own words of the language, else those that it has for all.
    pub fn own_words(&self, lang: Lang, key: Key) -> Option<&str> {
        let of_all = || match key {
            Key::Hello => self.appearance.get("greeting").and_then(|text| text.as_str()),
            Key::Consent => self.settings.consent.text.as_deref(),
            Key::Privacy => self.settings.privacy.as_deref(),
            Key::HelloOffline | Key::Write | Key::Online | Key::Offline => None,
            Key::MailSubject | Key::MailIntro | Key::MailProofIntro => None,
        };
        self.settings.texts.get(lang, key).or_else(of_all)
    }

    /// What is said in this language: its own words, else ours.
    pub fn words_of(&self, lang: Lang, key: Key) -> String {
        self.own_words(lang, key).map_or_else(|| key.built_in(lang, &self.name), str::to_owned)
    }

    /// Everything that it says itself, as the widget takes it: `de.hello`.
    pub(super) fn words_by_language(&self) -> impl Iterator<Item = (String, String)> {
        let own = |(lang, key): (Lang, Key)| {
            let text = self.own_words(lang, key)?;
            Some((format!("{}.{}", lang.tag(), key.word()), text.to_owned()))
        };
        // What visitors agree to stands in the form that the server makes.
        all(&Key::CHAT).filter(|(_, key)| *key != Key::Consent).filter_map(own)
    }
}

/// A language on the page.
#[derive(Debug, Clone, Default)]
pub struct LangTexts {
    pub tag: &'static str,
    /// In the language itself.
    pub name: &'static str,
    pub dir: &'static str,
    pub texts: Vec<TextField>,
}

/// A field for one text.
#[derive(Debug, Clone)]
pub struct TextField {
    pub key: Key,
    /// Its name in the form.
    pub name: String,
    pub value: String,
    /// What is said where it is empty.
    pub otherwise: String,
}

impl LangTexts {
    /// Every language, each text as `value` says.
    fn all(site: &Site, keys: &[Key], value: impl Fn(Lang, Key, &str) -> String) -> Vec<Self> {
        let names = super::pages::languages("");
        let text = |lang, key: Key| {
            let name = field(lang, key);
            let bare =
                Site { settings: super::Settings { texts: Texts::default(), ..site.settings.clone() }, ..site.clone() };
            TextField { key, value: value(lang, key, &name), otherwise: bare.words_of(lang, key), name }
        };
        let of = |lang: Lang| Self {
            tag: lang.tag(),
            name: names.iter().find(|(tag, ..)| *tag == lang.tag()).map_or("", |(_, name, _)| name),
            dir: lang.dir(),
            texts: keys.iter().map(|key| text(lang, *key)).collect(),
        };
        Lang::ALL.into_iter().map(of).collect()
    }

    /// What is stored.
    pub fn of(site: &Site, keys: &[Key]) -> Vec<Self> {
        Self::all(site, keys, |lang, key, _| site.settings.texts.get(lang, key).unwrap_or_default().to_owned())
    }

    /// What was typed, kept.
    pub fn typed(fields: &Fields, site: &Site, keys: &[Key]) -> Vec<Self> {
        Self::all(site, keys, |_, _, name| fields.get(name).to_owned())
    }

    /// How many of them the site says itself.
    pub fn own(&self) -> usize {
        self.texts.iter().filter(|text| !text.value.trim().is_empty()).count()
    }
}

#[cfg(test)]
mod tests {
    use actix_web::web::Bytes;

    use super::*;

    #[test]
    fn every_text_has_words_of_our_own_in_every_language() {
        for (lang, key) in all(&Key::CHAT).chain(all(&Key::MAIL)) {
            let said = key.built_in(lang, "Shop");
            assert!(!said.is_empty() && !said.contains('$'), "{} {key:?}: {said}", lang.tag());
            assert!(said.chars().count() <= key.most(), "{} {key:?} would not fit", lang.tag());
        }
        assert_eq!(Key::Write.built_in(Lang::De, ""), "Nachricht schreiben");
    }

    #[test]
    fn a_form_changes_what_it_names_and_keeps_what_a_newer_program_stored() {
        let stored: Texts = serde_json::from_str(
            r#"{"de": {"hello": "Moin!", "later": "x"}, "fr": {"hello": "Salut"}, "en": {"write": "Ask"}}"#,
        )
        .unwrap();
        let sent = "text_de_hello=+Servus!+&text_en_write=&text_ar_write=%D8%A7%D9%83%D8%AA%D8%A8";
        let texts = stored.typed(&Fields::parse(&Bytes::from(sent)), &Key::CHAT).unwrap();
        let expected = r#"{"ar":{"write":"اكتب"},"de":{"hello":"Servus!","later":"x"},"fr":{"hello":"Salut"}}"#;
        assert_eq!(serde_json::to_string(&texts).unwrap(), expected);
        let long = format!("text_de_write={}", "x".repeat(MOST_SHORT_CHARS + 1));
        assert_eq!(stored.typed(&Fields::parse(&Bytes::from(long)), &Key::CHAT), Err((Lang::De, Key::Write)));
        assert_eq!(
            stored.typed(&Fields::parse(&Bytes::from_static(b"text_en_hello=%00")), &Key::CHAT),
            Err((Lang::En, Key::Hello))
        );
        let bcc = Fields::parse(&Bytes::from_static(b"text_en_mail-subject=Hello%0ABcc%3A+x"));
        assert_eq!(stored.typed(&bcc, &Key::MAIL), Err((Lang::En, Key::MailSubject)));
        assert_eq!(stored.typed(&bcc, &Key::CHAT).as_ref(), Ok(&stored), "the page of the chat has no mails");
    }
}
