//! What a visitor put into a form of a bot's message, checked against its fields. The fields are a
//! stranger's, as the values are: nothing of either is trusted, and nothing is looked up with them.

use serde_json::{Map, Number, Value, json};

use super::answers::{email, line, phone, refused, text};
use crate::conversations::Error;
use crate::live::protocol::{Field, FieldKind, MAX_TEXT_CHARS};
use crate::visitors::MAX_NAME_CHARS;

/// Characters of one line, where the form does not say.
pub const LINE_CHARS: u32 = 500;
/// Characters of a field, at most.
pub const MOST_CHARS: u32 = 2_000;
/// Characters of a number.
const NUMBER_CHARS: u32 = 40;

/// Reads the values of these fields. Values of other names are ignored; what was left empty is not in the answer.
///
/// # Errors
/// `ValueRefused` for the first that cannot be taken.
pub fn read(fields: &[Field], values: &Map<String, Value>) -> Result<Map<String, Value>, Error> {
    let mut answers = Map::new();
    for field in fields {
        match value(field, values)? {
            Some(value) => drop(answers.insert(field.name.clone(), value)),
            None if field.required => return Err(refused(&field.name, "is needed")),
            None => {}
        }
    }
    let chars = words(fields, &answers).chars().count();
    if chars > MAX_TEXT_CHARS {
        let last = fields.last().map(|field| field.name.as_str()).unwrap_or_default();
        let over = chars - MAX_TEXT_CHARS;
        return Err(refused(last, &format!("makes the answers {over} characters too long; shorten one of them")));
    }
    Ok(answers)
}

fn value(field: &Field, values: &Map<String, Value>) -> Result<Option<Value>, Error> {
    let name = field.name.as_str();
    let most = field.max_chars.unwrap_or(LINE_CHARS).min(MOST_CHARS);
    let given = match field.kind {
        FieldKind::Text => line(values, name, most)?.map(Value::String),
        FieldKind::Textarea => {
            text(values, name, field.max_chars.unwrap_or(MOST_CHARS).min(MOST_CHARS))?.map(Value::String)
        }
        FieldKind::Email => email(values, name)?.map(Value::String),
        FieldKind::Tel => phone(values, name, MAX_NAME_CHARS)?.map(Value::String),
        FieldKind::Number => number(values, name)?,
        FieldKind::Choice => choice(field, values)?,
        FieldKind::Score => score(values, name)?,
        FieldKind::Check => check(field, values)?,
    };
    Ok(given)
}

/// A number, or a text that is one: a page's field gives texts. A comma is taken for a point.
fn number(values: &Map<String, Value>, name: &str) -> Result<Option<Value>, Error> {
    if let Some(given @ Value::Number(_)) = values.get(name) {
        return Ok(Some(given.clone()));
    }
    let Some(text) = line(values, name, NUMBER_CHARS)? else { return Ok(None) };
    let whole = text.parse::<i64>().ok().map(Number::from);
    let read = whole.or_else(|| text.replace(',', ".").parse().ok().and_then(Number::from_f64));
    read.map(|number| Some(Value::Number(number))).ok_or_else(|| refused(name, "is not a number"))
}

fn choice(field: &Field, values: &Map<String, Value>) -> Result<Option<Value>, Error> {
    let Some(chosen) = line(values, &field.name, MOST_CHARS)? else { return Ok(None) };
    let known = field.options.iter().any(|option| option.value.trim() == chosen);
    if known { Ok(Some(Value::String(chosen))) } else { Err(refused(&field.name, "is none of the choices")) }
}

fn score(values: &Map<String, Value>, name: &str) -> Result<Option<Value>, Error> {
    match values.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(empty)) if empty.is_empty() => Ok(None),
        Some(score) => match score.as_i64() {
            Some(score @ 1..=5) => Ok(Some(json!(score))),
            _ => Err(refused(name, "is a whole number from 1 to 5")),
        },
    }
}

/// A box that has to be ticked and is not counts as left empty.
fn check(field: &Field, values: &Map<String, Value>) -> Result<Option<Value>, Error> {
    match values.get(&field.name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(false)) if field.required => Ok(None),
        Some(ticked @ Value::Bool(_)) => Ok(Some(ticked.clone())),
        Some(_) => Err(refused(&field.name, "is true or false")),
    }
}

/// The answers in words, a line for each: what a client shows that knows no forms, what lists and searches read.
pub fn words(fields: &[Field], answers: &Map<String, Value>) -> String {
    let lines = fields.iter().filter_map(|field| {
        let said = shown(field, answers.get(&field.name)?);
        Some(format!("{}: {said}", field.label.trim()))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// An answer as its visitor saw it.
pub fn shown(field: &Field, answer: &Value) -> String {
    match answer {
        Value::String(text) => {
            let option = field.options.iter().find(|option| option.value.trim() == text);
            option.map_or_else(|| text.clone(), |option| option.title.clone())
        }
        Value::Bool(true) => "✓".to_owned(),
        Value::Bool(false) => "–".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields() -> Vec<Field> {
        serde_json::from_value(json!([
            {"name": "who", "kind": "text", "label": "Name", "required": true, "max_chars": 5},
            {"name": "mail", "kind": "email", "label": "Email"},
            {"name": "count", "kind": "number", "label": "How many"},
            {"name": "size", "kind": "choice", "label": "Size", "options": [{"value": "s", "title": "Small"}]},
            {"name": "terms", "kind": "check", "label": "I agree", "required": true},
            {"name": "more", "kind": "textarea", "label": "More"},
            {"name": "stars", "kind": "score", "label": "Stars"},
            {"name": "phone", "kind": "tel", "label": "Phone"},
        ]))
        .expect("fields")
    }

    fn of(values: Value) -> Result<Map<String, Value>, Error> {
        read(&fields(), values.as_object().expect("an object"))
    }

    #[test]
    fn answers_are_read_and_put_into_words() {
        let read = of(json!({"who": " Ann ", "mail": "", "count": "2,5", "size": "s", "terms": true, "other": 1}));
        let read = read.expect("answers");
        assert_eq!(Value::Object(read.clone()), json!({"who": "Ann", "count": 2.5, "size": "s", "terms": true}));
        assert_eq!(words(&fields(), &read), "Name: Ann\nHow many: 2.5\nSize: Small\nI agree: ✓");
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let good = json!({"who": "Ann", "terms": true});
        for (field, value) in [
            ("who", json!(null)),
            ("who", json!("  ")),
            ("who", json!("Anne-Marie")),
            ("who", json!("a\nb")),
            ("who", json!(["a"])),
            ("mail", json!("nobody")),
            ("count", json!("many")),
            ("count", json!("NaN")),
            ("size", json!("xl")),
            ("terms", json!(false)),
            ("terms", json!("yes")),
            ("more", json!("x".repeat(2_001))),
            ("more", json!("a\u{0}b")),
            ("stars", json!(6)),
            ("phone", json!("call me")),
        ] {
            let mut values = good.clone();
            values[field] = value.clone();
            match of(values) {
                Err(Error::ValueRefused { field: named, .. }) => assert_eq!(named, field, "{value}"),
                other => panic!("{field} = {value}: {other:?}"),
            }
        }
    }
}
