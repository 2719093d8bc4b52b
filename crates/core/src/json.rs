//! JSON: its values, what parses it, and how it is written. In a browser JavaScript parses it.

#[cfg(feature = "json")]
mod parse;

use alloc::{format, string::String, vec::Vec};

/// A JSON value. Numbers are kept as they are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number as it is written.
    Number(String),
    /// A string.
    Text(String),
    /// `[…]`
    List(Vec<Self>),
    /// `{…}`, in order.
    Object(Vec<(String, Self)>),
}

impl Json {
    /// Without a parser there is no JSON.
    #[cfg(not(feature = "json"))]
    pub(crate) const fn parse(_: &str) -> Option<Self> {
        None
    }

    /// A string.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn object<'a>(members: impl IntoIterator<Item = (&'a str, Self)>) -> Self {
        Self::Object(members.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }

    pub(crate) fn list(texts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::List(texts.into_iter().map(Self::text).collect())
    }

    /// A member of an object.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        self.members().iter().find(|(found, _)| found == name).map(|(_, value)| value)
    }

    pub(crate) fn members(&self) -> &[(String, Self)] {
        match self {
            Self::Object(members) => members,
            _ => &[],
        }
    }

    /// A string's characters.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The elements of a list, or one that stands alone, as policies allow in most places.
    pub(crate) fn one_or_more(&self) -> &[Self] {
        match self {
            Self::List(values) => values,
            other => core::slice::from_ref(other),
        }
    }

    /// Whether it has at most so many bytes, punctuation among them and white space not, and goes
    /// no deeper.
    pub(crate) fn fits(&self, length: usize, depth: usize) -> bool {
        self.rest(length, depth).is_some()
    }

    /// The rest of `room` after this value.
    fn rest(&self, room: usize, depth: usize) -> Option<usize> {
        let inner = depth.checked_sub(1)?;
        // A list has one more bracket or comma than values, and two if it is empty.
        let around = |empty: bool| room.checked_sub(1 + usize::from(empty));
        match self {
            Self::Null | Self::Bool(_) => room.checked_sub(4),
            Self::Number(text) => room.checked_sub(text.len()),
            Self::Text(text) => room.checked_sub(2 + text.len()),
            Self::List(values) => {
                values.iter().try_fold(around(values.is_empty())?, |room, value| {
                    value.rest(room.checked_sub(1)?, inner)
                })
            }
            Self::Object(members) => {
                members.iter().try_fold(around(members.is_empty())?, |room, (name, value)| {
                    value.rest(room.checked_sub(4 + name.len())?, inner)
                })
            }
        }
    }

    /// The value written out, ASCII only.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Number(digits) => out.push_str(digits),
            Self::Text(text) => push_string(out, text),
            Self::List(values) => {
                for (index, value) in values.iter().enumerate() {
                    out.push(if index == 0 { '[' } else { ',' });
                    value.write(out);
                }
                out.push_str(if values.is_empty() { "[]" } else { "]" });
            }
            Self::Object(members) => {
                for (index, (name, value)) in members.iter().enumerate() {
                    out.push(if index == 0 { '{' } else { ',' });
                    push_string(out, name);
                    out.push(':');
                    value.write(out);
                }
                out.push_str(if members.is_empty() { "{}" } else { "}" });
            }
        }
    }
}

/// A JSON object of strings, ASCII only, by less code than any JSON needs: pages that seal download it.
pub(crate) fn object_of_texts<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut json = String::new();
    for (name, value) in pairs {
        json.push(if json.is_empty() { '{' } else { ',' });
        push_string(&mut json, name);
        json.push(':');
        push_string(&mut json, value);
    }
    json.push_str(if json.is_empty() { "{}" } else { "}" });
    json
}

/// Parses any JSON; `None` when the text is none.
pub type JsonParser = fn(&str) -> Option<Json>;

/// ASCII only, and without the beginning of an encoded word (RFC 2047), which S3 and readers of
/// metadata would decode.
fn push_string(json: &mut String, text: &str) {
    json.push('"');
    for unit in text.encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte @ (b'"' | b'\\')) => json.extend(['\\', byte.into()]),
            Ok(b'?') if json.ends_with('=') => json.push_str("\\u003f"),
            Ok(byte @ 0x20..=0x7e) => json.push(byte.into()),
            _ => json.push_str(&format!("\\u{unit:04x}")),
        }
    }
    json.push('"');
}
