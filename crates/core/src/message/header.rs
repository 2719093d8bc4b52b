//! The message header: written for version 2, read for both versions (FORMATS.md 2.2 to 2.5).

use super::limits::Limits;
use super::stranger;
use crate::codec::{Reader, Stop, put_prefixed};
use crate::context::{EncryptionContext, TOO_LONG};
use crate::derive::COMMITMENT_LENGTH;
use crate::error::{Error, Result};
use crate::materials::EncryptedDataKey;
use crate::plan::{NONCE_LENGTH, TAG_LENGTH};
use crate::suite::Suite;
use alloc::vec::Vec;

const TYPE_CUSTOMER_DATA: u8 = 0x80;

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
    /// Which encrypted data key it is part of.
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

    /// Parses the header at the start of `bytes`.
    ///
    /// # Errors
    /// [`Stop::Incomplete`] while more bytes can complete it.
    pub(super) fn parse(bytes: &[u8], limits: &Limits) -> Result<Self, Stop> {
        match Self::parse_message(bytes, limits) {
            // More bytes tell better what they are.
            Err(Stop::Failed(Error::Malformed(_))) if bytes.len() < stranger::LOOK => {
                Err(Stop::Incomplete(stranger::LOOK))
            }
            Err(Stop::Failed(error)) => Err(stranger::explain(bytes, error).into()),
            other => other,
        }
    }

    fn parse_message(bytes: &[u8], limits: &Limits) -> Result<Self, Stop> {
        let mut parser = Parser { reader: Reader::new(bytes), edk: None, fields: Vec::new() };
        let header = parser.header(bytes, limits);
        let needed = match &header {
            Ok(header) => header.length(),
            Err(Stop::Incomplete(needed)) => *needed,
            Err(Stop::Failed(_)) => return header,
        };
        limits.check("header bytes", needed, limits.max_header_length)?;
        // A decoder that wrote question marks has left every length as it was.
        if header.is_ok() && stranger::is_text(bytes.get(..needed).unwrap_or(bytes)) {
            return Err(stranger::THROUGH_TEXT.into());
        }
        header
    }

    /// Bytes that version 2 writes before the tag, for encrypted data keys of this many bytes.
    pub(super) fn encoded_length(context_length: usize, edks_length: usize) -> usize {
        1 + 2 + 32 + 2 + context_length + 2 + edks_length + 1 + 4 + COMMITMENT_LENGTH
    }

    /// The body of a version 2 header (FORMATS.md 2.4): all but the tag.
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

/// What is wrong with bytes that end before their header does.
#[must_use]
pub fn cut_short(bytes: &[u8]) -> Error {
    match Header::parse_message(bytes, &Limits::NONE) {
        Err(Stop::Failed(error)) => stranger::explain(bytes, error),
        _ => stranger::explain(bytes, Error::Truncated),
    }
}

struct Parser<'a> {
    reader: Reader<'a>,
    /// The encrypted data key that is being read.
    edk: Option<u16>,
    fields: Vec<Place>,
}

impl<'a> Parser<'a> {
    fn header(&mut self, bytes: &'a [u8], limits: &Limits) -> Result<Header, Stop> {
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
        let edks = self.edks(limits)?;
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
        let body = bytes.get(..self.reader.position()).unwrap_or_default().to_vec();
        let nonce = if version == 1 { self.field("headerIv", Reader::array)? } else { [0; 12] };
        let tag = self.field("headerTag", Reader::array)?;
        let fields = core::mem::take(&mut self.fields);
        Ok(Header {
            suite,
            message_id,
            context,
            edks,
            content_type,
            frame_length,
            commitment,
            nonce,
            tag,
            body,
            fields,
        })
    }

    fn version(&mut self) -> Result<u8, Stop> {
        match self.field("version", Reader::u8)? {
            version @ (1 | 2) => Ok(version),
            _ => Err(Error::Malformed("unknown version").into()),
        }
    }

    fn edks(&mut self, limits: &Limits) -> Result<Vec<EncryptedDataKey>, Stop> {
        let count = self.field("edkCount", Reader::u16)?;
        if count == 0 {
            return Err(Error::Malformed("no encrypted data keys").into());
        }
        limits.check("encrypted data keys", count, limits.max_encrypted_data_keys)?;
        let mut edks = Vec::new();
        for n in 0..count {
            self.edk = Some(n);
            edks.push(EncryptedDataKey {
                provider_id: self.field("providerId", Reader::prefixed)?.to_vec(),
                provider_info: self.field("providerInfo", Reader::prefixed)?.to_vec(),
                ciphertext: self.field("ciphertext", Reader::prefixed)?.to_vec(),
            });
        }
        self.edk = None;
        Ok(edks)
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
