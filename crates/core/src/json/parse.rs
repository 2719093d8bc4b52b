//! Parsing for native programs.

use super::{Json, JsonValue};
use alloc::{string::String, string::ToString, vec::Vec};
use serde_json::Value;

/// Parses a JSON object's members, for metadata of objects.
pub(crate) fn object_members(text: &str) -> Option<Vec<(String, JsonValue)>> {
    let members: serde_json::Map<String, Value> = serde_json::from_str(text).ok()?;
    Some(members.into_iter().map(|(name, value)| (name, scalar(value))).collect())
}

fn scalar(value: Value) -> JsonValue {
    match value {
        Value::String(text) => JsonValue::Text(text),
        Value::Number(number) if number.is_u64() => JsonValue::Integer(number.to_string()),
        _ => JsonValue::Other,
    }
}

/// Parses any JSON: public keys, policy documents.
pub(crate) fn tree(text: &str) -> Option<Json> {
    serde_json::from_str(text).ok().map(branch)
}

fn branch(json: Value) -> Json {
    match json {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(value),
        Value::Number(number) => Json::Number(number.to_string()),
        Value::String(text) => Json::Text(text),
        Value::Array(values) => Json::List(values.into_iter().map(branch).collect()),
        Value::Object(members) => {
            Json::Object(members.into_iter().map(|(name, member)| (name, branch(member))).collect())
        }
    }
}
