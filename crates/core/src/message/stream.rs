//! Sealing and opening messages as `std::io` has streams.

use super::header::HeaderReader;
use super::opener::{FrameOpener, OpenOptions, UnverifiedHeader, UnwrappedMessage, VerifiedHeader};
use super::sealer::{FrameSealer, SealOptions, Sealing, WrappedMessage};
use super::whole::heads;
use crate::error::Result;
use crate::executor::{self, Executor};
use crate::io::fill;
use crate::keyring::Keyring;
use crate::kms::{DecryptRequest, DecryptResponse, KmsFailure};
use alloc::vec::Vec;
use std::io::{self, Read, Write};
use zeroize::Zeroizing;

/// Seals what is written to it into `W`, holding one frame in memory.
///
/// **[`SealWriter::finish`] must be called**: without it the message has no end, and no reader
/// accepts it.
pub struct SealWriter<W: Write> {
    inner: W,
    executor: Executor,
    frames: FrameSealer,
    text: Zeroizing<Vec<u8>>,
    sealed: Vec<u8>,
}

impl<W: Write> SealWriter<W> {
    /// Makes a data key and writes the header.
    ///
    /// # Errors
    /// As [`crate::seal`], or what `inner` says.
    pub fn new(keyring: &Keyring, options: SealOptions, mut inner: W) -> io::Result<Self> {
        let sealing = Sealing::new(keyring, options)?;
        let wrapped = executor::wrap(sealing.wrap())?;
        let WrappedMessage { header, content_key, frames } = sealing.wrapped(&wrapped)?;
        inner.write_all(&header)?;
        let text = Zeroizing::new(Vec::with_capacity(frames.frame_length()));
        let executor = Executor::new(&content_key)?;
        Ok(Self { inner, executor, frames, text, sealed: Vec::new() })
    }

    /// Writes the final frame and gives `inner` back.
    ///
    /// # Errors
    /// [`crate::Error::State`] after an earlier failure, or what `inner` says.
    pub fn finish(mut self) -> io::Result<W> {
        self.seal_text(true)?;
        self.frames.finish()?;
        self.inner.flush()?;
        Ok(self.inner)
    }

    fn seal_text(&mut self, last: bool) -> io::Result<()> {
        self.sealed.clear();
        for op in self.frames.plan(self.text.len(), last)? {
            self.frames.confirm(self.executor.seal(op, &self.text, &mut self.sealed)?)?;
        }
        self.text.clear();
        // Frames that were sealed but not written must never be sealed again.
        self.inner.write_all(&self.sealed).inspect_err(|_| self.frames.fail())
    }
}

impl<W: Write> Write for SealWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let frame_length = self.frames.frame_length();
        // A full frame waits until more follows: the last one is a frame of another kind.
        if self.text.len() == frame_length && !bytes.is_empty() {
            self.seal_text(false)?;
        }
        let taken = bytes.len().min(frame_length - self.text.len());
        let (now, _) = bytes.split_at(taken);
        self.text.extend_from_slice(now);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Reads the plaintext of a message, frame by verified frame.
///
/// The data is complete only when reading has returned `Ok(0)`: discard what came before an error.
pub struct OpenReader<R: Read> {
    inner: R,
    header: VerifiedHeader,
    executor: Executor,
    frames: FrameOpener,
    sealed: Vec<u8>,
    text: Zeroizing<Vec<u8>>,
    released: usize,
    done: bool,
}

impl<R: Read> OpenReader<R> {
    /// Reads the header and unwraps its data key; `kms` as for [`crate::open_with`].
    ///
    /// # Errors
    /// As [`crate::open_with`], or what `inner` says.
    pub fn new(
        keyring: &Keyring,
        options: OpenOptions,
        mut inner: R,
        mut kms: impl FnMut(&DecryptRequest) -> Result<DecryptResponse, KmsFailure>,
    ) -> io::Result<Self> {
        let mut reader = HeaderReader::new(options.limits.clone());
        let mut piece = Vec::new();
        let header = loop {
            match reader.read(&piece)? {
                Some(header) => break header,
                None => piece.clear(),
            }
            if !fill(&mut inner, &mut piece, reader.missing())? {
                return Err(reader.cut_short().into());
            }
        };
        let mut opening = UnverifiedHeader::new(header, options).unwrap(keyring)?;
        while let Some(request) = opening.request() {
            let answer = kms(request);
            opening.respond(answer)?;
        }
        let UnwrappedMessage { header, content_key, frames } = opening.finish()?;
        let executor = Executor::new(&content_key)?;
        let (sealed, text) = (Vec::new(), Zeroizing::default());
        Ok(Self { inner, header, executor, frames, sealed, text, released: 0, done: false })
    }

    /// The verified header.
    #[must_use]
    pub const fn header(&self) -> &VerifiedHeader {
        &self.header
    }

    /// Opens the next frame, or the last ones at the end.
    fn open_block(&mut self) -> io::Result<()> {
        let stride = self.frames.stride();
        let more = fill(&mut self.inner, &mut self.sealed, stride + FrameOpener::LOOKAHEAD + 1)?;
        let length = if more { stride } else { self.sealed.len() };
        let block = self.sealed.get(..length).unwrap_or_default();
        if self.text.capacity() < length {
            // A new one: what grows moves, and leaves behind what it held.
            self.text = Zeroizing::new(Vec::with_capacity(length));
        }
        self.text.clear();
        self.released = 0;
        for op in self.frames.plan(&heads(block, stride), length, !more)? {
            self.frames.confirm(self.executor.open(op, block, &mut self.text)?)?;
        }
        self.sealed.drain(..length);
        self.done = !more;
        Ok(())
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
