//! Sharp edges: what an executor outside this crate needs to vouch for work that Rust did not see.
//! Whoever calls these is part of the trusted base.

use crate::error::{Error, Result};
use crate::executor::Executor;
use crate::keys::{ChunkNonce, ChunkTag, ContentKey, HashTag};
use crate::plan::{NONCE_LENGTH, OpenOp, Opened, SealOp, Sealed};
use crate::splice;
use crate::wrap::EncryptionAlgorithm;
use alloc::vec::Vec;

/// Vouches that `op` was run once, on one plaintext, and its output released.
pub fn attest_sealed(op: SealOp) -> Sealed {
    Sealed(op.ticket)
}

/// Vouches that `op` was run and that its tag verified. A false word releases forged plaintext.
pub fn attest_opened(op: OpenOp) -> Opened {
    Opened(op.ticket)
}

/// RSA-OAEP to a DER SubjectPublicKeyInfo, for platforms without an RSA of their own.
///
/// # Errors
/// [`crate::Error::PublicKey`], [`crate::Error::TooLarge`] when `text` does not fit, or
/// [`crate::Error::Random`].
pub fn oaep_encrypt(spki: &[u8], algorithm: EncryptionAlgorithm, text: &[u8]) -> Result<Vec<u8>> {
    crate::executor::oaep_encrypt(spki, algorithm, text)
}

/// AES-GCM under nonces of the caller's choice. Two texts under one key and nonce give away the
/// difference of both, and the means to forge.
pub struct AesGcm(Executor);

impl AesGcm {
    /// # Errors
    /// [`Error::Input`] for a key that is not of 16, 24 or 32 bytes.
    pub fn new(key: &ContentKey) -> Result<Self> {
        Executor::new(key).map(Self)
    }

    /// Appends ciphertext and tag to `out`. A nonce has 12 or 16 bytes.
    ///
    /// # Errors
    /// [`Error::Input`] for another nonce, [`Error::TooLarge`] for more than AES-GCM encrypts under
    /// one nonce.
    pub fn encrypt(&self, nonce: &[u8], aad: &[u8], text: &[u8], out: &mut Vec<u8>) -> Result<()> {
        self.0.encrypt(nonce, aad, text, out)
    }

    /// Appends the plaintext to `out`, which is as it was when the tag does not verify.
    ///
    /// # Errors
    /// [`Error::Input`] for a nonce that is not of 12 or 16 bytes, or [`Error::Authentication`].
    pub fn decrypt(
        &self,
        nonce: &[u8],
        aad: &[u8],
        sealed: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<()> {
        self.0.decrypt(nonce, aad, sealed, out)
    }
}

/// One AES-GCM message out of independent one-shot calls, one for each chunk, in any order
/// (docs/formats.md 8). No call may ever be run on another text under the same nonce.
pub struct Splice {
    splice: splice::Splice,
    hash_nonces: splice::HashNonces,
    tally: splice::Tally,
}

impl Splice {
    /// `chunk` is the length of every chunk but the last, in bytes: a multiple of 16.
    ///
    /// # Errors
    /// [`Error::Input`] when `key` is not an AES key or `chunk` is not a chunk, or [`Error::Random`].
    pub fn new(key: &[u8], iv: [u8; 12], aad: &'static [u8], chunk: usize) -> Result<Self> {
        if chunk == 0 || !chunk.is_multiple_of(16) {
            return Err(Error::Input("chunks must be whole blocks of 16 bytes"));
        }
        let key = ContentKey::new(key.to_vec().into());
        let splice = splice::Splice::with_chunks(&key, iv, aad, chunk)?;
        let hash_nonces = splice::HashNonces::new(&iv)?;
        Ok(Self { splice, hash_nonces, tally: splice::Tally::default() })
    }

    /// The nonce of the call that seals chunk `index`, without associated data.
    #[must_use]
    pub fn chunk_nonce(&self, index: u32) -> ChunkNonce {
        self.splice.chunk_nonce(index)
    }

    /// The nonce of the call that hashes sealed chunk `index`, given as associated data of an empty
    /// text. Another splice under the same key has others.
    #[must_use]
    pub fn hash_nonce(&self, index: u32) -> [u8; NONCE_LENGTH] {
        self.hash_nonces.get(index)
    }

    /// Takes the tag of the call that sealed the `length` bytes of chunk `index`.
    ///
    /// # Errors
    /// [`Error::SourceChanged`] when the chunk was another one before.
    pub fn sealed(&mut self, index: u32, tag: &ChunkTag, length: usize) -> Result<()> {
        let pin = self.splice.absorb_sealed(index, tag, length);
        self.pin(index, pin)
    }

    /// Takes the tag of the call that hashed the `length` bytes of chunk `index`.
    ///
    /// # Errors
    /// [`Error::SourceChanged`] when the chunk was another one before.
    pub fn hashed(&mut self, index: u32, tag: &HashTag, length: usize) -> Result<()> {
        let pin = self.splice.absorb_hashed(&self.hash_nonce(index), tag, length);
        self.pin(index, pin)
    }

    /// The tag of the whole message, of `length` bytes in `chunks` chunks.
    ///
    /// # Errors
    /// [`Error::State`] when a chunk is missing.
    pub fn finish(&self, chunks: usize, length: u64) -> Result<[u8; 16]> {
        if !self.tally.is_complete(chunks) {
            return Err(Error::State("a chunk of the message is missing"));
        }
        Ok(self.splice.finish(self.tally.iter(), length))
    }

    fn pin(&mut self, index: u32, pin: splice::Pin) -> Result<()> {
        let index = usize::try_from(index).map_err(|_| Error::TooLarge("too many chunks"))?;
        self.tally.pin(index, pin)
    }
}
