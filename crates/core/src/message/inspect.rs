//! Describing a message without any key: what it claims, and where each byte belongs.

use super::header::{ContentType, Header, HeaderReader, Place};
use super::limits::Limits;
use super::{signature, unframed};
use crate::codec::widen;
use crate::error::{Error, Result};
use crate::frame::{self, Walker};
use crate::plan::{NONCE_LENGTH, TAG_LENGTH};
use alloc::{format, string::String, vec::Vec};
use serde::Serialize;

/// The claims of a message. None of them is verified.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Description {
    /// Always `message`.
    pub format: &'static str,
    /// Message format version, 1 or 2.
    pub version: u8,
    /// The algorithm suite.
    pub suite: SuiteDescription,
    /// Hexadecimal.
    pub message_id: String,
    /// Names and values of the encryption context, unverified.
    pub encryption_context: Vec<(String, String)>,
    /// The encrypted data keys, of any provider.
    pub encrypted_data_keys: Vec<EdkDescription>,
    /// `framed` or `nonframed`.
    pub content_type: &'static str,
    /// Bytes of plaintext per frame; 0 when there are no frames.
    pub frame_length: u32,
    /// Bytes of the header, its tag included.
    pub header_length: usize,
    /// The header's fields, in order and without gaps.
    pub fields: Vec<Field>,
    /// The part of the body that was seen.
    pub body: BodyDescription,
}

/// An algorithm suite.
#[derive(Clone, Debug, Serialize)]
pub struct SuiteDescription {
    /// For example `0x0478`.
    pub id: String,
    /// AWS's name.
    pub name: &'static str,
    /// Whether it commits to its key.
    pub committing: bool,
    /// Whether a signature follows the body.
    pub signed: bool,
}

/// An encrypted data key.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EdkDescription {
    /// For example `aws-kms-rsa`; bytes that are not UTF-8 are replaced.
    pub provider_id: String,
    /// For example a key ARN; bytes that are not UTF-8 are replaced.
    pub provider_info: String,
    /// Bytes of the wrapped data key.
    pub ciphertext_length: usize,
}

/// A field's place in the header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Field {
    /// The field's name; those of encrypted data keys are numbered.
    pub name: String,
    /// Offset of its first byte, its length prefix included.
    pub start: usize,
    /// Bytes.
    pub length: usize,
}

impl From<&Place> for Field {
    fn from(&Place { name, edk, start, length }: &Place) -> Self {
        let name = match edk {
            Some(n) => format!("edk[{n}].{name}"),
            None => name.into(),
        };
        Self { name, start, length }
    }
}

/// The part of a body that was seen.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BodyDescription {
    /// Whole frames.
    pub frames: u64,
    /// Bytes of plaintext in them.
    pub plaintext_length: u64,
    /// Bytes of the body, broken frames at the end included.
    pub length: u64,
    /// Whether the final frame was there.
    pub complete: bool,
    /// Offset of the final frame in the message, where it was there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub final_frame_start: Option<u64>,
}

/// Bytes from one look at a message without frames to the next; any will do.
const UNFRAMED_STRIDE: usize = 64 * 1024;

/// Walks over a message and describes it.
#[derive(Debug)]
pub struct Inspector {
    header: Header,
    walker: Walker,
    max_trailer: usize,
    body: BodyDescription,
    /// The plaintext length that a body without frames announces.
    announced: Option<u64>,
}

impl Inspector {
    /// Parses the header at the start of `message`, under the default limits but for the number of
    /// encrypted data keys: looking at them costs nothing.
    ///
    /// # Errors
    /// As [`super::UnverifiedHeader::parse`].
    pub fn parse(message: &[u8]) -> Result<Self> {
        Ok(Self::new(Header::parse(message, &Self::limits())?))
    }

    fn limits() -> Limits {
        Limits { max_encrypted_data_keys: u16::MAX.into(), ..Limits::default() }
    }

