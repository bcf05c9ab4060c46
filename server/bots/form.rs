//! A form that a bot asks in a message: what it may look like. What a visitor puts into it is looked at in
//! `forms/filling.rs`.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::action::{TITLE_CHARS, most, payload, short, title};
use crate::forms::filling::MOST_CHARS;
use crate::live::protocol::{Field, FieldKind};

/// Fields of one form, at most.
pub const MOST_FIELDS: usize = 12;
/// Choices of one field, at most.
pub const MOST_OPTIONS: usize = 30;
/// Characters of a field's name.
pub const FIELD_NAME_CHARS: usize = 60;

/// A form of a bot's message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedForm {
    /// In the order in which they are shown.
    pub fields: Vec<Field>,
    /// What the button says; without it, the visitor's own word for sending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submit: Option<String>,
    /// Comes back with the answers, as a quick reply's does. No visitor sees it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<Value>,
}

impl AskedForm {
    /// Looks at it.
    ///
    /// # Errors
    /// A sentence for the bot's developer.
    pub fn check(&self) -> Result<(), String> {
        if self.fields.is_empty() {
            return Err("a form has no fields".to_owned());
        }
        most("fields", self.fields.len(), MOST_FIELDS)?;
        let mut names = HashSet::new();
        for field in &self.fields {
            check_field(field)?;
            if !names.insert(field.name.as_str()) {
                return Err(format!("two fields are called {:?}", field.name));
            }
        }
        self.submit.as_deref().map_or(Ok(()), |text| title("a form's button", text))?;
        self.payload.as_ref().map_or(Ok(()), payload)
    }
}

fn check_field(field: &Field) -> Result<(), String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    let name = &field.name;
    if name.is_empty() || name.len() > FIELD_NAME_CHARS || !name.chars().all(fits) {
        return Err(format!(
            "a field's name has 1 to {FIELD_NAME_CHARS} letters, digits, underscores, hyphens and points"
        ));
    }
    title("a field's label", &field.label)?;
    if field.max_chars.is_some_and(|chars| !(1..=MOST_CHARS).contains(&chars)) {
        return Err(format!("max_chars is 1 to {MOST_CHARS}"));
    }
    if let Some(value) = &field.value {
        short("a field's value", value, usize::try_from(MOST_CHARS).unwrap_or(usize::MAX))?;
    }
    if field.kind != FieldKind::Choice {
        return if field.options.is_empty() { Ok(()) } else { Err("only a choice has options".to_owned()) };
    }
    if field.options.is_empty() {
        return Err("a choice has no options".to_owned());
    }
    most("options", field.options.len(), MOST_OPTIONS)?;
    let mut values = HashSet::new();
    for option in &field.options {
        title("an option", &option.title)?;
        short("an option's value", &option.value, TITLE_CHARS)?;
        if option.value.trim().is_empty() || option.value.chars().any(char::is_control) {
            return Err("an option's value is one line of text".to_owned());
        }
        if !values.insert(option.value.trim()) {
            return Err(format!("two options have the value {:?}", option.value));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn checked(form: &Value) -> Result<(), String> {
        serde_json::from_value::<AskedForm>(form.clone()).map_err(|error| error.to_string())?.check()
    }

    #[test]
    fn forms_are_looked_at() {
        let good = json!({"fields": [{"name": "mail", "kind": "email", "label": "Email", "required": true},
            {"name": "size", "kind": "choice", "label": "Size", "options": [{"value": "s", "title": "Small"}]},
            {"name": "many", "kind": "number", "label": "How many", "value": "1"}], "submit": "Go", "payload": {"x": 1}});
        assert_eq!(checked(&good), Ok(()));
        let field = |more: Value| {
            let mut field = json!({"name": "a", "kind": "text", "label": "A"});
            for (key, value) in more.as_object().expect("an object") {
                field[key] = value.clone();
            }
            json!({ "fields": [field] })
        };
        let many: Vec<Value> =
            (0..10_000).map(|n| json!({"name": format!("f{n}"), "kind": "text", "label": "x"})).collect();
        for bad in [
            json!({}),
            json!({"fields": null}),
            json!({"fields": []}),
            json!({"fields": [null]}),
            json!({"fields": [{"name": null, "kind": null, "label": null}]}),
            json!({ "fields": many }),
            json!({"fields": [{"name": "a", "kind": "text", "label": "A"}, {"name": "a", "kind": "text", "label": "B"}]}),
            field(json!({"kind": "password"})),
            field(json!({"name": "a b"})),
            field(json!({"name": "a\"><script>"})),
            field(json!({"name": "x".repeat(61)})),
            field(json!({"label": " "})),
            field(json!({"label": "a\u{0}b"})),
            field(json!({"max_chars": 0})),
            field(json!({"max_chars": 100_000})),
            field(json!({"value": "x".repeat(2_001)})),
            field(json!({"options": [{"value": "a", "title": "A"}]})),
            field(json!({"kind": "choice"})),
            field(json!({"kind": "choice", "options": [{"value": "", "title": "A"}]})),
            field(json!({"kind": "choice", "options": [{"value": "a", "title": "A"}, {"value": "a ", "title": "B"}]})),
            json!({"fields": [{"name": "a", "kind": "text", "label": "A"}], "submit": ""}),
            json!({"fields": [{"name": "a", "kind": "text", "label": "A"}], "payload": "x".repeat(3_000)}),
        ] {
            assert!(checked(&bad).is_err(), "{}", bad.to_string().chars().take(120).collect::<String>());
        }
    }
}
