//! Opening an object as `std::io` has streams.

use super::open::unwrap;
use super::opener::{ChunkOpener, OpenObjectOptions, OpenedObject, UnwrappedObject};
use crate::codec::widen;
use crate::error::{Error, Result};
use crate::executor::Executor;
use crate::io::fill;
use crate::keyring::Keyring;
use crate::kms::{DecryptRequest, DecryptResponse, KmsFailure};
use crate::plan::TAG_LENGTH;
use crate::splice::CHUNK;
use alloc::{string::String, vec::Vec};
use std::io::{self, Read, Seek, SeekFrom};
use zeroize::Zeroizing;

/// Reads the plaintext of an object.
///
/// One tag at the body's end covers all of it, so that the body is read twice, which is why it must
/// be [`Seek`]: whole by [`OpenReader::new`], which verifies the tag, and again while plaintext is
/// released, each chunk of 512 KiB only after it has proved to be what it was before. Two chunks are
/// held in memory. (Small objects may as well be opened by [`super::open_object_with`].)
///
/// The data is complete only when reading has returned `Ok(0)`: discard what came before an error.
pub struct OpenReader<R: Read + Seek> {
    inner: R,
    object: OpenedObject,
    executor: Executor,
    chunks: ChunkOpener,
    next: usize,
    /// Bytes of plaintext in the chunks that are not opened yet.
    left: u64,
    /// Ciphertext and, when a chunk is complete, the tag of it alone, which is a secret.
    sealed: Zeroizing<Vec<u8>>,
    text: Zeroizing<Vec<u8>>,
    released: usize,
}

impl<R: Read + Seek> OpenReader<R> {
    /// Unwraps the data key, reads the body from where `body` is to its end, verifies its tag, and
    /// goes back; the other arguments are those of [`super::open_object_with`].
    ///
    /// # Errors
    /// As [`super::open_object_with`], or what `body` says.
    pub fn new(
        keyring: &Keyring,
        metadata: &[(String, String)],
        instruction_file: Option<&str>,
        mut body: R,
        options: OpenObjectOptions,
        kms: impl FnMut(&DecryptRequest) -> Result<DecryptResponse, KmsFailure>,
    ) -> io::Result<Self> {
        let UnwrappedObject { object, content_key, mut chunks } =
            unwrap(keyring, metadata, instruction_file, options, kms)?;
        let executor = Executor::new(&content_key)?;
        let start = body.stream_position()?;
        let mut sealed = Zeroizing::new(Vec::with_capacity(CHUNK + TAG_LENGTH + 1));
        let left = verify(&mut body, &mut sealed, &mut chunks, &executor)?;
        body.seek(SeekFrom::Start(start))?;
        sealed.clear();
        let text = Zeroizing::new(Vec::with_capacity(CHUNK));
        Ok(Self { inner: body, object, executor, chunks, next: 0, left, sealed, text, released: 0 })
    }

    /// The claims of the object.
    #[must_use]
    pub const fn object(&self) -> &OpenedObject {
        &self.object
    }

    /// Opens the next chunk. A chunk that fails stays, and fails again.
    fn open_chunk(&mut self) -> io::Result<()> {
        let length = usize::try_from(self.left).unwrap_or(CHUNK).min(CHUNK);
        self.text.clear();
        self.released = 0;
        if !fill(&mut self.inner, &mut self.sealed, length)? {
            return Err(Error::SourceChanged.into());
        }
        self.sealed.truncate(length);
        self.sealed.extend_from_slice(self.chunks.chunk_tag(self.next)?.expose());
        for op in self.chunks.plan(self.next, length)? {
            self.executor
                .decrypt(op.nonce.expose(), &op.aad, &self.sealed, &mut self.text)
                .map_err(|_| Error::SourceChanged)?;
        }
        self.sealed.clear();
        self.next += 1;
        self.left -= widen(length);
        Ok(())
    }
}

/// Hashes the body, and returns the plaintext's length once the tag at its end has verified.
fn verify(
    body: &mut impl Read,
    sealed: &mut Vec<u8>,
    chunks: &mut ChunkOpener,
    executor: &Executor,
) -> io::Result<u64> {
    let mut index = 0;
    loop {
        let more = fill(body, sealed, CHUNK + TAG_LENGTH + 1)?;
        let text = if more { CHUNK } else { sealed.len().saturating_sub(TAG_LENGTH) };
        let (text, tag) = sealed.split_at_checked(text).ok_or(Error::Truncated)?;
        for op in chunks.plan_hashes(index, text.len())? {
            chunks.pin(index, text.len(), executor.hash(&op, text)?.expose())?;
        }
        if !more {
            let length = widen(index) * widen(CHUNK) + widen(text.len());
            chunks.verify(tag, length + widen(tag.len()))?;
            return Ok(length);
        }
        sealed.drain(..CHUNK);
        index += 1;
    }
}

impl<R: Read + Seek> Read for OpenReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.released == self.text.len() && self.left > 0 {
            self.open_chunk()?;
        }
        let mut text = self.text.get(self.released..).unwrap_or_default();
        let read = text.read(out)?;
        self.released += read;
        Ok(read)
    }
}
