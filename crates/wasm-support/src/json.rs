//! JSON, as JavaScript parses it.

use bongtu::object::JsonValue;
use bongtu::s3::Json;
use js_sys::{Array, JSON, Number, Object};
use wasm_bindgen::{JsCast, JsValue};

/// A JSON object's members; `None` if the text is not one.
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

/// More and deeper than the JSON of any public key goes.
const ROOM: usize = 64 * 1024;
const DEPTH: usize = 16;

/// Reads the JSON text of a public key; `None` if it is not JSON.
pub fn json_tree(text: &str) -> Option<Json> {
    JsonReader { room: ROOM }.value(&JSON::parse(text).ok()?, DEPTH)
}

/// Reads what JavaScript has parsed, and no more of it than there is room for: objects may contain
/// each other, and so have more members than memory.
pub struct JsonReader {
    /// Bytes that are left; each value takes at least one.
    pub room: usize,
}

impl JsonReader {
    /// `None` for text that is not JSON, or too much of it.
    pub fn value(&mut self, value: &JsValue, depth: usize) -> Option<Json> {
        let inner = depth.checked_sub(1)?;
        self.take(1)?;
        if let Some(text) = value.as_string() {
            self.take(text.len())?;
            return Some(Json::Text(text));
        }
        if let Some(value) = value.as_bool() {
            return Some(Json::Bool(value));
        }
        if value.is_null() {
            return Some(Json::Null);
        }
        if value.as_f64().is_some() {
            let number = value.unchecked_ref::<Number>().to_string_with_radix(10).ok()?;
            return Some(Json::Number(number.into()));
        }
        if Array::is_array(value) {
            let mut values = Vec::new();
            for value in value.unchecked_ref::<Array>().iter() {
                values.push(self.value(&value, inner)?);
            }
            return Some(Json::List(values));
        }
        if !value.is_object() {
            return None;
        }
        let mut members = Vec::new();
        for entry in Object::entries(value.unchecked_ref()).iter() {
            let entry = Array::from(&entry);
            let name = entry.get(0).as_string()?;
            self.take(name.len())?;
            members.push((name, self.value(&entry.get(1), inner)?));
        }
        Some(Json::Object(members))
    }

    fn take(&mut self, length: usize) -> Option<()> {
        self.room = self.room.checked_sub(length)?;
        Some(())
    }
}
