//! JSON, as JavaScript parses it.

use alloc::vec::Vec;
use bongtu::Json;
use js_sys::{Array, JSON, Number, Object};
use wasm_bindgen::{JsCast, JsValue};

/// Deeper than the JSON of anything goes that is read here.
const DEPTH: usize = 16;

/// What a JSON text holds, which is no more than the text; `None` for what is none.
pub fn parse_json(text: &str) -> Option<Json> {
    JsonReader { room: text.len() }.value(&JSON::parse(text).ok()?, DEPTH)
}

/// The same of an object of texts and numbers, as metadata have them. Whatever else a member is, is
/// null here: a page would download the code for more.
pub fn parse_flat_json(text: &str) -> Option<Json> {
    let value = JSON::parse(text).ok()?;
    if !value.is_object() || Array::is_array(&value) {
        return None;
    }
    let member = |entry| {
        let entry = Array::from(&entry);
        Some((entry.get(0).as_string()?, text_or_number(&entry.get(1)).unwrap_or(Json::Null)))
    };
    Object::entries(value.unchecked_ref())
        .iter()
        .map(member)
        .collect::<Option<_>>()
        .map(Json::Object)
}

fn text_or_number(value: &JsValue) -> Option<Json> {
    if let Some(text) = value.as_string() {
        return Some(Json::Text(text));
    }
    value.as_f64()?;
    let number = value.unchecked_ref::<Number>().to_string_with_radix(10).ok()?;
    Some(Json::Number(number.into()))
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
        if let Some(value) = text_or_number(value) {
            self.take(value.as_text().map_or(0, str::len))?;
            return Some(value);
        }
        if let Some(value) = value.as_bool() {
            return Some(Json::Bool(value));
        }
        if value.is_null() {
            return Some(Json::Null);
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
