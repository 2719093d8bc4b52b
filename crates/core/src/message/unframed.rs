//! Bodies without frames (docs/formats.md 2.7): one AES-GCM message behind its IV and length.

use crate::codec::widen;
use crate::error::{Error, Result};
use crate::executor::Executor;
use crate::plan::{NONCE_LENGTH, TAG_LENGTH};
use crate::splice::MAX_TEXT;
use alloc::vec::Vec;

/// What precedes the ciphertext: IV and `u64` length.
pub(super) const HEAD_LENGTH: usize = NONCE_LENGTH + 8;

/// What such a body says of itself.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) nonce: [u8; NONCE_LENGTH],
    /// Bytes of plaintext: no more than one AES-GCM message has, and than there are.
    pub(super) text_length: u64,
}

impl Head {
    /// Reads it at the start of a body of `body_length` bytes, footer included.
    ///
    /// # Errors
    /// [`Error::Truncated`], or [`Error::Malformed`] for an impossible length.
    pub(super) fn parse(body: &[u8], body_length: u64) -> Result<Self> {
        let (nonce, rest) = body.split_first_chunk().ok_or(Error::Truncated)?;
        let length = rest.first_chunk().ok_or(Error::Truncated)?;
        let text_length = u64::from_be_bytes(*length);
        if text_length > MAX_TEXT {
            return Err(Error::Malformed("a body without frames of more than 64 GiB - 32 bytes"));
        }
        if body_length < widen(HEAD_LENGTH) + text_length + widen(TAG_LENGTH) {
            return Err(Error::Truncated);
        }
        Ok(Self { nonce: *nonce, text_length })
    }

    /// `message id ‖ content string ‖ u32(1) ‖ u64(text length)`
    pub(super) fn aad(&self, message_id: &[u8]) -> Vec<u8> {
        let mut aad = Vec::from(message_id);
        aad.extend_from_slice(b"AWSKMSEncryptionClient Single Block");
        aad.extend_from_slice(&1_u32.to_be_bytes());
        aad.extend_from_slice(&self.text_length.to_be_bytes());
        aad
    }
}

/// Appends the plaintext of the body at the start of `bytes`, and returns where it ends.
pub(super) fn open(
    executor: &Executor,
    message_id: &[u8],
    bytes: &[u8],
    plaintext: &mut Vec<u8>,
) -> Result<usize> {
    let head = Head::parse(bytes, widen(bytes.len()))?;
    let text_length = usize::try_from(head.text_length).map_err(|_| Error::Truncated)?;
    let end = HEAD_LENGTH + text_length + TAG_LENGTH;
    let sealed = bytes.get(HEAD_LENGTH..end).ok_or(Error::Truncated)?;
    executor.decrypt(&head.nonce, &head.aad(message_id), sealed, plaintext)?;
    Ok(end)
}
