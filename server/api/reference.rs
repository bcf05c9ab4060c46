//! `/api`: the OpenAPI document as a page to read, which loads nothing from elsewhere.

use actix_web::HttpResponse;
use askama::Template;
use serde_json::Value;

use super::openapi;
use super::operations::{Good, OPERATIONS, Operation};
use crate::http::assets::console_assets;
use crate::http::page;

/// Nothing but the console's style.
const POLICY: &str = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'";

/// The page. What the operations say is English, as the document is.
#[derive(Template)]
#[template(path = "api.html")]
pub struct ReferencePage {
    pub assets: crate::agents::pages::Assets,
    pub operations: Vec<OperationView>,
    pub types: Vec<TypeView>,
}

/// An operation.
pub struct OperationView {
    pub operation: Operation,
    /// The parameters of its query.
    pub query: Vec<String>,
    /// Every status, and what it means.
    pub refusals: Vec<(u16, &'static str)>,
}

impl OperationView {
    const fn is_page(&self) -> bool {
        matches!(self.operation.good, Good::Page(_))
    }

    const fn is_text(&self) -> bool {
        matches!(self.operation.good, Good::Text(_))
    }
}

/// A type on the wire.
pub struct TypeView {
    pub name: String,
    pub about: String,
    pub fields: Vec<FieldView>,
}

/// One field of it.
pub struct FieldView {
    pub name: String,
    pub kind: String,
    pub required: bool,
    pub about: String,
}

/// `GET /api`
pub async fn show() -> HttpResponse {
    page::public(&reference(), POLICY)
}

/// The page.
pub fn reference() -> ReferencePage {
    let operations = OPERATIONS.iter().map(|operation| OperationView {
        query: operation.query.iter().map(|name| name.trim_end_matches('!').to_owned()).collect(),
        refusals: operation.refusals().into_iter().map(|status| (status, openapi::refusal_words(status))).collect(),
        operation: *operation,
    });
    let schemas = openapi::schemas();
    let types = schemas.as_object().into_iter().flatten().filter(|(_, schema)| schema.get("properties").is_some());
    ReferencePage {
        assets: console_assets(),
        operations: operations.collect(),
        types: types.map(|(name, schema)| type_view(name, schema)).collect(),
    }
}

fn text(value: Option<&Value>) -> String {
    value.and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn type_view(name: &str, schema: &Value) -> TypeView {
    let required: Vec<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let fields = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let fields = fields.map(|(name, field)| FieldView {
        name: name.clone(),
        kind: kind(field),
        required: required.contains(&name.as_str()),
        about: text(field.get("description")),
    });
    TypeView { name: name.to_owned(), about: text(schema.get("description")), fields: fields.collect() }
}

/// What a field is, in a few words.
fn kind(field: &Value) -> String {
    if let Some(reference) = field.get("$ref").and_then(Value::as_str) {
        return reference.rsplit('/').next().unwrap_or_default().to_owned();
    }
    if let Some(any) = field.get("oneOf").or_else(|| field.get("anyOf")).and_then(Value::as_array) {
        return any.iter().map(kind).collect::<Vec<_>>().join(" or ");
    }
    match field.get("type") {
        Some(Value::String(one)) if one == "array" => {
            format!("list of {}", field.get("items").map(kind).unwrap_or_default())
        }
        Some(Value::String(one)) => one.clone(),
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        _ => "anything".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_says_every_operation_and_every_field_and_loads_nothing_else() {
        let html = reference().render().unwrap();
        for operation in OPERATIONS {
            assert!(html.contains(operation.id) && html.contains(operation.path), "{}", operation.id);
        }
        for view in reference().types.iter().flat_map(|view| &view.fields) {
            assert!(html.contains(&format!("<code>{}</code>", view.name)) && !view.kind.is_empty(), "{}", view.name);
        }
        assert!(!html.contains("http://") && !html.contains("https://") && !html.contains("<script"), "{html}");
    }
}
