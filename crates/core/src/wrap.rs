//! Wrapping a data key with RSA-OAEP, and what is bound to it: the context's digest in messages
//! (docs/formats.md 1.1 and 3.2), the content algorithm in objects (4.4).

use crate::context::EncryptionContext;
use crate::error::{Error, Result};
use crate::keys::{DataKey, WrapText};
use crate::named::named;
use alloc::{string::ToString, vec::Vec};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

named! {
    /// KMS's `EncryptionAlgorithm` for RSA keys. MGF1 always uses the same hash, the label is empty.
    /// Another name is [`Error::KeyAlgorithm`].
    #[derive(Default)]
    pub enum EncryptionAlgorithm {
        /// RSAES-OAEP with SHA-1.
        RsaesOaepSha1 = "RSAES_OAEP_SHA_1",
        /// RSAES-OAEP with SHA-256.
        #[default]
        RsaesOaepSha256 = "RSAES_OAEP_SHA_256",
    }
    otherwise |name| Error::KeyAlgorithm(name.to_string())
}

impl EncryptionAlgorithm {
    /// The hash's name as WebCrypto spells it.
    #[must_use]
    pub const fn hash(self) -> &'static str {
        match self {
            Self::RsaesOaepSha1 => "SHA-1",
            Self::RsaesOaepSha256 => "SHA-256",
        }
    }

    /// Bytes that a key with a modulus of `modulus_length` bytes can encrypt at most.
    #[must_use]
    pub const fn max_plaintext_length(self, modulus_length: usize) -> usize {
        match self {
            Self::RsaesOaepSha1 => modulus_length - 42,
            Self::RsaesOaepSha256 => modulus_length - 66,
        }
    }
}

pub(crate) const DIGEST_LENGTH: usize = 48;

/// `SHA-384(context) ‖ data key`
pub(crate) fn bind(context: &EncryptionContext, data_key: &DataKey) -> Result<WrapText> {
    let mut text = Zeroizing::new(Vec::with_capacity(DIGEST_LENGTH + data_key.expose().len()));
    text.extend_from_slice(&context.digest()?);
    text.extend_from_slice(data_key.expose());
    Ok(WrapText::new(text))
}

/// The data key out of what KMS answered, `None` unless length and digest are as they must be.
pub(crate) fn unbind(
    text: &[u8],
    digest: &[u8; DIGEST_LENGTH],
    key_length: usize,
) -> Option<DataKey> {
    let (found, key) = text.split_at_checked(DIGEST_LENGTH)?;
    let right = key.len() == key_length && bool::from(found.ct_eq(digest));
    right.then(|| DataKey::copy(key))
}

/// `u8(length) ‖ data key ‖ content algorithm`, what objects wrap (docs/formats.md 4.4).
pub(crate) fn bind_object(content_algorithm: &str, data_key: &DataKey) -> Result<WrapText> {
    let key = data_key.expose();
    let length = u8::try_from(key.len()).map_err(|_| Error::State("the data key is too long"))?;
    let mut text = Zeroizing::new(Vec::with_capacity(1 + key.len() + content_algorithm.len()));
    text.push(length);
    text.extend_from_slice(key);
    text.extend_from_slice(content_algorithm.as_bytes());
    Ok(WrapText::new(text))
}

/// The data key out of such a text. All that can be wrong with it looks the same, and takes the
/// same steps to find.
pub(crate) fn unbind_object(
    text: &[u8],
    content_algorithm: &str,
    takes: impl Fn(usize) -> bool,
) -> Option<DataKey> {
    let suffix = content_algorithm.as_bytes();
    let length = text.len().saturating_sub(1 + suffix.len());
    let (first, rest) = text.split_first()?;
    let (key, found) = rest.split_at_checked(length)?;
    let announced = usize::from(*first).ct_eq(&length);
    let right = bool::from(announced & found.ct_eq(suffix)) & takes(length);
    right.then(|| DataKey::copy(key))
}
