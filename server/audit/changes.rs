//! What an act changed, as people read it: of what has parts only those that differ, under the names that they
//! have on the settings' pages.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value};

use crate::agents::Role;
use crate::agents::managing_pages::role_words;
use crate::hours::Hours;
use crate::hours::form::{DAY_FIELDS, HoursForm};
use crate::queues::pages::{day_words, policy_words};
use crate::routing::Policy;
use crate::sites::texts::Key;
use crate::words::{Lang, Words};

/// Nothing, or a switch that is off.
const NOTHING: &str = "–";
/// A switch that is on.
const ON: &str = "✓";
/// On the pages a hint follows a field's name: `After (seconds)`, `Holidays, one on each line`.
const HINTS: [char; 5] = ['(', ';', ',', '،', '؛'];

/// Where a site's own words are, by language and text.
const TEXTS: &str = "settings.texts.";

/// A field before and after.
#[derive(Debug, Clone, Default)]
pub struct ChangeView {
    /// Its path: `settings.consent.text`.
    pub field: String,
    /// None for nothing.
    pub before: Option<Value>,
    /// None for nothing.
    pub after: Option<Value>,
}

/// Names of queues by their ids, which is what the log has of them.
pub type Names = HashMap<String, String>;

/// All that changed, from the log's row.
pub fn of(changes: &Map<String, Value>, names: &Names) -> Vec<ChangeView> {
    let mut found = Vec::new();
    for (field, pair) in changes {
        let side = |at: usize| pair.get(at).filter(|value| !value.is_null()).map(|value| readable(field, value, names));
        differing(field.clone(), side(0), side(1), &mut found);
    }
    // Nothing before, and an empty list now.
    found.retain(|change| text(change.before.as_ref()) != text(change.after.as_ref()));
    found
}

/// A queue is told by its name, and hours by the day, in the way in which they are typed.
fn readable(field: &str, value: &Value, names: &Names) -> Value {
    if let Some(name) = value.as_str().and_then(|id| names.get(id)) {
        return name.as_str().into();
    }
    let hours = (field == "hours").then(|| serde_json::from_value::<Hours>(value.clone()).ok()).flatten();
    let Some(hours) = hours else { return value.clone() };
    let form = HoursForm::of(Some(&hours), hours.time_zone);
    let days = form.fields().filter(|(_, times)| !times.is_empty());
    let mut parts: Map<String, Value> = days.map(|(day, times)| (day.to_owned(), times.into())).collect();
    parts.insert("time_zone".to_owned(), form.time_zone.as_str().into());
    if !form.holidays.is_empty() {
        parts.insert("holidays".to_owned(), form.holidays.lines().collect::<Vec<_>>().into());
    }
    Value::Object(parts)
}

/// Where there are parts, those that differ, each by its path.
fn differing(field: String, before: Option<Value>, after: Option<Value>, found: &mut Vec<ChangeView>) {
    let parts = |value: &Option<Value>| match value {
        None | Some(Value::Null) => Some(Map::new()),
        Some(Value::Object(parts)) => Some(parts.clone()),
        Some(_) => None,
    };
    let (was, is) = match (parts(&before), parts(&after)) {
        (Some(was), Some(is)) if !(was.is_empty() && is.is_empty()) => (was, is),
        _ => return found.push(ChangeView { field, before, after }),
    };
    let names: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    let mut names: Vec<&String> = names.into_iter().filter(|name| was.get(*name) != is.get(*name)).collect();
    names.sort_by_key(|name| DAY_FIELDS.iter().position(|day| day == name));
    for name in names {
        differing(format!("{field}.{name}"), was.get(name).cloned(), is.get(name).cloned(), found);
    }
}

impl ChangeView {
    /// What the field is called where it is set; none for one that has no name there.
    pub(super) fn label(&self, words: &Words) -> Option<String> {
        let label = label(&self.field, words)?;
        if self.field.starts_with(TEXTS) {
            return Some(label);
        }
        let bare = label.split(HINTS).next().unwrap_or_default().trim();
        Some(if bare.is_empty() { label.clone() } else { bare.to_owned() })
    }

    pub(super) fn before(&self, words: &Words) -> String {
        self.text(self.before.as_ref(), words)
    }

    pub(super) fn after(&self, words: &Words) -> String {
        self.text(self.after.as_ref(), words)
    }

