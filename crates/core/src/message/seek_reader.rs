//! Opening a message of any kind from what can be read twice.

use super::header::{ContentType, Header};
use super::open_reader::{Blocks, OpenReader, unwrap};
use super::opener::{OpenOptions, VerifiedHeader};
use super::seen::{Seen, block_length};
use super::signature::{self, Verifier};
use super::unframed_reader::UnframedReader;
use super::whole::heads;
use crate::error::{Error, Result};
use crate::frame::Walker;
use crate::keyring::Keyring;
use crate::kms::{DecryptRequest, DecryptResponse, KmsFailure};
use alloc::vec::Vec;
use std::io::{self, Read, Seek, SeekFrom};

/// Reads the plaintext of a message of any kind.
///
/// What is verified as a whole is read twice, which is why the source must be [`Seek`]: a message
/// that is signed or has no frames is verified by [`OpenSeekReader::new`], and plaintext is released
/// by the second reading, of the same bytes only. Everything else is read once, as by
/// [`OpenReader`].
///
/// The data is complete only when reading has returned `Ok(0)`: discard what came before an error.
pub struct OpenSeekReader<R: Read + Seek>(Kind<R>);

enum Kind<R: Read + Seek> {
    Framed(OpenReader<R>),
    Unframed(UnframedReader<R>),
}

impl<R: Read + Seek> OpenSeekReader<R> {
    /// Reads the header from where `inner` is, unwraps its data key, and verifies what can only be
    /// verified as a whole; `kms` as for [`crate::open_with`].
    ///
    /// # Errors
    /// As [`crate::open_with`], or what `inner` says.
    pub fn new(
        keyring: &Keyring,
        options: OpenOptions,
        mut inner: R,
        kms: impl FnMut(&DecryptRequest) -> Result<DecryptResponse, KmsFailure>,
    ) -> io::Result<Self> {
        let message = unwrap(keyring, options, &mut inner, kms)?;
        let verifier = Verifier::new(&message.header)?;
        let start = inner.stream_position()?;
        let size = inner.seek(SeekFrom::End(0))?.saturating_sub(start);
        inner.seek(SeekFrom::Start(start))?;
        if message.header.content_type == ContentType::NonFramed {
            let reader = UnframedReader::new(inner, start, size, message, verifier)?;
            return Ok(Self(Kind::Unframed(reader)));
        }
        let length = if verifier.is_some() { block_length(size) } else { 0 };
        let blocks = Blocks::new(&message.header, length);
        let seen = match verifier {
            Some(verifier) => Some(verify(&mut inner, blocks, &message.header, verifier)?),
            None => None,
        };
        inner.seek(SeekFrom::Start(start))?;
        Ok(Self(Kind::Framed(OpenReader::with(inner, message, blocks, seen)?)))
    }

    /// The verified header.
    #[must_use]
    pub const fn header(&self) -> &VerifiedHeader {
        match &self.0 {
            Kind::Framed(reader) => reader.header(),
            Kind::Unframed(reader) => reader.header(),
        }
    }
}

/// Reads all frames and verifies the signature over them.
fn verify(
    inner: &mut impl Read,
    blocks: Blocks,
    header: &Header,
    mut verifier: Verifier,
) -> io::Result<Seen> {
    let mut walker = Walker::new(header.frame_length, signature::max_footer(header.suite));
    let (mut seen, mut buffer) = (Seen::default(), Vec::new());
    loop {
        let (length, more) = blocks.read(inner, &mut buffer)?;
        let block = buffer.get(..length).unwrap_or_default();
        seen.push(block);
        let frames = walker.walk(&heads(block, blocks.stride), length, !more)?;
        if !more {
            walker.finish()?;
            let end = frames.last().map_or(0, |frame| frame.sealed.end);
            let (frames, footer) = block.split_at_checked(end).ok_or(Error::Truncated)?;
            verifier.update(frames);
            verifier.finish(footer)?;
            return Ok(seen);
        }
        verifier.update(block);
        buffer.drain(..length);
    }
}

impl<R: Read + Seek> Read for OpenSeekReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match &mut self.0 {
            Kind::Framed(reader) => reader.read(out),
            Kind::Unframed(reader) => reader.read(out),
        }
    }
}
