//! Sealing an object in one call, for data that fits into memory.

use super::metadata::ObjectHead;
use super::sealer::{ObjectOptions, ObjectSealing, ObjectWrap, WrappedObject};
use crate::codec::widen;
use crate::error::{Error, Result};
use crate::executor::{self, Executor};
use crate::keyring::Keyring;
use crate::kms::{GenerateDataKeyRequest, GenerateDataKeyResponse, KmsFailure};
use crate::plan::TAG_LENGTH;
use alloc::vec::Vec;

/// A sealed object, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedObject {
    /// Metadata and instruction file.
    pub head: ObjectHead,
    /// Ciphertext and tag.
    pub body: Vec<u8>,
}

/// Seals `plaintext` into an object, offline, to an RSA key.
///
/// # Errors
/// As [`ObjectSealing::new`] and [`ObjectSealing::wrapped`], or [`Error::NoKms`] for the keyring of
/// a symmetric key, which [`seal_object_with`] takes.
pub fn seal_object(
    keyring: &Keyring,
    plaintext: &[u8],
    options: ObjectOptions,
) -> Result<SealedObject> {
    seal_whole(keyring, plaintext, options, |_| Err(Error::NoKms))
}

/// The same under a symmetric KMS key: `kms` is asked for the data key.
///
/// # Errors
/// As [`ObjectSealing::new`] and [`ObjectSealing::generated`], or [`Error::Kms`].
pub fn seal_object_with(
    keyring: &Keyring,
    plaintext: &[u8],
    options: ObjectOptions,
    kms: impl FnOnce(&GenerateDataKeyRequest) -> Result<GenerateDataKeyResponse, KmsFailure>,
) -> Result<SealedObject> {
    let kms = |request: &_| kms(request).map_err(|failure| Error::Kms(failure.name));
    seal_whole(keyring, plaintext, options, kms)
}

fn seal_whole(
    keyring: &Keyring,
    plaintext: &[u8],
    options: ObjectOptions,
    kms: impl FnOnce(&GenerateDataKeyRequest) -> Result<GenerateDataKeyResponse>,
) -> Result<SealedObject> {
    let length = widen(plaintext.len());
    let WrappedObject { head, content_key, mut chunks } =
        wrap(keyring, options, Some(length), kms)?;
    let executor = Executor::new(&content_key)?;
    let mut body = Vec::with_capacity(plaintext.len() + TAG_LENGTH);
    for (index, op) in chunks.plan(0, chunks.count()?)?.into_iter().enumerate() {
        let tag = executor.seal_piece(&op, plaintext, &mut body)?;
        chunks.pin(index, tag.expose())?;
    }
    body.extend_from_slice(&chunks.tail()?);
    Ok(SealedObject { head, body })
}

/// Makes a data key and has it wrapped.
pub(super) fn wrap(
    keyring: &Keyring,
    options: ObjectOptions,
    length: Option<u64>,
    kms: impl FnOnce(&GenerateDataKeyRequest) -> Result<GenerateDataKeyResponse>,
) -> Result<WrappedObject> {
    let sealing = ObjectSealing::new(keyring, options, length)?;
    match sealing.wrap() {
        ObjectWrap::Rsa(op) => {
            let wrapped = executor::wrap(op)?;
            sealing.wrapped(&wrapped)
        }
        ObjectWrap::Kms(request) => {
            let response = kms(request)?;
            sealing.generated(response)
        }
    }
}
