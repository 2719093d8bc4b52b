//! Opening a message as `std::io` has streams.

use super::frame_opener::FrameOpener;
use super::header::{ContentType, Header, HeaderReader};
use super::opener::{OpenOptions, UnverifiedHeader, Verified, VerifiedHeader};
use super::seen::Seen;
use super::signature;
use super::whole::heads;
use crate::error::{Error, Result};
use crate::executor::Executor;
use crate::frame::stride;
use crate::io::fill;
use crate::keyring::Keyring;
use crate::kms::{DecryptRequest, DecryptResponse, KmsFailure};
use alloc::vec::Vec;
use std::io::{self, Read};
use zeroize::Zeroizing;

/// Reads the plaintext of a message, frame by verified frame.
///
/// The data is complete only when reading has returned `Ok(0)`: discard what came before an error.
///
/// Messages that are signed or have no frames are verified as a whole before anything of them is
/// released: [`super::OpenSeekReader`] reads these twice.
pub struct OpenReader<R: Read> {
    inner: R,
    header: VerifiedHeader,
    executor: Executor,
    frames: FrameOpener,
    /// How much is read at once, and how much must be known to follow.
    blocks: Blocks,
    /// What an earlier reading found.
    seen: Option<Seen>,
    sealed: Vec<u8>,
    text: Zeroizing<Vec<u8>>,
    released: usize,
    done: bool,
}

impl<R: Read> OpenReader<R> {
    /// Reads the header and unwraps its data key; `kms` as for [`crate::open_with`].
    ///
    /// # Errors
    /// As [`crate::open_with`], [`Error::Unsupported`] for a message that is signed or has no
    /// frames, or what `inner` says.
    pub fn new(
        keyring: &Keyring,
        options: OpenOptions,
        mut inner: R,
        kms: impl FnMut(&DecryptRequest) -> Result<DecryptResponse, KmsFailure>,
    ) -> io::Result<Self> {
        let message = unwrap(keyring, options, &mut inner, kms)?;
        let ContentType::Framed = message.header.content_type else { return Err(TWICE.into()) };
        if message.header.suite.signed() {
            return Err(TWICE.into());
        }
        let blocks = Blocks::new(&message.header, 0);
        Self::with(inner, message, blocks, None)
    }

    /// Reads the frames of a verified header, which `inner` has come to.
    pub(super) fn with(
        inner: R,
        Verified { header, content_key }: Verified,
        blocks: Blocks,
        seen: Option<Seen>,
    ) -> io::Result<Self> {
        let executor = Executor::new(&content_key)?;
        let described = VerifiedHeader::new(&header);
        let max_footer = signature::max_footer(header.suite);
        let frames = FrameOpener::new(header.message_id, header.frame_length, max_footer);
        let (sealed, text) = (Vec::new(), Zeroizing::default());
        Ok(Self {
            inner,
            header: described,
            executor,
            frames,
            blocks,
            seen,
            sealed,
            text,
            released: 0,
            done: false,
        })
    }

    /// The verified header.
    #[must_use]
    pub const fn header(&self) -> &VerifiedHeader {
        &self.header
    }

    /// Opens the next block of frames, or the last ones at the end.
    fn open_block(&mut self) -> io::Result<()> {
        let (length, more) = self.blocks.read(&mut self.inner, &mut self.sealed)?;
        let block = self.sealed.get(..length).unwrap_or_default();
        if let Some(seen) = &mut self.seen {
            seen.compare(block)?;
        }
        if self.text.capacity() < length {
            // A new one: what grows moves, and leaves behind what it held.
            self.text = Zeroizing::new(Vec::with_capacity(length));
        }
        self.text.clear();
        self.released = 0;
        for op in self.frames.plan(&heads(block, self.blocks.stride), length, !more)? {
            self.frames.confirm(self.executor.open(op, block, &mut self.text)?)?;
        }
        self.sealed.drain(..length);
        self.done = !more;
        Ok(())
    }
}

const TWICE: Error = Error::Unsupported(
    "messages that are signed or have no frames are read twice, which a stream cannot be",
);

/// Reads a header and has its data key unwrapped, whatever the message's kind.
pub(super) fn unwrap(
    keyring: &Keyring,
    options: OpenOptions,
    inner: &mut impl Read,
    mut kms: impl FnMut(&DecryptRequest) -> Result<DecryptResponse, KmsFailure>,
) -> io::Result<Verified> {
    let mut reader = HeaderReader::new(options.limits.clone());
    let mut piece = Vec::new();
    let header = loop {
        match reader.read(&piece)? {
            Some(header) => break header,
            None => piece.clear(),
        }
        if !fill(inner, &mut piece, reader.missing())? {
            return Err(reader.cut_short().into());
        }
    };
    let mut opening = UnverifiedHeader::new(header, options).unwrap_any(keyring)?;
    while let Some(request) = opening.request() {
        let answer = kms(request);
        opening.respond(answer)?;
    }
    Ok(opening.verify()?)
}

/// Blocks of whole strides, each but the last followed by more than what a final frame may take
/// beyond a stride, and a footer.
#[derive(Clone, Copy)]
pub(super) struct Blocks {
    pub(super) stride: usize,
    length: usize,
    lookahead: usize,
}

impl Blocks {
    /// Blocks of about `length` bytes, and of a stride at least.
    pub(super) const fn new(header: &Header, length: usize) -> Self {
        let stride = stride(header.frame_length);
        let strides = length / stride;
        Self {
            stride,
            length: if strides == 0 { stride } else { strides * stride },
            lookahead: FrameOpener::LOOKAHEAD + signature::max_footer(header.suite),
        }
    }

    /// Reads on, and returns how long the block at the buffer's start is and whether more follows.
    pub(super) fn read(
        &self,
        inner: &mut impl Read,
        buffer: &mut Vec<u8>,
    ) -> io::Result<(usize, bool)> {
        let more = fill(inner, buffer, self.length + self.lookahead + 1)?;
        Ok((if more { self.length } else { buffer.len() }, more))
    }
}

impl<R: Read> Read for OpenReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.released == self.text.len() {
            if self.done {
                self.frames.finish()?;
                return Ok(0);
            }
            if let Err(error) = self.open_block() {
                self.text.clear();
                self.released = 0;
                self.frames.fail();
                return Err(error);
            }
        }
        let mut text = self.text.get(self.released..).unwrap_or_default();
        let read = text.read(out)?;
        self.released += read;
        Ok(read)
    }
}
