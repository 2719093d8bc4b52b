//! Parsing a header of either version that may still be arriving (docs/formats.md 2.2 to 2.5).

use super::section::{Section, Start};
use super::{Header, Place};
use crate::codec::{Reader, Stop};
use crate::error::{Error, Result};
use crate::materials::EncryptedDataKey;
use crate::message::limits::Limits;
use crate::message::stranger;
use alloc::vec::Vec;

/// Parses the header at the start of `bytes`, after which nothing comes.
pub(super) fn parse_whole(bytes: &[u8], limits: &Limits) -> Result<Header> {
    Parser::default().parse(bytes, limits).map_err(|stop| match stop {
        Stop::Incomplete(_) => cut_short(bytes),
        Stop::Failed(error) => error,
    })
}

/// What is wrong with bytes that end before their header does.
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
    pub(super) bytes: Vec<u8>,
    needed: usize,
    pub(super) parser: Parser,
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
    /// As [`crate::message::UnverifiedHeader::parse`].
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

    /// What is wrong with a header after which nothing comes any more.
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
pub(super) struct Parser {
    /// Bytes of the sections that are done with.
    pub(super) position: usize,
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
