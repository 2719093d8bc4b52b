//! JSON, as JavaScript parses it.

use bongtu::object::JsonValue;
use js_sys::{Array, JSON, Number, Object};
use wasm_bindgen::JsCast;

/// A JSON object's members; `None` for what is none.
pub fn json_members(text: &str) -> Option<Vec<(String, JsonValue)>> {
    let value = JSON::parse(text).ok()?;
    if !value.is_object() || Array::is_array(&value) {
        return None;
    }
    let entries = Object::entries(value.unchecked_ref());
    entries.iter().map(|entry| member(&Array::from(&entry))).collect()
}

fn member(entry: &Array) -> Option<(String, JsonValue)> {
    let value = entry.get(1);
    let value = match value.as_string() {
        Some(text) => JsonValue::Text(text),
        None if Number::is_safe_integer(&value) => JsonValue::Integer(
            value.unchecked_into::<Number>().to_string_with_radix(10).ok()?.into(),
        ),
        None => JsonValue::Other,
    };
    Some((entry.get(0).as_string()?, value))
}
