//! Opening an object in one call, for data that fits into memory.

use super::opener::{ObjectOpening, OpenObjectOptions, OpenedObject, UnwrappedObject};
use crate::codec::widen;
use crate::error::{Error, Result};
use crate::executor::Executor;
use crate::json::Json;
use crate::keyring::Keyring;
use crate::kms::{DecryptRequest, DecryptResponse, KmsFailure};
use crate::plan::TAG_LENGTH;
use alloc::{string::String, vec::Vec};
use zeroize::Zeroizing;

/// Opens an object; see [`ObjectOpening::new`] for `metadata` and `instruction_file`. `kms` makes
/// the Decrypt call. Nothing is released unless the tag verifies.
///
/// # Errors
/// As [`ObjectOpening::new`] and [`ObjectOpening::finish`], or [`Error::Authentication`].
pub fn open_object_with(
    keyring: &Keyring,
    metadata: &[(String, String)],
    instruction_file: Option<&str>,
    body: &[u8],
    options: OpenObjectOptions,
    kms: impl FnMut(&DecryptRequest) -> Result<DecryptResponse, KmsFailure>,
) -> Result<(OpenedObject, Zeroizing<Vec<u8>>)> {
    let UnwrappedObject { object, content_key, mut chunks } =
        unwrap(keyring, metadata, instruction_file, options, kms)?;
    let executor = Executor::new(&content_key)?;
    let body_length = widen(body.len());
    let mut plaintext = Zeroizing::new(Vec::with_capacity(body.len()));
    if let Some(op) = chunks.one_shot(body_length)? {
        executor.decrypt(op.nonce.expose(), &op.aad, body, &mut plaintext)?;
        return Ok((object, plaintext));
    }
    let (text, tag) = body.split_at_checked(body.len() - TAG_LENGTH).ok_or(Error::Truncated)?;
    for (index, op) in chunks.plan_hashes(0, text.len())?.iter().enumerate() {
        let tag = executor.hash(op, text)?;
        chunks.pin(index, op.text.len(), tag.expose())?;
    }
    chunks.verify(tag, body_length)?;
    for op in chunks.plan(0, text.len())? {
        // AES-GCM encrypts and decrypts with the same key stream. The tag is good for nothing.
        executor.seal_piece(&op, text, &mut plaintext)?;
    }
    Ok((object, plaintext))
}

/// Reads the envelope and has the data key unwrapped.
pub(super) fn unwrap(
    keyring: &Keyring,
    metadata: &[(String, String)],
    instruction_file: Option<&str>,
    options: OpenObjectOptions,
    mut kms: impl FnMut(&DecryptRequest) -> Result<DecryptResponse, KmsFailure>,
) -> Result<UnwrappedObject> {
    let mut opening =
        ObjectOpening::new(keyring, metadata, instruction_file, Json::parse, options)?;
    while let Some(request) = opening.request() {
        let answer = kms(request);
        opening.respond(answer)?;
    }
    opening.finish()
}
