//! `GET /docs`: the API, from its own OpenAPI document.

use std::sync::LazyLock;

use askama::Template;
use axum::response::Response;
use serde_json::Value;

use super::failure::Failure;
use super::session::Visitor;
use super::shell::{Shell, Tab, page};
use crate::http::{State, openapi};

/// The methods of OpenAPI, in the order in which people read them.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::to_value(openapi()).unwrap_or_default());

#[derive(Template)]
#[template(path = "reference.html")]
struct ReferencePage {
    shell: Shell,
    description: String,
    groups: Vec<Group>,
    schemas: Vec<Schema>,
}

struct Group {
    name: String,
    description: String,
    operations: Vec<Operation>,
}

struct Operation {
    id: String,
    method: String,
    path: String,
    summary: String,
    description: String,
    parameters: Vec<Field>,
    body: Option<Type>,
    responses: Vec<Answer>,
}

struct Answer {
    status: String,
    description: String,
    body: Option<Type>,
}

struct Schema {
    name: String,
    description: String,
    fields: Vec<Field>,
    values: String,
}

/// A parameter, or a field of a schema.
struct Field {
    name: String,
    place: String,
    required: bool,
    kind: Type,
    description: String,
}

/// What a value is, and the schema to read on at.
struct Type {
    text: String,
    schema: Option<String>,
}

/// The API.
pub(super) async fn show(state: State, visitor: Visitor) -> Result<Response, Failure> {
    let shell = Shell::load(&state, visitor, Tab::Reference, "API").await?;
    let document = &*DOCUMENT;
    page(&ReferencePage {
        shell,
        description: text(&document["info"], "description"),
        groups: list(&document["tags"]).iter().map(|tag| group(document, tag)).collect(),
        schemas: entries(&document["components"]["schemas"]).map(|(name, schema)| read_schema(name, schema)).collect(),
    })
}

fn group(document: &Value, tag: &Value) -> Group {
    let name = text(tag, "name");
    let mut operations = Vec::new();
    for (path, methods) in entries(&document["paths"]) {
        for method in METHODS {
            let one = &methods[method];
            if list(&one["tags"]).iter().any(|tag| tag.as_str() == Some(&name)) {
                operations.push(operation(path, method, one));
            }
        }
    }
    Group { description: text(tag, "description"), name, operations }
}

fn operation(path: &str, method: &str, one: &Value) -> Operation {
    Operation {
        id: text(one, "operationId"),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(one, "summary"),
        description: text(one, "description"),
        parameters: list(&one["parameters"])
            .iter()
            .map(|parameter| Field {
                name: text(parameter, "name"),
                place: text(parameter, "in"),
                required: parameter["required"].as_bool().unwrap_or(false),
                kind: kind(&parameter["schema"]),
                description: text(parameter, "description"),
            })
            .collect(),
        body: content(&one["requestBody"]),
        responses: entries(&one["responses"])
            .map(|(status, answer)| Answer {
                status: status.to_owned(),
                description: text(answer, "description"),
                body: content(answer),
            })
            .collect(),
    }
}

/// The type of a body, whatever its media type.
fn content(body: &Value) -> Option<Type> {
    entries(&body["content"]).next().map(|(_, content)| kind(&content["schema"]))
}

fn read_schema(name: &str, schema: &Value) -> Schema {
    let required: Vec<&str> = list(&schema["required"]).iter().filter_map(Value::as_str).collect();
    Schema {
        name: name.to_owned(),
        description: text(schema, "description"),
        fields: entries(&schema["properties"])
            .map(|(name, field)| Field {
                name: name.to_owned(),
                place: String::new(),
                required: required.contains(&name),
                kind: kind(field),
                description: text(field, "description"),
            })
            .collect(),
        values: if schema["properties"].is_object() { String::new() } else { kind(schema).text },
    }
}

/// What a schema says a value is, in words.
fn kind(schema: &Value) -> Type {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return Type { text: name.to_owned(), schema: Some(name.to_owned()) };
    }
    let alternatives = ["oneOf", "anyOf", "allOf"].into_iter().flat_map(|name| list(&schema[name]));
    let alternatives: Vec<Type> = alternatives.map(kind).collect();
    if !alternatives.is_empty() {
        let words: Vec<&str> = alternatives.iter().map(|one| one.text.as_str()).collect();
        let text = words.join(" or ");
        return Type { text, schema: alternatives.into_iter().find_map(|one| one.schema) };
    }
    let values: Vec<String> = list(&schema["enum"]).iter().map(Value::to_string).collect();
    if !values.is_empty() {
        return Type { text: values.join(" or "), schema: None };
    }
    let names: Vec<&str> = match &schema["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => vec!["any value"],
    };
    let mut of = None;
    let words: Vec<String> = names
        .into_iter()
        .map(|name| match (name, schema["format"].as_str()) {
            ("array", _) => {
                let items = kind(&schema["items"]);
                of = items.schema;
                format!("list of {}", items.text)
            }
            ("string", Some(format)) => format!("string ({format})"),
            (name, _) => name.to_owned(),
        })
        .collect();
    Type { text: words.join(" or "), schema: of }
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_operation_is_in_some_group() {
        let document = &*DOCUMENT;
        let shown: usize = list(&document["tags"]).iter().map(|tag| group(document, tag).operations.len()).sum();
        let described: usize = entries(&document["paths"])
            .map(|(_, methods)| METHODS.iter().filter(|method| methods[**method].is_object()).count())
            .sum();
        assert_eq!(shown, described);
        assert!(shown > 0);
    }

    #[test]
    fn types_are_told_in_words() {
        for (schema, words) in [
            (json!({ "type": "string" }), "string"),
            (json!({ "type": ["string", "null"], "format": "date-time" }), "string (date-time) or null"),
            (json!({ "type": "array", "items": { "$ref": "#/components/schemas/Hit" } }), "list of Hit"),
            (json!({ "oneOf": [{ "type": "null" }, { "$ref": "#/components/schemas/Hit" }] }), "null or Hit"),
            (json!({ "type": "string", "enum": ["a", "b"] }), "\"a\" or \"b\""),
            (json!({}), "any value"),
        ] {
            assert_eq!(kind(&schema).text, words, "{schema}");
        }
    }
}
