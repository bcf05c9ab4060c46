//! What went wrong with a request, for readers of any language: a word that stays, and what it is about. It is
//! kept as JSON beside the English sentence (`failed.rs`), and worded by the catalogue when somebody looks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Failed;
use crate::visitors::clean;
use crate::words::Words;

/// Characters of each value that are kept: a host has at most 253.
const VALUE_CHARS: usize = 300;

/// A failure without its sentence.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Told {
    /// [`Failed::kind`], or `status`.
    pub code: String,
    /// What the sentence names. What others said is theirs: cleaned and cut.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub about: BTreeMap<String, String>,
}

impl Told {
    fn of(code: &str, about: &[(&str, String)]) -> Self {
        let about = about.iter().map(|(key, value)| ((*key).to_owned(), clean(value, VALUE_CHARS))).collect();
        Self { code: code.to_owned(), about }
    }

    /// An answer came, and it was no good one.
    pub fn status(status: u16) -> Self {
        Self::of("status", &[("status", status.to_string())])
    }

    /// The sentence, without a full stop at its end; none where the code is of a newer program.
    pub fn sentence(&self, words: &Words) -> Option<String> {
        let all: Vec<(&str, &str)> = self.about.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let all = all.as_slice();
        Some(match self.code.as_str() {
            "bad_url" => words.say("outgoing-bad-url"),
            "refused" => words.say_with("outgoing-refused", all),
            "dns" => words.say_with("outgoing-dns", all),
            "connect" => words.say_with("outgoing-connect", all),
            "tls" => words.say_with("outgoing-tls", all),
            "timed_out" => words.say_with("outgoing-timed-out", all),
            "too_big" => words.say_with("outgoing-too-big", all),
            "redirect" => words.say_with("outgoing-redirect", all),
            "compressed" => words.say_with("outgoing-compressed", all),
            "cut_off" => words.say_with("outgoing-cut-off", all),
            "unable" => words.say_with("outgoing-unable", all),
            "status" => words.say_with("outgoing-status", all),
            _ => return None,
        })
    }
}

impl Failed {
    /// The same for readers of any language.
    pub fn told(&self) -> Told {
        let about = match self {
            Self::BadUrl(_) => Vec::new(),
            Self::Refused { host, address, .. } => vec![("host", host.clone()), ("address", address.to_string())],
            Self::Dns { host, why } => vec![("host", host.clone()), ("why", why.clone())],
            Self::Connect(why) | Self::Tls(why) | Self::CutOff(why) | Self::Unable(why) => vec![("why", why.clone())],
            Self::TimedOut { after } => vec![("seconds", after.as_secs_f64().to_string())],
            Self::TooBig { limit } => vec![("bytes", limit.to_string())],
            Self::Redirect { status, to } => vec![("status", status.to_string()), ("to", to.clone())],
            Self::Compressed(encoding) => vec![("encoding", encoding.clone())],
        };
        Told::of(self.kind(), &about)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::words::Lang;

    #[test]
    fn every_failure_has_a_sentence_in_every_language() {
        let why = || "a reason".to_owned();
        let address = "127.0.0.1".parse().expect("an address");
        let all = [
            Failed::BadUrl("x"),
            Failed::Refused { host: "a.example".into(), address, what: "this machine" },
            Failed::Dns { host: "a.example".into(), why: why() },
            Failed::Connect(why()),
            Failed::Tls(why()),
            Failed::TimedOut { after: Duration::from_secs(10) },
            Failed::TooBig { limit: 9 },
            Failed::Redirect { status: 301, to: "https://b.example".into() },
            Failed::Compressed("gzip".into()),
            Failed::CutOff(why()),
            Failed::Unable(why()),
        ];
        let told: Vec<Told> = all.iter().map(Failed::told).chain([Told::status(500)]).collect();
        for lang in Lang::ALL {
            for one in &told {
                let said = one.sentence(lang.words()).expect("words");
                let values: Vec<&String> = one.about.values().collect();
                assert!(values.iter().all(|value| said.contains(value.as_str())), "{lang:?} {said}: {values:?}");
                let kept: Told = serde_json::from_value(serde_json::json!(one)).expect("as it was");
                assert_eq!(&kept, one);
            }
        }
        assert_eq!(Told::default().sentence(Lang::En.words()), None);
    }
}
