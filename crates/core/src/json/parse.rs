//! Parsing for native programs.

use super::Json;
use alloc::string::ToString;
use serde_json::Value;

impl Json {
    /// Parses any JSON; `None` when the text is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().map(branch)
    }
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
