//! JSON for native programs; in a browser JavaScript parses it.

use crate::error::{Error, Result};
use crate::object::JsonValue;
use crate::public_key::GetPublicKeyResponse;
use crate::s3::Json;
use alloc::{string::String, string::ToString, vec::Vec};
use base64ct::{Base64, Encoding};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Members {
    public_key: String,
    key_id: Option<String>,
    key_usage: Option<String>,
    key_spec: Option<String>,
    encryption_algorithms: Option<Vec<String>>,
}

/// Reads what `aws kms get-public-key` prints.
pub(crate) fn get_public_key(text: &str) -> Result<GetPublicKeyResponse> {
    let members: Members = serde_json::from_str(text)
        .map_err(|_| Error::PublicKey("JSON, but no GetPublicKey response"))?;
    let public_key = Base64::decode_vec(&members.public_key)
        .map_err(|_| Error::PublicKey("PublicKey is not base64"))?;
    Ok(GetPublicKeyResponse {
        public_key,
        key_id: members.key_id,
        key_usage: members.key_usage,
        key_spec: members.key_spec,
        encryption_algorithms: members.encryption_algorithms,
    })
}

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

/// Parses a policy document, for it to be explained.
pub(crate) fn policy(text: &str) -> Option<Json> {
    serde_json::from_str(text).ok().map(policy_value)
}

fn policy_value(json: Value) -> Json {
    match json {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(value),
        Value::Number(number) => Json::Number(number.to_string()),
        Value::String(text) => Json::Text(text),
        Value::Array(values) => Json::List(values.into_iter().map(policy_value).collect()),
        Value::Object(members) => Json::Object(
            members.into_iter().map(|(name, member)| (name, policy_value(member))).collect(),
        ),
    }
}