    fn text(&self, value: Option<&Value>, words: &Words) -> String {
        let word = value.and_then(Value::as_str).and_then(|word| chosen(&self.field, word, words));
        match (self.field.as_str(), value) {
            _ if word.is_some() => word.unwrap_or_default(),
            (field, Some(Value::Number(number))) if field.ends_with("_s") => format!("{number} s"),
            (field, Some(Value::Number(number))) if field.ends_with("_ms") => format!("{number} ms"),
            (_, value) => text(value),
        }
    }
}

/// One of a few, in the words of its page.
fn chosen(field: &str, word: &str, words: &Words) -> Option<String> {
    Some(match (field, word) {
        ("role", role) => role_words(role.parse::<Role>().ok()?, words),
        ("policy", policy) => policy_words(Policy::parse(policy)?, words),
        ("action", "refuse") => words.say("filters-refuse"),
        ("action", "flag") => words.say("filters-flag"),
        ("scope", "read") => words.say("keys-scope-read"),
        ("scope", "write") => words.say("keys-scope-write"),
        _ => return None,
    })
}

/// A value as people read it.
fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null | Value::Bool(false)) => NOTHING.to_owned(),
        Some(Value::Bool(true)) => ON.to_owned(),
        Some(Value::String(text)) if text.is_empty() => NOTHING.to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(list)) if list.is_empty() => NOTHING.to_owned(),
        Some(Value::Array(list)) => list.iter().map(|one| text(Some(one))).collect::<Vec<_>>().join(", "),
        Some(Value::Object(parts)) if parts.is_empty() => NOTHING.to_owned(),
        Some(Value::Object(parts)) => parts.iter().filter_map(part).collect::<Vec<_>>().join(" "),
        Some(Value::Number(number)) => number.to_string(),
    }
}

/// Of something in a list: what it says, and the names of what is on.
fn part((name, value): (&String, &Value)) -> Option<String> {
    match value {
        Value::Null | Value::Bool(false) => None,
        Value::Bool(true) => Some(name.clone()),
        other => Some(text(Some(other))),
    }
}

fn label(field: &str, words: &Words) -> Option<String> {
    if let Some((lang, key)) = field.strip_prefix(TEXTS).and_then(|rest| rest.split_once('.')) {
        let key = Key::CHAT.into_iter().chain(Key::MAIL).find(|known| known.word() == key)?;
        return Some(format!("{}: {}", Lang::from_tag(lang)?.tag(), key.label(words)));
    }
    if let Some(day) = field.strip_prefix("hours.").filter(|day| DAY_FIELDS.contains(day)) {
        return Some(day_words(day, words));
    }
    of_people(field, words)
        .or_else(|| of_queues(field, words))
        .or_else(|| of_sites(field, words))
        .or_else(|| of_machines(field, words))
}

fn of_people(field: &str, words: &Words) -> Option<String> {
    Some(match field {
        "name" => words.say("agents-name"),
        "email" => words.say("email"),
        "role" => words.say("agents-role"),
        "capacity" => words.say("agents-capacity"),
        "queues" => words.say("agents-queues"),
        "public_name" => words.say("account-public-name"),
        _ => return None,
    })
}

fn of_queues(field: &str, words: &Words) -> Option<String> {
    Some(match field {
        "policy" => words.say("queues-policy"),
        "sticky" => words.say("queues-sticky"),
        "agents" => words.say("queues-agents"),
        "answer_timeout_s" => words.say("queues-answer-timeout"),
        "first_answer_s" => words.say("queues-first-answer"),
        "reply_s" => words.say("queues-reply"),
        "nudge_after_s" => words.say("queues-nudge-after"),
        "close_after_s" => words.say("queues-close-after"),
        "overflow_queue_id" => words.say("queues-overflow-to"),
        "overflow_after_s" => words.say("queues-overflow-after"),
        "hours" => words.say("hours-title"),
        "time_zone" | "hours.time_zone" => words.say("hours-zone"),
        "hours.holidays" => words.say("hours-holidays"),
        _ => return None,
    })
}

