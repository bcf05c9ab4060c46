//! Every visible word of the console, and of the forms that visitors are asked, from one Fluent catalogue.
//! A language is chosen once per request; a missing key never panics: the reader gets English, or
//! at worst the key itself, and a test fails long before that.

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

pub use crate::markup::Markup;

/// The files of a language, one for each part of the console, as one text.
macro_rules! catalogue {
    ($lang:literal) => {
        concat!(
            include_str!(concat!("locales/", $lang, "/console.ftl")),
            include_str!(concat!("locales/", $lang, "/list.ftl")),
            include_str!(concat!("locales/", $lang, "/composer.ftl")),
            include_str!(concat!("locales/", $lang, "/side.ftl")),
            include_str!(concat!("locales/", $lang, "/team.ftl")),
            include_str!(concat!("locales/", $lang, "/alerts.ftl")),
            include_str!(concat!("locales/", $lang, "/routing.ftl")),
            include_str!(concat!("locales/", $lang, "/settings.ftl")),
            include_str!(concat!("locales/", $lang, "/install.ftl")),
            include_str!(concat!("locales/", $lang, "/account.ftl")),
            include_str!(concat!("locales/", $lang, "/bots.ftl")),
            include_str!(concat!("locales/", $lang, "/webhooks.ftl")),
            include_str!(concat!("locales/", $lang, "/outgoing.ftl")),
            include_str!(concat!("locales/", $lang, "/forms.ftl")),
            include_str!(concat!("locales/", $lang, "/bot_log.ftl")),
            include_str!(concat!("locales/", $lang, "/practice.ftl")),
            include_str!(concat!("locales/", $lang, "/filters.ftl")),
            include_str!(concat!("locales/", $lang, "/identity.ftl")),
            include_str!(concat!("locales/", $lang, "/mail.ftl")),
            include_str!(concat!("locales/", $lang, "/mail_desk.ftl")),
            include_str!(concat!("locales/", $lang, "/received.ftl")),
            include_str!(concat!("locales/", $lang, "/aside.ftl"))
        )
    };
}

/// The languages that the catalogue speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Lang {
    En,
    De,
    Ar,
}

impl Lang {
    /// All of them, for tests and for a language menu.
    pub const ALL: [Self; 3] = [Self::En, Self::De, Self::Ar];

    /// The tag for `lang` attributes.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            Self::Ar => "ar",
        }
    }

    /// The direction of writing, for `dir` attributes.
    pub const fn dir(self) -> &'static str {
        match self {
            Self::En | Self::De => "ltr",
            Self::Ar => "rtl",
        }
    }

    /// The language whose tag this is, with or without a region (`de`, `de-AT`).
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?.trim();
        Self::ALL.into_iter().find(|lang| lang.tag().eq_ignore_ascii_case(primary))
    }

    /// The best language for an `Accept-Language` header; `otherwise` where none fits.
    pub fn from_accept_language(header: &str, otherwise: Self) -> Self {
        let mut best = (0.0_f32, otherwise);
        for part in header.split(',').take(20) {
            let mut fields = part.split(';');
            let Some(lang) = fields.next().and_then(|tag| Self::from_tag(tag.trim())) else { continue };
            let quality =
                fields.find_map(|field| field.trim().strip_prefix("q=")).map_or(1.0, |q| q.parse().unwrap_or(0.0));
            // The first of equals wins, as it stands first in the header.
            if quality > best.0 {
                best = (quality, lang);
            }
        }
        best.1
    }

    /// The words of this language.
    pub fn words(self) -> &'static Words {
        static ALL: LazyLock<Vec<Words>> = LazyLock::new(|| Lang::ALL.into_iter().map(Words::load).collect());
        &ALL[self as usize]
    }

    const fn source(self) -> &'static str {
        match self {
            Self::En => catalogue!("en"),
            Self::De => catalogue!("de"),
            Self::Ar => catalogue!("ar"),
        }
    }
}

/// The catalogue in one language.
pub struct Words {
    lang: Lang,
    bundle: FluentBundle<FluentResource>,
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Words").field("lang", &self.lang).finish_non_exhaustive()
    }
}

