//! The message header: written for version 2, read for both versions (docs/formats.md 2.2 to 2.5).

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

/// The layout of the body.
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

    /// Parses the header at the start of `bytes`, after which nothing comes.
    pub(super) fn parse(bytes: &[u8], limits: &Limits) -> Result<Self> {
        Parser::default().parse(bytes, limits).map_err(|stop| match stop {
            Stop::Incomplete(_) => cut_short(bytes),
            Stop::Failed(error) => error,
        })
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

/// The error for bytes that end before their header does.
fn cut_short(bytes: &[u8]) -> Error {
    match Parser::default().parse_message(bytes, &Limits::NONE) {
        Err(Stop::Failed(error)) => stranger::explain(bytes, error),
        _ => stranger::explain(bytes, Error::Truncated),
    }
}

/// Reads a header that comes in pieces. However small they are and however many keys it lists, the
/// work grows as its length does.
#[derive(Debug, Default)]
pub struct HeaderReader {
    limits: Limits,
    bytes: Vec<u8>,
    needed: usize,
    parser: Parser,
}

impl HeaderReader {
    /// Reads a header under these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// Takes more bytes, and returns the header once they complete it; what they hold beyond it is
    /// ignored.
    ///
    /// # Errors
    /// As [`super::UnverifiedHeader::parse`].
    pub fn read(&mut self, bytes: &[u8]) -> Result<Option<Header>> {
        self.bytes.extend_from_slice(bytes);
        if self.bytes.len() < self.needed {
            return Ok(None);
        }
        match self.parser.parse(&self.bytes, &self.limits) {
            Ok(header) => Ok(Some(header)),
            Err(Stop::Incomplete(needed)) => {
                self.needed = needed;
                Ok(None)
            }
            Err(Stop::Failed(error)) => Err(error),
        }
    }

    /// The error if no more bytes come and the header is incomplete.
    #[must_use]
    pub fn cut_short(&self) -> Error {
        cut_short(&self.bytes)
    }

    /// At least so many more bytes are needed.
    #[must_use]
    pub const fn missing(&self) -> usize {
        self.needed.saturating_sub(self.bytes.len())
    }
}

/// Goes on where it stopped: of what was read before, only the section that was incomplete then is
/// read again.
#[derive(Debug, Default)]
struct Parser {
    /// Bytes of the sections that are done with.
    position: usize,
    fields: Vec<Place>,
    start: Option<Start>,
    edks: Vec<EncryptedDataKey>,
}

impl Parser {
    /// Parses the header at the start of `bytes`, which are those of the last call and more.
    fn parse(&mut self, bytes: &[u8], limits: &Limits) -> Result<Header, Stop> {
        match self.parse_message(bytes, limits) {
            // More bytes tell better what they are: all of them are looked at again then.
            Err(Stop::Failed(Error::Malformed(_))) if bytes.len() < stranger::LOOK => {
                *self = Self::default();
                Err(Stop::Incomplete(stranger::LOOK))
            }
            Err(Stop::Failed(error)) => Err(stranger::explain(bytes, error).into()),
            other => other,
        }
    }

    fn parse_message(&mut self, bytes: &[u8], limits: &Limits) -> Result<Header, Stop> {
        let header = self.header(bytes, limits);
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

    fn header(&mut self, bytes: &[u8], limits: &Limits) -> Result<Header, Stop> {
        let start = match self.start.take() {
            Some(start) => start,
            None => self.section(bytes, None, |section| section.start(limits))?,
        };
        let end = self.edks(bytes, start.edk_count).and_then(|()| {
            self.section(bytes, None, |section| section.end(start.suite.version, limits))
        });
        let end = match end {
            Ok(end) => end,
            Err(stop) => {
                self.start = Some(start);
                return Err(stop);
            }
        };
        Ok(Header {
            suite: start.suite,
            message_id: start.message_id,
            context: start.context,
            edks: core::mem::take(&mut self.edks),
            content_type: end.content_type,
            frame_length: end.frame_length,
            commitment: end.commitment,
            nonce: end.nonce,
            tag: end.tag,
            body: bytes.get(..end.body_length).unwrap_or_default().to_vec(),
            fields: core::mem::take(&mut self.fields),
        })
    }

    fn edks(&mut self, bytes: &[u8], count: u16) -> Result<(), Stop> {
        for n in (0..count).skip(self.edks.len()) {
            let edk = self.section(bytes, Some(n), Section::edk)?;
            self.edks.push(edk);
        }
        Ok(())
    }

    /// Reads a section, all of it or nothing.
    fn section<'a, T>(
        &mut self,
        bytes: &'a [u8],
        edk: Option<u16>,
        read: impl FnOnce(&mut Section<'a>) -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        let reader = Reader::at(bytes, self.position);
        let mut section = Section { reader, edk, fields: Vec::new() };
        let value = read(&mut section)?;
        self.position = section.reader.position();
        self.fields.append(&mut section.fields);
        Ok(value)
    }
}

/// The section before the encrypted data keys, each of which is a section of its own.
#[derive(Debug)]
struct Start {
    suite: &'static Suite,
    message_id: Vec<u8>,
    context: EncryptionContext,
    edk_count: u16,
}

/// The section after them.
struct End {
    content_type: ContentType,
    frame_length: u32,
    commitment: Option<Vec<u8>>,
    body_length: usize,
    nonce: [u8; NONCE_LENGTH],
    tag: [u8; TAG_LENGTH],
}

struct Section<'a> {
    reader: Reader<'a>,
    /// The encrypted data key that is being read.
    edk: Option<u16>,
    fields: Vec<Place>,
}

impl<'a> Section<'a> {
    fn start(&mut self, limits: &Limits) -> Result<Start, Stop> {
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

    fn edk(&mut self) -> Result<EncryptedDataKey, Stop> {
        Ok(EncryptedDataKey {
            provider_id: self.field("providerId", Reader::prefixed)?.to_vec(),
            provider_info: self.field("providerInfo", Reader::prefixed)?.to_vec(),
            ciphertext: self.field("ciphertext", Reader::prefixed)?.to_vec(),
        })
    }

    fn end(&mut self, version: u8, limits: &Limits) -> Result<End, Stop> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    const EDKS: u16 = 3000;

    /// A header of version 2 with many keys, and a frame's beginning behind it.
    fn message() -> Vec<u8> {
        let suite = crate::suite::DEFAULT;
        let context = EncryptionContext::new([("name", "value")]).unwrap();
        let edk = EncryptedDataKey {
            provider_id: b"aws-kms-rsa".to_vec(),
            provider_info: vec![7; 3],
            ciphertext: Vec::new(),
        };
        let edks = vec![edk; EDKS.into()];
        let mut header = Header::encode(suite, &[1; 32], &context, &edks, 10, &[2; 32]).unwrap();
        header.extend_from_slice(&[3; TAG_LENGTH]);
        header
    }

    fn generous() -> Limits {
        let (keys, bytes) = (EDKS.into(), 1 << 20);
        Limits { max_encrypted_data_keys: keys, max_header_length: bytes, ..Limits::default() }
    }

    /// Feeds pieces of `size` bytes and counts the bytes that are looked at again and again.
    fn read(message: &[u8], size: usize) -> (Header, usize) {
        let mut reader = HeaderReader::new(generous());
        let mut looked_at = 0;
        for piece in message.chunks(size) {
            let looks = piece.len() >= reader.missing();
            let before = reader.parser.position;
            let header = reader.read(piece).unwrap();
            if looks {
                looked_at += reader.bytes.len() - before;
            }
            if let Some(header) = header {
                return (header, looked_at);
            }
        }
        panic!("incomplete");
    }

    #[test]
    fn the_work_grows_as_the_header_whatever_pieces_it_comes_in() {
        let message = message();
        let whole = Header::parse(&message, &generous()).unwrap();
        for size in [1, 2, 3, 7, 64, 1000, message.len()] {
            let (header, looked_at) = read(&message, size);
            assert_eq!(header.length(), whole.length());
            assert_eq!(header.body, whole.body);
            assert_eq!(header.edks, whole.edks);
            assert_eq!(header.fields.len(), whole.fields.len());
            assert!(looked_at < 8 * message.len(), "{looked_at} bytes in pieces of {size}");
        }
    }

    /// It is shorter than what tells strangers, so that more bytes are asked for when all of it was
    /// read; what follows must not be taken for it then.
    #[test]
    fn a_short_header_that_went_through_text_is_refused_whatever_follows() {
        let edk = EncryptedDataKey {
            provider_id: b"aws-kms-rsa".to_vec(),
            provider_info: Vec::new(),
            ciphertext: Vec::new(),
        };
        let (suite, context) = (crate::suite::DEFAULT, EncryptionContext::default());
        let mut short = Header::encode(suite, &[b'?'; 32], &context, &[edk], 10, &[2; 32]).unwrap();
        short.extend_from_slice(&[3; TAG_LENGTH]);
        assert!(short.len() < stranger::LOOK);
        for behind in [vec![0; 200], message()] {
            let bytes = [&short[..], &behind].concat();
            for size in [1, 50, 4096, bytes.len()] {
                let mut reader = HeaderReader::new(generous());
                let refused = bytes.chunks(size).find_map(|piece| match reader.read(piece) {
                    Ok(None) => None,
                    found => Some(found.map(|header| header.is_some())),
                });
                assert_eq!(refused, Some(Err(stranger::THROUGH_TEXT)), "in pieces of {size}");
            }
        }
    }

    #[test]
    fn it_asks_for_no_byte_too_many() {
        let message = message();
        let mut reader = HeaderReader::new(generous());
        let mut given = 0;
        let header = loop {
            let piece = &message[given..given + reader.missing()];
            given += piece.len();
            if let Some(header) = reader.read(piece).unwrap() {
                break header;
            }
        };
        assert_eq!((header.length(), given), (message.len(), message.len()));
    }
}
