//! One long AES-GCM message out of independent one-shot calls (docs/formats.md 8).
//!
//! An S3 Encryption Client object is a single AES-GCM message of up to 64 GiB, and platforms offer
//! AES-GCM in one shot only. But a one-shot call under a 16-byte IV starts at whatever counter the
//! IV hashes to, and the IV that hashes to a wanted counter can be solved for. So each chunk is
//! sealed by a call of its own, in any order; its tag yields the chunk's partial hash, and the
//! partial hashes combine into the tag of the whole.

mod field;
mod hash_nonce;
mod tally;

pub(crate) use hash_nonce::HashNonces;
pub(crate) use tally::{Pin, Tally};

use crate::block_cipher::{BLOCK, BlockCipher};
use crate::codec::widen;
use crate::error::Result;
use crate::keys::{ChunkNonce, ChunkTag, ContentKey, HashTag};
use crate::plan::NONCE_LENGTH;
use alloc::{boxed::Box, vec::Vec};
use field::Element;

/// Bytes of a chunk but the last: the grid that every object is cut along.
pub(crate) const CHUNK: usize = 512 * 1024;
/// The longest text of one AES-GCM message: 2^32 - 2 blocks.
pub(crate) const MAX_TEXT: u64 = (1 << 36) - 32;

/// A message's key, IV and associated data, and what follows from them.
pub(crate) struct Splice {
    cipher: BlockCipher,
    hash_key: Box<HashKey>,
    iv: [u8; NONCE_LENGTH],
    aad: Vec<u8>,
    /// Bytes of every chunk but the last: a multiple of a block.
    chunk: usize,
}

/// `H` and its inverse: with ciphertext and tag they are enough to forge. On the heap, so that
/// moving them leaves no copy behind on the stack.
struct HashKey {
    h: Element,
    inverse: Element,
}

impl Splice {
    /// A message in chunks of [`CHUNK`] bytes.
    pub(crate) fn new(key: &ContentKey, iv: [u8; NONCE_LENGTH], aad: &[u8]) -> Result<Self> {
        Self::with_chunks(key, iv, aad, CHUNK)
    }

    pub(crate) fn with_chunks(
        key: &ContentKey,
        iv: [u8; NONCE_LENGTH],
        aad: &[u8],
        chunk: usize,
    ) -> Result<Self> {
        let cipher = BlockCipher::new(key)?;
        let h = Element::from(cipher.encrypt([0; BLOCK]));
        let inverse = h.inverse();
        Ok(Self {
            cipher,
            hash_key: Box::new(HashKey { h, inverse }),
            iv,
            aad: aad.to_vec(),
            chunk,
        })
    }

    pub(crate) const fn iv(&self) -> &[u8; NONCE_LENGTH] {
        &self.iv
    }

    pub(crate) fn aad(&self) -> &[u8] {
        &self.aad
    }

    /// `IV'` (8.1): the IV under which a one-shot call continues at chunk `index`.
    pub(crate) fn chunk_nonce(&self, index: u32) -> ChunkNonce {
        let inverse = &self.hash_key.inverse;
        let wanted = Element::new(self.pre_counter(index));
        ChunkNonce::new(((wanted * inverse + &lengths(0, 16)) * inverse).as_bytes())
    }

    /// The counter block of chunk `index`'s first block: where AES-CTR with a 32-bit counter
    /// decrypts it too (8.4).
    pub(crate) fn first_counter(&self, index: u32) -> [u8; BLOCK] {
        self.counter(self.first_block(index).wrapping_add(2))
    }

    /// The partial hash `X` of chunk `index` from the tag of the call that sealed it (8.2).
    pub(crate) fn absorb_sealed(&self, index: u32, tag: &ChunkTag, length: usize) -> Pin {
        let mask = self.mask(self.pre_counter(index));
        self.absorb(mask + &Element::new(*tag.expose()), lengths(0, widen(length)))
    }

    /// The same from the tag of the call that hashed it under `nonce` (8.4).
    pub(crate) fn absorb_hashed(
        &self,
        nonce: &[u8; NONCE_LENGTH],
        tag: &HashTag,
        length: usize,
    ) -> Pin {
        let mask = self.mask(counter(nonce, 1));
        self.absorb(mask + &Element::new(*tag.expose()), lengths(widen(length), 0))
    }

    /// The tag of the call that sealed chunk `index`, from its partial hash: 8.2 the other way round.
    pub(crate) fn sealed_tag(&self, index: u32, pin: &Pin, length: usize) -> ChunkTag {
        let mask = self.mask(self.pre_counter(index));
        let hash = (Element::from(pin.0.clone()) + &lengths(0, widen(length))) * &self.hash_key.h;
        ChunkTag::new((hash + &mask).as_bytes())
    }

    /// The tag of the whole from the partial hashes of its chunks, in order (8.3).
    pub(crate) fn finish<'a>(
        &self,
        chunks: impl Iterator<Item = &'a Pin>,
        length: u64,
    ) -> [u8; BLOCK] {
        let h = &self.hash_key.h;
        let mut hash = Element::ZERO;
        for block in self.aad.chunks(BLOCK) {
            let mut padded = [0; BLOCK];
            padded.iter_mut().zip(block).for_each(|(to, from)| *to = *from);
            hash = (hash + &Element::new(padded)) * h;
        }
        let whole = h.power(widen(self.chunk / BLOCK));
        let mut left = length;
        for pin in chunks {
            hash = match left.checked_sub(widen(self.chunk)) {
                Some(_) => hash * &whole,
                None => hash * &h.power(left.div_ceil(widen(BLOCK))),
            };
            hash = hash + &Element::from(pin.0.clone());
            left = left.saturating_sub(widen(self.chunk));
        }
        hash = (hash + &lengths(widen(self.aad.len()), length)) * h;
        *(hash + &self.mask(self.counter(1))).as_bytes()
    }

    fn absorb(&self, hash: Element, lengths: Element) -> Pin {
        Pin((hash * &self.hash_key.inverse + &lengths).into())
    }

    fn mask(&self, counter: [u8; BLOCK]) -> Element {
        self.cipher.encrypt(counter).into()
    }

    /// `J`: the counter block before those of chunk `index`.
    fn pre_counter(&self, index: u32) -> [u8; BLOCK] {
        self.counter(self.first_block(index).wrapping_add(1))
    }

    fn first_block(&self, index: u32) -> u32 {
        u32::try_from(self.chunk / BLOCK).unwrap_or(0).wrapping_mul(index)
    }

    fn counter(&self, low: u32) -> [u8; BLOCK] {
        counter(&self.iv, low)
    }
}

/// `nonce ‖ u32(low)`
fn counter(nonce: &[u8; NONCE_LENGTH], low: u32) -> [u8; BLOCK] {
    let mut counter = [0; BLOCK];
    let (start, number) = counter.split_at_mut(nonce.len());
    start.copy_from_slice(nonce);
    number.copy_from_slice(&low.to_be_bytes());
    counter
}

/// `Lb(aad, text)`: GHASH's last block, of lengths in bytes.
fn lengths(aad: u64, text: u64) -> Element {
    let mut block = [0; BLOCK];
    let (first, second) = block.split_at_mut(8);
    first.copy_from_slice(&(8 * aad).to_be_bytes());
    second.copy_from_slice(&(8 * text).to_be_bytes());
    Element::new(block)
}

#[cfg(test)]
mod tests;