impl Words {
    fn load(lang: Lang) -> Self {
        // What the parser cannot read it skips and returns; the tests below see to it that it reads all.
        let resource = FluentResource::try_new(lang.source().to_owned()).unwrap_or_else(|(readable, _)| readable);
        // The plural rules come from the locale; each tag of `Lang` parses.
        let locale: LanguageIdentifier = lang.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![locale]);
        // Names are isolated by <bdi> instead; the marks would land in titles and mail subjects.
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(resource);
        Self { lang, bundle }
    }

    /// The language of these words.
    pub const fn lang(&self) -> Lang {
        self.lang
    }

    /// `lang` attribute.
    pub const fn tag(&self) -> &'static str {
        self.lang.tag()
    }

    /// `dir` attribute.
    pub const fn dir(&self) -> &'static str {
        self.lang.dir()
    }

    /// The words for `key`.
    pub fn say(&self, key: &str) -> String {
        self.format(key, None)
    }

    /// The words for `key` with values in them. The result is text: escape it as any other.
    pub fn say_with<'a, V>(&self, key: &str, values: &[(&'a str, V)]) -> String
    where
        V: Into<FluentValue<'a>> + Clone,
    {
        let args: FluentArgs<'a> = values.iter().map(|(name, value)| (Cow::Borrowed(*name), value.clone())).collect();
        self.format(key, Some(&args))
    }

    /// The words for `key` as HTML, each value escaped and in a `<bdi>`, so that an Arabic name in
    /// an English sentence (and the other way round) does not turn its neighbours about.
    pub fn say_names(&self, key: &str, names: &[(&str, &str)]) -> Markup {
        // Each name goes through the catalogue as one private-use character, which no catalogue has.
        let slots = (0..names.len()).filter_map(|n| char::from_u32(0xE000 + u32::try_from(n).ok()?));
        let marks: Vec<(&str, String)> =
            names.iter().zip(slots).map(|((name, _), slot)| (*name, slot.to_string())).collect();
        let sentence = self.say_with(key, &marks);
        let mut html = Markup::with_room(sentence.len() + 64);
        for c in sentence.chars() {
            match (u32::from(c)).checked_sub(0xE000).and_then(|n| names.get(usize::try_from(n).ok()?)) {
                Some((_, value)) => html.push_isolated(value),
                None => html.push(c.encode_utf8(&mut [0; 4])),
            }
        }
        html
    }

    fn format(&self, key: &str, args: Option<&FluentArgs<'_>>) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            return if self.lang == Lang::En { key.to_owned() } else { Lang::En.words().format(key, args) };
        };
        let mut errors = Vec::new();
        self.bundle.format_pattern(pattern, args, &mut errors).into_owned()
    }

    /// The words that the console's script says by itself: each key that begins with `js-`.
    /// Their placeholders are filled by the script, so they come out as `{name}`.
    pub fn for_script(&self) -> Vec<(&'static str, String)> {
        let values: Vec<(&str, String)> = [
            "agent", "seconds", "count", "text", "visitor", "number", "name", "names", "queue", "load", "capacity",
            "time", "shortcut",
        ]
        .into_iter()
        .map(|name| (name, format!("{{{name}}}")))
        .collect();
        keys(Lang::En).filter(|key| key.starts_with("js-")).map(|key| (key, self.say_with(key, &values))).collect()
    }
}