fn of_sites(field: &str, words: &Words) -> Option<String> {
    Some(match field {
        "queue" => words.say("facts-queue"),
        "origins" => words.say("sites-origins"),
        "locale" => words.say("sites-locale"),
        "on_closed" => words.say("sites-on-closed"),
        "edit_window_s" => words.say("sites-edit-window"),
        "delete_window_s" => words.say("sites-delete-window"),
        "appearance.colour" => words.say("sites-colour"),
        "appearance.greeting" => words.say("sites-greeting"),
        "settings.consent.required" => words.say("sites-consent"),
        "settings.consent.text" => words.say("sites-consent-text"),
        "settings.privacy" => words.say("sites-privacy"),
        "settings.preview" => words.say("sites-preview"),
        "settings.rating.on" => words.say("sites-rating"),
        "settings.offline.ask_address" => words.say("sites-offline"),
        "settings.reply_within_s" => words.say("sites-reply-within"),
        "settings.keep_days" => words.say("keep-days"),
        _ => return None,
    })
}

fn of_machines(field: &str, words: &Words) -> Option<String> {
    Some(match field {
        "url" => words.say("webhooks-url"),
        "events" => words.say("webhooks-events"),
        "kind" => words.say("bots-kind"),
        "scope" => words.say("keys-scope"),
        "action" => words.say("filters-action"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const QUEUE: &str = "01935b3c-7a51-7000-8000-0000000000a1";

    fn lines(changes: &Value) -> Vec<String> {
        let words = Lang::En.words();
        let line = |change: ChangeView| {
            let name = change.label(words).unwrap_or_else(|| change.field.clone());
            format!("{name}: {} > {}", change.before(words), change.after(words))
        };
        let names = Names::from([(QUEUE.to_owned(), "Repairs".to_owned())]);
        of(changes.as_object().expect("fields"), &names).into_iter().map(line).collect()
    }

    #[test]
    fn of_what_has_parts_only_those_are_told_that_differ() {
        let before =
            json!({"rating": {"on": false}, "consent": {"required": true, "text": "We keep it."}, "keep_days": 30});
        let after = json!({"rating": {"on": true}, "consent": {"required": true}, "keep_days": 30,
            "texts": {"de": {"hello": "Moin!"}}});
        let told = lines(&json!({ "settings": [before, after] }));
        assert_eq!(
            told,
            [
                "What they agree to: We keep it. > –",
                "Ask how it was when a chat is over: – > ✓",
                "de: Greeting: – > Moin!",
            ]
        );
    }

    #[test]
    fn queues_are_told_by_their_names_while_they_are_there() {
        assert_eq!(lines(&json!({"queue": [null, QUEUE]})), ["Queue: – > Repairs"]);
        assert!(lines(&json!({"overflow_queue_id": [QUEUE, null]}))[0].ends_with(": Repairs > –"));
        assert!(lines(&json!({"queue": ["gone", null]}))[0].ends_with(": gone > –"));
    }

    #[test]
    fn hours_are_told_by_the_day() {
        let hours = |to: i64| {
            json!({"time_zone": "Europe/Berlin", "holidays": [], "week": [{"day": 0, "from": 540, "to": to},
                {"day": 4, "from": 540, "to": 1020}]})
        };
        assert_eq!(lines(&json!({"hours": [hours(1020), hours(1080)]})), ["Monday: 09:00-17:00 > 09:00-18:00"]);
        let all = lines(&json!({"hours": [null, hours(1020)]}));
        assert_eq!(all, ["Time zone: – > Europe/Berlin", "Monday: – > 09:00-17:00", "Friday: – > 09:00-17:00"]);
    }

    #[test]
    fn whatever_was_written_can_be_read() {
        let told = lines(&json!({"role": ["agent", "admin"], "reply_s": [0, 300]}));
        assert!(told.contains(&"Role: Agent > Admin".to_owned()), "{told:?}");
        assert!(told.contains(&"Target: later answers: 0 s > 300 s".to_owned()), "{told:?}");
        let fields =
            json!([{"about": "text", "label": "Order", "required": true}, {"about": "email", "required": false}]);
        let asked = lines(&json!({"settings": [{}, {"pre_chat": {"fields": fields}}]}));
        assert_eq!(asked, ["settings.pre_chat.fields: – > text Order required, email"]);
        assert_eq!(lines(&json!({"later": [{"a": 1}, "all"]})), ["later: 1 > all"]);
        assert!(lines(&json!({"later": "no pair", "queues": [null, []]})).is_empty(), "nothing became nothing");
        assert_eq!(lines(&json!({"role": ["king", null]})), ["Role: king > –"]);
        assert_eq!(
            lines(&json!({"action": ["refuse", "flag"]}))[0].split(": ").nth(1),
            Some("Is not taken > Is marked for agents")
        );
    }
}