    /// A reader for the header of a message that comes in pieces, under the limits of
    /// [`Inspector::parse`].
    #[must_use]
    pub fn reader() -> HeaderReader {
        HeaderReader::new(Self::limits())
    }

    /// Begins with a header.
    #[must_use]
    pub fn new(header: Header) -> Self {
        let max_trailer = signature::max_footer(header.suite);
        let walker = Walker::new(header.frame_length, max_trailer);
        Self { header, walker, max_trailer, body: BodyDescription::default(), announced: None }
    }

    /// Bytes of the header.
    #[must_use]
    pub fn header_length(&self) -> usize {
        self.header.length()
    }

    /// Bytes from one frame's start to the next.
    #[must_use]
    pub fn stride(&self) -> usize {
        match self.header.content_type {
            ContentType::Framed => frame::stride(self.header.frame_length),
            ContentType::NonFramed => UNFRAMED_STRIDE,
        }
    }

    /// Bytes that must be known to follow a block, or to be its end.
    #[must_use]
    pub const fn lookahead(&self) -> usize {
        Walker::LOOKAHEAD + self.max_trailer
    }

    /// Looks at a block of the body, as [`super::FrameOpener::plan`] takes them.
    ///
    /// # Errors
    /// [`Error::Malformed`] or [`Error::TrailingData`].
    pub fn walk(&mut self, heads: &[u8], length: usize, last: bool) -> Result<()> {
        let before = self.body.length;
        self.body.length += widen(length);
        match self.header.content_type {
            ContentType::Framed => self.walk_frames(before, heads, length, last),
            ContentType::NonFramed => self.walk_unframed(heads),
        }
    }

    fn walk_frames(&mut self, before: u64, heads: &[u8], length: usize, last: bool) -> Result<()> {
        for frame in self.walker.walk(heads, length, last)? {
            self.body.frames += 1;
            self.body.plaintext_length += u64::from(frame.text_length);
            if frame.is_final() {
                self.body.complete = true;
                self.body.final_frame_start =
                    Some(widen(self.header.length()) + before + widen(frame.start));
            }
        }
        Ok(())
    }

    fn walk_unframed(&mut self, heads: &[u8]) -> Result<()> {
        if self.announced.is_none()
            && let Some(length) = heads.get(NONCE_LENGTH..unframed::HEAD_LENGTH)
        {
            self.announced = length.try_into().map(u64::from_be_bytes).ok();
        }
        let text_and_more =
            self.body.length.saturating_sub(widen(unframed::HEAD_LENGTH + TAG_LENGTH));
        self.body.plaintext_length = text_and_more.min(self.announced.unwrap_or(0));
        let whole = self.body.length >= widen(unframed::HEAD_LENGTH + TAG_LENGTH);
        self.body.complete = whole && self.announced == Some(self.body.plaintext_length);
        if text_and_more - self.body.plaintext_length > widen(self.max_trailer) {
            return Err(Error::TrailingData);
        }
        Ok(())
    }

    /// Describes what was seen so far.
    #[must_use]
    pub fn describe(&self) -> Description {
        let Header { suite, content_type, .. } = self.header;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Description {
            format: "message",
            version: suite.version,
            suite: SuiteDescription {
                id: suite.hex_id(),
                name: suite.name,
                committing: suite.committing(),
                signed: suite.signed(),
            },
            message_id: self.header.message_id.iter().map(|byte| format!("{byte:02x}")).collect(),
            encryption_context: self
                .header
                .context
                .iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
            encrypted_data_keys: self
                .header
                .edks
                .iter()
                .map(|edk| EdkDescription {
                    provider_id: text(&edk.provider_id),
                    provider_info: text(&edk.provider_info),
                    ciphertext_length: edk.ciphertext.len(),
                })
                .collect(),
            content_type: match content_type {
                ContentType::Framed => "framed",
                ContentType::NonFramed => "nonframed",
            },
            frame_length: self.header.frame_length,
            header_length: self.header.length(),
            fields: self.header.fields.iter().map(Field::from).collect(),
            body: self.body.clone(),
        }
    }
}
