//! Sealing an object as `std::io` has streams.

use super::metadata::ObjectHead;
use super::seal::wrap;
use super::sealer::{ObjectOptions, WrappedObject};
use crate::codec::widen;
use crate::error::{Error, Result};
use crate::executor::Executor;
use crate::keyring::Keyring;
use crate::kms::{GenerateDataKeyRequest, GenerateDataKeyResponse, KmsFailure};
use crate::sealed::PieceSealer;
use crate::splice::CHUNK;
use alloc::vec::Vec;
use std::io::{self, Write};
use zeroize::Zeroizing;

/// Seals what is written to it into `W`, the object's body, holding one chunk of 512 KiB in memory.
/// The parts that go beside the body are known from the start: [`SealWriter::head`].
///
/// **[`SealWriter::finish`] must be called**: without it the body has no tag, and no reader accepts
/// it. Since nobody knows yet how long it will be, metadata of version 2 do not tell the
/// plaintext's length.
pub struct SealWriter<W: Write> {
    inner: W,
    head: ObjectHead,
    executor: Executor,
    chunks: PieceSealer,
    /// Chunks that are sealed and written.
    done: usize,
    text: Zeroizing<Vec<u8>>,
    sealed: Vec<u8>,
}

impl<W: Write> SealWriter<W> {
    /// Makes a data key and wraps it, offline, to an RSA key.
    ///
    /// # Errors
    /// As [`super::seal_object`].
    pub fn new(keyring: &Keyring, options: ObjectOptions, inner: W) -> Result<Self> {
        Self::begin(wrap(keyring, options, None, |_| Err(Error::NoKms))?, inner)
    }

    /// The same under a symmetric KMS key: `kms` is asked for the data key.
    ///
    /// # Errors
    /// As [`super::seal_object_with`].
    pub fn new_with(
        keyring: &Keyring,
        options: ObjectOptions,
        inner: W,
        kms: impl FnOnce(&GenerateDataKeyRequest) -> Result<GenerateDataKeyResponse, KmsFailure>,
    ) -> Result<Self> {
        let kms = |request: &_| kms(request).map_err(|failure| Error::Kms(failure.name));
        Self::begin(wrap(keyring, options, None, kms)?, inner)
    }

    fn begin(wrapped: WrappedObject, inner: W) -> Result<Self> {
        let WrappedObject { head, content_key, chunks } = wrapped;
        let executor = Executor::new(&content_key)?;
        let text = Zeroizing::new(Vec::with_capacity(CHUNK));
        Ok(Self { inner, head, executor, chunks, done: 0, text, sealed: Vec::new() })
    }

    /// Metadata and instruction file.
    #[must_use]
    pub const fn head(&self) -> &ObjectHead {
        &self.head
    }

    /// Writes the last chunk and the tag, and gives `inner` back.
    ///
    /// # Errors
    /// [`Error::State`] after an earlier failure, [`Error::TooLarge`] for more than an object holds,
    /// or what `inner` says.
    pub fn finish(mut self) -> io::Result<W> {
        self.chunks.end(widen(self.done) * widen(CHUNK) + widen(self.text.len()))?;
        self.seal_chunk()?;
        self.inner.write_all(&self.chunks.tail()?)?;
        self.inner.flush()?;
        Ok(self.inner)
    }

    fn seal_chunk(&mut self) -> io::Result<()> {
        self.sealed.clear();
        for op in self.chunks.plan(self.done, 1)? {
            let tag = self.executor.seal_piece(&op, &self.text, &mut self.sealed)?;
            self.chunks.pin(self.done, tag.expose())?;
        }
        self.text.clear();
        // Chunks that were sealed but not written must never be sealed again.
        self.inner.write_all(&self.sealed).inspect_err(|_| self.chunks.fail())?;
        self.done += 1;
        Ok(())
    }
}

impl<W: Write> Write for SealWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full chunk waits until more follows: it may be the last.
        if self.text.len() == CHUNK && !bytes.is_empty() {
            self.seal_chunk()?;
        }
        let taken = bytes.len().min(CHUNK - self.text.len());
        let (now, _) = bytes.split_at(taken);
        self.text.extend_from_slice(now);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
