//! Wrapping a data key with RSA-OAEP, and what the KMS-RSA keyring binds to it
//! (FORMATS.md 1.1 and 3.2).

use crate::context::EncryptionContext;
use crate::error::{Error, Result};
use crate::keys::{DataKey, WrapText};
use alloc::{string::ToString, vec::Vec};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// KMS's `EncryptionAlgorithm` for RSA keys. MGF1 always uses the same hash, the label is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EncryptionAlgorithm {
    /// `RSAES_OAEP_SHA_1`
    RsaesOaepSha1,
    /// `RSAES_OAEP_SHA_256`
    #[default]
    RsaesOaepSha256,
}

impl EncryptionAlgorithm {
    /// KMS's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RsaesOaepSha1 => "RSAES_OAEP_SHA_1",
            Self::RsaesOaepSha256 => "RSAES_OAEP_SHA_256",
        }
    }

    /// # Errors
    /// [`Error::KeyAlgorithm`] for any name but KMS's two.
    pub fn from_name(name: &str) -> Result<Self> {
        [Self::RsaesOaepSha1, Self::RsaesOaepSha256]
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
            .ok_or_else(|| Error::KeyAlgorithm(name.to_string()))
    }

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

const DIGEST_LENGTH: usize = 48;

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
    context: &EncryptionContext,
    key_length: usize,
) -> Result<Option<DataKey>> {
    let digest = context.digest()?;
    Ok(match text.split_at_checked(DIGEST_LENGTH) {
        Some((found, key)) if key.len() == key_length && bool::from(found.ct_eq(&digest)) => {
            Some(DataKey::new(Zeroizing::new(key.to_vec())))
        }
        _ => None,
    })
}
