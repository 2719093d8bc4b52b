//! Material descriptions and KMS encryption contexts of S3 objects: JSON objects of strings
//! (docs/formats.md 4.2, 4.3 and 4.7).

use crate::error::{Error, Result};
use crate::pairs::{Pairs, owned};
use alloc::{format, string::String, vec::Vec};

/// Names and values that describe the key of an object. They are stored beside it, readable by
/// anybody and, with an RSA wrap, **bound to nothing**: whoever can write the object's metadata can
/// change them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MaterialDescription(Pairs);

impl MaterialDescription {
    /// No pairs.
    pub(crate) const EMPTY: Self = Self(Pairs::EMPTY);

    /// # Errors
    /// [`Error::Context`] for an empty or doubled name.
    pub fn new<N: Into<String>, V: Into<String>>(
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self> {
        Self::checked(owned(pairs))
    }

    fn checked(pairs: Vec<(String, String)>) -> Result<Self> {
        if pairs.iter().any(|(name, _)| name.is_empty()) {
            return Err(Error::Context("a name in the material description is empty"));
        }
        Ok(Self(
            Pairs::new(pairs)
                .ok_or(Error::Context("a name stands twice in the material description"))?,
        ))
    }

    /// Pairs, ordered by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter()
    }

    /// The value of `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)
    }

    /// Whether there are no pairs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.len() == 0
    }

    /// The same with one pair more, which is the format's own.
    pub(crate) fn with(self, name: &str, value: &str) -> Result<Self> {
        let mut pairs = self.0.into_inner();
        pairs.push((name.into(), value.into()));
        Self::checked(pairs)
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

/// ASCII only, and without the beginning of an encoded word (RFC 2047), which S3 and readers of
/// metadata would decode.
pub(crate) fn push_json_string(json: &mut String, text: &str) {
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
