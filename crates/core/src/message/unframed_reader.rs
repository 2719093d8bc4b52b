//! Opening a body without frames in constant memory: one tag covers all of it, as it does an object,
//! so that it is read twice (docs/formats.md 8).

use super::opener::{Verified, VerifiedHeader};
use super::seen::Seen;
use super::signature::{self, Verifier};
use super::unframed::{HEAD_LENGTH, Head};
use crate::codec::widen;
use crate::error::Error;
use crate::executor::Executor;
use crate::io::fill;
use crate::object::ChunkOpener;
use crate::plan::TAG_LENGTH;
use crate::splice::{CHUNK, Splice};
use alloc::vec::Vec;
use std::io::{self, Read, Seek, SeekFrom};
use zeroize::Zeroizing;

/// Reads the plaintext of one AES-GCM message, chunk by chunk of a body that has verified.
pub(super) struct UnframedReader<R> {
    inner: R,
    header: VerifiedHeader,
    executor: Executor,
    chunks: ChunkOpener,
    /// Set for a signed message.
    seen: Option<Seen>,
    next: usize,
    /// Bytes of plaintext in the chunks that are not opened yet.
    left: u64,
    /// Ciphertext and, when a chunk is complete, the tag of it alone, which is a secret.
    sealed: Zeroizing<Vec<u8>>,
    text: Zeroizing<Vec<u8>>,
    released: usize,
    failed: bool,
}

impl<R: Read + Seek> UnframedReader<R> {
    /// Reads the body of `size` bytes, footer included, that begins at `start`, verifies it, and goes
    /// back.
    pub(super) fn new(
        mut inner: R,
        start: u64,
        size: u64,
        Verified { header, content_key }: Verified,
        verifier: Option<Verifier>,
    ) -> io::Result<Self> {
        let executor = Executor::new(&content_key)?;
        let mut start_of_body = Vec::new();
        read_exactly(&mut inner, &mut start_of_body, HEAD_LENGTH)?;
        let head = Head::parse(&start_of_body, size)?;
        let chunk = chunk_length(head.text_length);
        let mut sealed = Zeroizing::new(Vec::with_capacity(chunk + TAG_LENGTH));
        let splice = Splice::new(&content_key, head.nonce, &head.aad(&header.message_id))?;
        let max_footer = signature::max_footer(header.suite);
        let mut first = First {
            chunks: ChunkOpener::new(splice, &[&head.nonce, &header.nonce])?,
            seen: verifier.is_some().then(Seen::default),
            verifier,
        };
        if let Some(verifier) = &mut first.verifier {
            verifier.update(&start_of_body);
        }
        first.read(&mut inner, &mut sealed, &executor, head.text_length, max_footer)?;
        let First { chunks, seen, .. } = first;
        inner.seek(SeekFrom::Start(start + widen(HEAD_LENGTH)))?;
        sealed.clear();
        Ok(Self {
            inner,
            header: VerifiedHeader::new(&header),
            executor,
            chunks,
            seen,
            next: 0,
            left: head.text_length,
            sealed,
            text: Zeroizing::new(Vec::with_capacity(chunk)),
            released: 0,
            failed: false,
        })
    }

    pub(super) const fn header(&self) -> &VerifiedHeader {
        &self.header
    }

    /// Opens the next chunk, of the same bytes that were verified.
    fn open_chunk(&mut self) -> io::Result<()> {
        let length = chunk_length(self.left);
        self.sealed.clear();
        if !fill(&mut self.inner, &mut self.sealed, length)? {
            return Err(Error::SourceChanged.into());
        }
        if let Some(seen) = &mut self.seen {
            seen.compare(&self.sealed)?;
        }
        self.sealed.extend_from_slice(self.chunks.chunk_tag(self.next)?.expose());
        for op in self.chunks.plan(self.next, length)? {
            self.executor
                .decrypt(op.nonce.expose(), &op.aad, &self.sealed, &mut self.text)
                .map_err(|_| Error::SourceChanged)?;
        }
        self.next += 1;
        self.left -= widen(length);
        Ok(())
    }
}

/// The first reading.
struct First {
    chunks: ChunkOpener,
    seen: Option<Seen>,
    verifier: Option<Verifier>,
}

impl First {
    /// Reads from behind the head to the end, and verifies tag and signature.
    fn read(
        &mut self,
        inner: &mut impl Read,
        sealed: &mut Vec<u8>,
        executor: &Executor,
        text_length: u64,
        max_footer: usize,
    ) -> io::Result<()> {
        let (mut index, mut left) = (0, text_length);
        while left > 0 {
            let length = chunk_length(left);
            read_exactly(inner, sealed, length)?;
            for op in self.chunks.plan_hashes(index, length)? {
                self.chunks.pin(index, length, executor.hash(&op, sealed)?.expose())?;
            }
            self.update(sealed);
            (index, left) = (index + 1, left - widen(length));
        }
        sealed.clear();
        fill(inner, sealed, TAG_LENGTH + max_footer + 1)?;
        let (tag, footer) = sealed.split_at_checked(TAG_LENGTH).ok_or(Error::Truncated)?;
        self.update(tag);
        self.chunks.verify(tag, text_length + widen(TAG_LENGTH))?;
        self.finish(footer)
    }

    fn update(&mut self, bytes: &[u8]) {
        if let Some((verifier, seen)) = self.verifier.as_mut().zip(self.seen.as_mut()) {
            verifier.update(bytes);
            seen.push(bytes);
        }
    }

    fn finish(&mut self, footer: &[u8]) -> io::Result<()> {
        match self.verifier.take() {
            Some(verifier) => Ok(verifier.finish(footer)?),
            None if footer.is_empty() => Ok(()),
            None => Err(Error::TrailingData.into()),
        }
    }
}

/// Bytes of the next chunk where so many are left.
fn chunk_length(left: u64) -> usize {
    usize::try_from(left).unwrap_or(CHUNK).min(CHUNK)
}

/// Replaces what `buffer` holds.
fn read_exactly(inner: &mut impl Read, buffer: &mut Vec<u8>, length: usize) -> io::Result<()> {
    buffer.clear();
    if fill(inner, buffer, length)? { Ok(()) } else { Err(Error::Truncated.into()) }
}

impl<R: Read + Seek> Read for UnframedReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.released == self.text.len() && self.left > 0 {
            if self.failed {
                return Err(Error::State("an earlier chunk failed").into());
            }
            self.text.clear();
            self.released = 0;
            self.failed = true;
            self.open_chunk()?;
            self.failed = false;
        }
        let mut text = self.text.get(self.released..).unwrap_or_default();
        let read = text.read(out)?;
        self.released += read;
        Ok(read)
    }
}
