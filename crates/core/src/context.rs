//! The encryption context and its canonical serialisation (docs/formats.md 2.2).

use crate::codec::{Reader, Stop, put_prefixed};
use crate::error::{Error, Result};
use crate::pairs::{Pairs, owned};
use alloc::{string::String, vec::Vec};
use sha2::{Digest, Sha384};

/// Names that begin so are the format's own.
const RESERVED_PREFIX: &str = "aws-crypto-";

pub(crate) const TOO_LONG: Error =
    Error::Context("the encryption context is longer than 65,535 bytes");

/// Pairs that are bound to a message and stored in it in the clear.
///
/// Ordered by the names' UTF-8 bytes, which is the canonical order and that of Rust's strings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EncryptionContext(Pairs);

impl EncryptionContext {
    /// A context to be written or asked for.
    ///
    /// # Errors
    /// [`Error::Context`] for an empty, doubled or reserved name (`aws-crypto-…`), or when the
    /// serialisation exceeds 65,535 bytes.
    pub fn new<N: Into<String>, V: Into<String>>(
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self> {
        Self::checked(owned(pairs))
    }

    fn checked(pairs: Vec<(String, String)>) -> Result<Self> {
        if pairs.iter().any(|(name, _)| name.starts_with(RESERVED_PREFIX)) {
            return Err(Error::Context("names beginning with aws-crypto- are reserved for AWS"));
        }
        let empty = "a name in the encryption context is empty";
        let twice = "a name stands twice in the encryption context";
        let context = Self(Pairs::named(pairs, empty, twice)?);
        context.canonical()?;
        Ok(context)
    }

    /// Pairs in canonical order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter()
    }

    /// Whether every pair of `wanted` is here with the same value.
    #[must_use]
    pub fn contains(&self, wanted: &Self) -> bool {
        wanted.iter().all(|(name, value)| self.0.get(name) == Some(value))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)
    }

    /// The pairs whose names `keep` accepts.
    #[cfg(feature = "keyrings")]
    pub(crate) fn filter(&self, keep: impl Fn(&str) -> bool) -> Self {
        let kept = owned(self.iter().filter(|(name, _)| keep(name)));
        Self(Pairs::new(kept).unwrap_or_default())
    }

    /// These pairs and one that is the format's own.
    #[cfg(feature = "keyrings")]
    pub(crate) fn with(&self, name: &str, value: &str) -> Result<Self> {
        self.joined([(name, value)].into_iter())
    }

    /// These pairs and `others`, the format's own among them perhaps.
    #[cfg(feature = "keyrings")]
    pub(crate) fn joined<'a>(
        &'a self,
        others: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self> {
        let joined = Pairs::new(owned(self.iter().chain(others)));
        let twice = Error::Context("a name stands twice in the encryption context");
        let joined = Self(joined.ok_or(twice)?);
        joined.canonical()?;
        Ok(joined)
    }

    /// The canonical serialisation; no bytes at all for no pairs.
    pub(crate) fn canonical(&self) -> Result<Vec<u8>> {
        if self.0.len() == 0 {
            return Ok(Vec::new());
        }
        let count = u16::try_from(self.0.len()).map_err(|_| TOO_LONG)?;
        let mut out = Vec::from(count.to_be_bytes());
        for (name, value) in self.iter() {
            put_prefixed(&mut out, name.as_bytes()).ok_or(TOO_LONG)?;
            put_prefixed(&mut out, value.as_bytes()).ok_or(TOO_LONG)?;
        }
        if out.len() > usize::from(u16::MAX) {
            return Err(TOO_LONG);
        }
        Ok(out)
    }

    /// `SHA-384(canonical)`, which the KMS-RSA keyring wraps with the data key
    /// (docs/formats.md 3.2).
    pub(crate) fn digest(&self) -> Result<[u8; 48]> {
        Ok(Sha384::digest(self.canonical()?).into())
    }

    /// Reads the whole of a header's context section. The order is not checked: the header's tag
    /// covers the bytes as they were received.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self> {
        // `00 00` (a count of zero) is an older writers' form of the empty context.
        if matches!(bytes, [] | [0, 0]) {
            return Ok(Self::default());
        }
        Self::decode_pairs(&mut Reader::new(bytes)).map_err(|stop| match stop {
            Stop::Incomplete(_) => Error::Malformed("the encryption context is cut short"),
            Stop::Failed(error) => error,
        })
    }

    fn decode_pairs(reader: &mut Reader<'_>) -> Result<Self, Stop> {
        let mut pairs = Vec::new();
        let count = reader.u16()?;
        if count == 0 {
            return Err(Error::Malformed("the encryption context says that it has no pairs").into());
        }
        for _ in 0..count {
            let name = utf8(reader.prefixed()?)?;
            let value = utf8(reader.prefixed()?)?;
            pairs.push((name, value));
        }
        if !reader.is_empty() {
            return Err(Error::Malformed("the encryption context is too long").into());
        }
        let twice = Error::Malformed("an encryption context name stands twice");
        Ok(Self(Pairs::new(pairs).ok_or(twice)?))
    }
}

#[cfg(feature = "keyrings")]
impl From<&EncryptionContext> for crate::description::MaterialDescription {
    fn from(context: &EncryptionContext) -> Self {
        Self::of_pairs(context.0.clone())
    }
}

fn utf8(bytes: &[u8]) -> Result<String> {
    match core::str::from_utf8(bytes) {
        Ok(text) => Ok(text.into()),
        Err(_) => Err(Error::Malformed("the encryption context is not UTF-8")),
    }
}
