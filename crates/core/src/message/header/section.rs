//! The sections of a header, which are read all or not at all: what stands before the encrypted data
//! keys, each of these, and what stands behind them.

use super::{ContentType, Place};
use crate::codec::{Reader, Stop};
use crate::context::EncryptionContext;
use crate::derive::COMMITMENT_LENGTH;
use crate::error::{Error, Result};
use crate::materials::EncryptedDataKey;
use crate::message::limits::Limits;
use crate::plan::{NONCE_LENGTH, TAG_LENGTH};
use crate::suite::Suite;
use alloc::vec::Vec;

const TYPE_CUSTOMER_DATA: u8 = 0x80;

/// What precedes the encrypted data keys, each of which is a section.
#[derive(Debug)]
pub(super) struct Start {
    pub(super) suite: &'static Suite,
    pub(super) message_id: Vec<u8>,
    pub(super) context: EncryptionContext,
    pub(super) edk_count: u16,
}

/// What follows them.
pub(super) struct End {
    pub(super) content_type: ContentType,
    pub(super) frame_length: u32,
    pub(super) commitment: Option<Vec<u8>>,
    pub(super) body_length: usize,
    pub(super) nonce: [u8; NONCE_LENGTH],
    pub(super) tag: [u8; TAG_LENGTH],
}

pub(super) struct Section<'a> {
    pub(super) reader: Reader<'a>,
    /// The encrypted data key that is being read.
    pub(super) edk: Option<u16>,
    pub(super) fields: Vec<Place>,
}

impl<'a> Section<'a> {
    pub(super) fn start(&mut self, limits: &Limits) -> Result<Start, Stop> {
        let version = self.version()?;
        if version == 1 && self.field("type", Reader::u8)? != TYPE_CUSTOMER_DATA {
            return Err(Error::Malformed("unknown message type").into());
        }
        let suite = Suite::from_id(self.field("suite", Reader::u16)?)?;
        if suite.version != version {
            return Err(Error::Malformed("version and suite contradict each other").into());
        }
        let message_id = self.field("messageId", |r| r.take(suite.message_id_length()))?.to_vec();
        let context_length = self.field("contextLength", Reader::u16)?;
        let context = self.field("context", |r| r.take(context_length.into()))?;
        let context = EncryptionContext::decode(context)?;
        let edk_count = self.field("edkCount", Reader::u16)?;
        if edk_count == 0 {
            return Err(Error::Malformed("no encrypted data keys").into());
        }
        limits.check("encrypted data keys", edk_count, limits.max_encrypted_data_keys)?;
        Ok(Start { suite, message_id, context, edk_count })
    }

    fn version(&mut self) -> Result<u8, Stop> {
        match self.field("version", Reader::u8)? {
            version @ (1 | 2) => Ok(version),
            _ => Err(Error::Malformed("unknown version").into()),
        }
    }

    pub(super) fn edk(&mut self) -> Result<EncryptedDataKey, Stop> {
        Ok(EncryptedDataKey {
            provider_id: self.field("providerId", Reader::prefixed)?.to_vec(),
            provider_info: self.field("providerInfo", Reader::prefixed)?.to_vec(),
            ciphertext: self.field("ciphertext", Reader::prefixed)?.to_vec(),
        })
    }

    pub(super) fn end(&mut self, version: u8, limits: &Limits) -> Result<End, Stop> {
        let content_type = ContentType::from_byte(self.field("contentType", Reader::u8)?)?;
        if version == 1 {
            if self.field("reserved", Reader::u32)? != 0 {
                return Err(Error::Malformed("reserved bytes are not zero").into());
            }
            if self.field("ivLength", Reader::u8)? != 12 {
                return Err(Error::Malformed("IVs are not 12 bytes long").into());
            }
        }
        let frame_length = self.field("frameLength", Reader::u32)?;
        if (content_type == ContentType::Framed) != (frame_length > 0) {
            return Err(
                Error::Malformed("content type and frame length contradict each other").into()
            );
        }
        limits.check("bytes in a frame", frame_length, limits.max_frame_length)?;
        let commitment = match version {
            1 => None,
            _ => Some(self.field("commitment", |r| r.take(COMMITMENT_LENGTH))?.to_vec()),
        };
        let body_length = self.reader.position();
        let nonce = if version == 1 { self.field("headerIv", Reader::array)? } else { [0; 12] };
        let tag = self.field("headerTag", Reader::array)?;
        Ok(End { content_type, frame_length, commitment, body_length, nonce, tag })
    }

    /// Reads one field and notes where it lies.
    fn field<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Reader<'a>) -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        let start = self.reader.position();
        let value = read(&mut self.reader)?;
        let length = self.reader.position() - start;
        self.fields.push(Place { name, edk: self.edk, start, length });
        Ok(value)
    }
}