/// The keys that one language's catalogue defines, in its order.
fn keys(lang: Lang) -> impl Iterator<Item = &'static str> {
    lang.source().lines().filter_map(|line| {
        let (key, _) = line.split_once(" =")?;
        let named = !key.is_empty() && key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        named.then_some(key)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;

    fn key_set(lang: Lang) -> BTreeSet<&'static str> {
        keys(lang).collect()
    }

    /// Every file below `folder` whose name ends with one of `endings`.
    fn files(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if endings.iter().any(|ending| path.to_string_lossy().ends_with(ending)) {
                    found.push(path);
                }
            }
        }
        found
    }

    /// The literals that stand directly behind `call`, as in `say("key")`.
    fn literals<'t>(text: &'t str, call: &str) -> Vec<&'t str> {
        text.split(call)
            .skip(1)
            .filter_map(|rest| rest.trim_start().strip_prefix('"'))
            .filter_map(|rest| rest.split('"').next())
            .collect()
    }

    #[test]
    fn every_catalogue_is_read_without_an_error() {
        for lang in Lang::ALL {
            if let Err((_, errors)) = FluentResource::try_new(lang.source().to_owned()) {
                panic!("{}: {errors:?}", lang.tag());
            }
            let all: Vec<&str> = keys(lang).collect();
            assert_eq!(all.len(), key_set(lang).len(), "{} says something twice", lang.tag());
        }
    }

    #[test]
    fn every_language_has_every_key() {
        let english = key_set(Lang::En);
        for lang in Lang::ALL {
            let own = key_set(lang);
            let missing: Vec<_> = english.difference(&own).collect();
            let extra: Vec<_> = own.difference(&english).collect();
            assert!(missing.is_empty() && extra.is_empty(), "{}: missing {missing:?}, extra {extra:?}", lang.tag());
            for key in &own {
                assert!(lang.words().bundle.has_message(key), "{} cannot say {key}", lang.tag());
            }
        }
    }

    /// The values that a sentence takes have to be the same in each language.
    #[test]
    fn every_language_uses_the_same_values() {
        fn values(lang: Lang) -> Vec<(String, BTreeSet<String>)> {
            let mut all: Vec<(String, BTreeSet<String>)> = Vec::new();
            for line in lang.source().lines() {
                if let Some((key, _)) = line.split_once(" =").filter(|(key, _)| key_set(lang).contains(key)) {
                    all.push((key.to_owned(), BTreeSet::new()));
                }
                let Some((_, used)) = all.last_mut() else { continue };
                for rest in line.split('$').skip(1) {
                    used.insert(rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect());
                }
            }
            all.sort();
            all
        }
        for lang in Lang::ALL {
            assert_eq!(values(Lang::En), values(lang), "{}", lang.tag());
        }
    }

    #[test]
    fn no_key_that_a_template_or_the_script_uses_is_missing_and_none_is_unused() {
        let known = key_set(Lang::En);
        let mut used = BTreeSet::new();
        let ours = files("server", &[".rs", ".html", ".txt"]);
        for path in files("agent-console/templates", &[".html"]).into_iter().chain(ours) {
            let text = fs::read_to_string(&path).unwrap();
            for call in ["say(", "say_with(", "say_names("] {
                for key in literals(&text, call) {
                    if !path.ends_with("words.rs") {
                        assert!(known.contains(key), "{} uses {key}, which nobody can say", path.display());
                        used.insert(key.to_owned());
                    }
                }
            }
            // Keys that are chosen by a match stand as literals; they count as used.
            if !path.ends_with("words.rs") {
                used.extend(
                    known.iter().filter(|key| text.contains(&format!("\"{key}\""))).map(|key| (*key).to_owned()),
                );
            }
        }
        for path in files("agent-console/src", &[".ts"]) {
            let text = fs::read_to_string(&path).unwrap();
            for key in literals(&text, "say(") {
                let key = format!("js-{key}");
                assert!(known.contains(key.as_str()), "{} uses {key}, which nobody can say", path.display());
                used.insert(key);
            }
        }
        let unused: Vec<_> = known.iter().filter(|key| !used.contains(**key)).collect();
        assert!(unused.is_empty(), "nobody uses {unused:?}");
    }

    #[test]
    fn a_missing_key_is_said_in_english_and_never_panics() {
        assert_eq!(Lang::De.words().say("no-such-key"), "no-such-key");
        assert_eq!(Lang::Ar.words().say_with("no-such-key", &[("a", 1)]), "no-such-key");
    }

    #[test]
    fn accept_language_picks_by_quality_and_falls_back_to_english() {
        for (header, lang) in [
            ("", Lang::En),
            ("fr-FR,fr;q=0.9", Lang::En),
            ("fr,de;q=0.8,en;q=0.7", Lang::De),
            ("de-AT", Lang::De),
            ("en;q=0.5, ar-EG;q=0.9", Lang::Ar),
            ("de;q=0, en;q=0.1", Lang::En),
            ("de;q=nonsense", Lang::En),
            ("*;q=0.5", Lang::En),
            (",,;;q=;", Lang::En),
        ] {
            assert_eq!(Lang::from_accept_language(header, Lang::En), lang, "{header}");
        }
        assert_eq!(Lang::from_accept_language("fr, *;q=0.5", Lang::Ar), Lang::Ar);
    }
}
