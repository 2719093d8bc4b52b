//! Material descriptions and KMS encryption contexts of S3 objects: JSON objects of strings
//! (docs/formats.md 4.2, 4.3 and 4.7).

use crate::error::Result;
use crate::json;
use crate::pairs::{Pairs, owned};
use alloc::{string::String, vec::Vec};

/// Names and values that describe the key of an object. They are stored beside it, readable by
/// anybody and, with an RSA wrap, **bound to nothing**: whoever can write the object's metadata can
/// change them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MaterialDescription(Pairs);

impl MaterialDescription {
    /// No pairs.
    pub(crate) const EMPTY: Self = Self(Pairs::EMPTY);

    /// # Errors
    /// [`crate::Error::Context`] for an empty or doubled name.
    pub fn new<N: Into<String>, V: Into<String>>(
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self> {
        Self::checked(owned(pairs))
    }

    fn checked(pairs: Vec<(String, String)>) -> Result<Self> {
        let empty = "a name in the material description is empty";
        let twice = "a name stands twice in the material description";
        Pairs::named(pairs, empty, twice).map(Self)
    }

    /// What KMS is asked to bind of a message. Names are those of the message, whatever they are.
    #[cfg(feature = "keyrings")]
    pub(crate) const fn of_pairs(pairs: Pairs) -> Self {
        Self(pairs)
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
        json::object_of_texts(self.iter())
    }
}
