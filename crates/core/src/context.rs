//! The encryption context and its canonical serialisation (FORMATS.md 2.2).

use crate::codec::{Reader, Stop, put_prefixed};
use crate::error::{Error, Result};
use alloc::collections::BTreeMap;
use alloc::{string::String, vec::Vec};
use sha2::{Digest, Sha384};

/// Names that begin so are the format's own.
const RESERVED_PREFIX: &str = "aws-crypto-";

/// Pairs that are bound to a message and stored in it in the clear.
///
/// Ordered by the names' UTF-8 bytes, which is the canonical order and that of Rust's strings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EncryptionContext(BTreeMap<String, String>);

impl EncryptionContext {
    /// A context to be written or asked for.
    ///
    /// # Errors
    /// [`Error::Context`] for an empty, doubled or reserved name (`aws-crypto-…`), or when the
    /// serialisation exceeds 65,535 bytes.
    pub fn new<N: Into<String>, V: Into<String>>(
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self> {
        let mut context = Self::default();
        for (name, value) in pairs {
            let name = name.into();
            if name.is_empty() {
                return Err(Error::Context("a name is empty"));
            }
            if name.starts_with(RESERVED_PREFIX) {
                return Err(Error::Context("names beginning with aws-crypto- are reserved"));
            }
            if context.0.insert(name, value.into()).is_some() {
                return Err(Error::Context("a name stands twice"));
            }
        }
        context.canonical()?;
        Ok(context)
    }

    /// Pairs in canonical order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether every pair of `wanted` is here with the same value.
    #[must_use]
    pub fn contains(&self, wanted: &Self) -> bool {
        wanted.0.iter().all(|(name, value)| self.0.get(name) == Some(value))
    }

    /// The canonical serialisation; no bytes at all for no pairs.
    pub(crate) fn canonical(&self) -> Result<Vec<u8>> {
        let too_long = Error::Context("longer than 65,535 bytes");
        if self.0.is_empty() {
            return Ok(Vec::new());
        }
        let count = u16::try_from(self.0.len()).map_err(|_| too_long.clone())?;
        let mut out = Vec::from(count.to_be_bytes());
        for (name, value) in &self.0 {
            put_prefixed(&mut out, name.as_bytes(), too_long.clone())?;
            put_prefixed(&mut out, value.as_bytes(), too_long.clone())?;
        }
        if out.len() > usize::from(u16::MAX) {
            return Err(too_long);
        }
        Ok(out)
    }

    /// `SHA-384(canonical)`, which the KMS-RSA keyring wraps with the data key (FORMATS.md 3.2).
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
        let mut context = Self::default();
        let count = reader.u16()?;
        if count == 0 {
            return Err(Error::Malformed("an encryption context of no pairs").into());
        }
        for _ in 0..count {
            let name = utf8(reader.prefixed()?)?;
            let value = utf8(reader.prefixed()?)?;
            if context.0.insert(name, value).is_some() {
                return Err(Error::Malformed("an encryption context name stands twice").into());
            }
        }
        if !reader.is_empty() {
            return Err(Error::Malformed("the encryption context is too long").into());
        }
        Ok(context)
    }
}

fn utf8(bytes: &[u8]) -> Result<String> {
    match core::str::from_utf8(bytes) {
        Ok(text) => Ok(text.into()),
        Err(_) => Err(Error::Malformed("the encryption context is not UTF-8")),
    }
}
