//! Material descriptions and KMS encryption contexts of S3 objects: JSON objects of strings
//! (FORMATS.md 4.2, 4.3 and 4.7).

use crate::error::{Error, Result};
use alloc::collections::BTreeMap;
use alloc::{format, string::String};

/// Names and values that describe the key of an object. They are stored beside it, readable by
/// anybody and, with an RSA wrap, **bound to nothing**: whoever can write the object's metadata can
/// change them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MaterialDescription(BTreeMap<String, String>);

impl MaterialDescription {
    /// No pairs.
    pub(crate) const EMPTY: Self = Self(BTreeMap::new());

    /// # Errors
    /// [`Error::Context`] for an empty or doubled name.
    pub fn new<N: Into<String>, V: Into<String>>(
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self> {
        let mut description = Self::default();
        for (name, value) in pairs {
            let name = name.into();
            if name.is_empty() {
                return Err(Error::Context("a name is empty"));
            }
            if description.0.insert(name, value.into()).is_some() {
                return Err(Error::Context("a name stands twice"));
            }
        }
        Ok(description)
    }

    /// Pairs, ordered by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The value of `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Whether there are no pairs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same with one pair more, which is the format's own.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.0.insert(name.into(), value.into());
        self
    }

    /// A JSON object in ASCII: S3 returns other characters of metadata in a lossy form.
    pub(crate) fn to_json(&self) -> String {
        json_object(self.iter())
    }
}

/// A JSON object of strings, ASCII only.
pub(crate) fn json_object<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut json = String::from("{");
    for (name, value) in pairs {
        if json.len() > 1 {
            json.push(',');
        }
        push_json_string(&mut json, name);
        json.push(':');
        push_json_string(&mut json, value);
    }
    json.push('}');
    json
}

/// ASCII only.
pub(crate) fn push_json_string(json: &mut String, text: &str) {
    json.push('"');
    for unit in text.encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte @ (b'"' | b'\\')) => json.extend(['\\', byte.into()]),
            Ok(byte @ 0x20..=0x7e) => json.push(byte.into()),
            _ => json.push_str(&format!("\\u{unit:04x}")),
        }
    }
    json.push('"');
}
