//! The message header: written for version 2, read for both versions (docs/formats.md 2.2 to 2.5).

mod parser;
mod section;
#[cfg(test)]
mod tests;

pub use parser::HeaderReader;

use super::limits::Limits;
use crate::codec::put_prefixed;
use crate::context::{EncryptionContext, TOO_LONG};
use crate::derive::COMMITMENT_LENGTH;
use crate::error::{Error, Result};
use crate::materials::EncryptedDataKey;
use crate::plan::{NONCE_LENGTH, TAG_LENGTH};
use crate::suite::Suite;
use alloc::vec::Vec;

/// How the body is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentType {
    /// One AES-GCM message. Only older writers make it.
    NonFramed,
    /// Frames, each an AES-GCM message.
    Framed,
}

impl ContentType {
    fn from_byte(byte: u8) -> Result<Self> {
        match byte {
            1 => Ok(Self::NonFramed),
            2 => Ok(Self::Framed),
            _ => Err(Error::Malformed("unknown content type")),
        }
    }
}

/// A field's place in the header.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) name: &'static str,
    /// The number of the encrypted data key that it is part of.
    pub(super) edk: Option<u16>,
    /// Offset of its first byte, its length prefix included.
    pub(super) start: usize,
    pub(super) length: usize,
}

/// A header as parsed. Nothing in it is verified.
#[derive(Clone, Debug)]
pub struct Header {
    pub(super) suite: &'static Suite,
    pub(super) message_id: Vec<u8>,
    pub(super) context: EncryptionContext,
    pub(super) edks: Vec<EncryptedDataKey>,
    pub(super) content_type: ContentType,
    pub(super) frame_length: u32,
    pub(super) commitment: Option<Vec<u8>>,
    pub(super) nonce: [u8; NONCE_LENGTH],
    pub(super) tag: [u8; TAG_LENGTH],
    /// The bytes that the tag covers, as they were received.
    pub(super) body: Vec<u8>,
    pub(super) fields: Vec<Place>,
}

impl Header {
    /// Bytes of the header, its tag included.
    #[must_use]
    pub fn length(&self) -> usize {
        self.fields.last().map_or(0, |place| place.start + place.length)
    }

    /// All of the header as it was received: what a signature covers, before the body.
    #[cfg(feature = "signatures")]
    pub(super) fn received(&self) -> Vec<u8> {
        let mut bytes = self.body.clone();
        if self.suite.version == 1 {
            bytes.extend_from_slice(&self.nonce);
        }
        bytes.extend_from_slice(&self.tag);
        bytes
    }

    /// Parses the header at the start of `bytes`, after which nothing comes.
    pub(super) fn parse(bytes: &[u8], limits: &Limits) -> Result<Self> {
        parser::parse_whole(bytes, limits)
    }

    /// Bytes that version 2 writes before the tag, for encrypted data keys of this many bytes.
    pub(super) fn encoded_length(context_length: usize, edks_length: usize) -> usize {
        1 + 2 + 32 + 2 + context_length + 2 + edks_length + 1 + 4 + COMMITMENT_LENGTH
    }

    /// The body of a version 2 header (docs/formats.md 2.4): all but the tag.
    pub(super) fn encode(
        suite: &Suite,
        message_id: &[u8],
        context: &EncryptionContext,
        edks: &[EncryptedDataKey],
        frame_length: u32,
        commitment: &[u8],
    ) -> Result<Vec<u8>> {
        let mut out = Vec::from([suite.version]);
        out.extend_from_slice(&suite.id.to_be_bytes());
        out.extend_from_slice(message_id);
        let context = context.canonical()?;
        put_prefixed(&mut out, &context).ok_or(TOO_LONG)?;
        let too_many = Error::TooLarge("more than 65,535 encrypted data keys");
        let count = u16::try_from(edks.len()).map_err(|_| too_many)?;
        out.extend_from_slice(&count.to_be_bytes());
        for edk in edks {
            for field in [&edk.provider_id, &edk.provider_info, &edk.ciphertext] {
                let too_large = Error::TooLarge("an encrypted data key of more than 65,535 bytes");
                put_prefixed(&mut out, field).ok_or(too_large)?;
            }
        }
        out.push(2);
        out.extend_from_slice(&frame_length.to_be_bytes());
        out.extend_from_slice(commitment);
        Ok(out)
    }
}
