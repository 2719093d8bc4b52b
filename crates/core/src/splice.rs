//! One long AES-GCM message out of independent one-shot calls (FORMATS.md 8).
//!
//! An S3 Encryption Client object is a single AES-GCM message of up to 64 GiB, and platforms offer
//! AES-GCM in one shot only. But a one-shot call under a 16-byte IV starts at whatever counter the
//! IV hashes to, and the IV that hashes to a wanted counter can be solved for. So each chunk is
//! sealed by a call of its own, in any order; its tag yields the chunk's partial hash, and the
//! partial hashes combine into the tag of the whole.

mod field;
mod tally;

pub(crate) use tally::{Pin, Tally};

use crate::block_cipher::{BLOCK, BlockCipher};
use crate::codec::widen;
use crate::error::Result;
use crate::keys::ContentKey;
use field::Element;
use zeroize::Zeroize;

/// Bytes of a chunk but the last: the grid that every object is cut along.
pub(crate) const CHUNK: usize = 512 * 1024;
/// The longest text of one AES-GCM message: 2^32 - 2 blocks.
pub(crate) const MAX_TEXT: u64 = (1 << 36) - 32;

/// `N` of FORMATS.md 8.4. Its calls encrypt nothing, and their tags stay inside.
const HASH_NONCE: [u8; 12] = [0; 12];

/// A message's key, IV and associated data, and what follows from them.
pub(crate) struct Splice {
    cipher: BlockCipher,
    h: Element,
    h_inverse: Element,
    iv: [u8; 12],
    aad: &'static [u8],
    /// Bytes of every chunk but the last: a multiple of a block.
    chunk: usize,
}

impl Splice {
    /// A message in chunks of [`CHUNK`] bytes.
    pub(crate) fn new(key: &ContentKey, iv: [u8; 12], aad: &'static [u8]) -> Result<Self> {
        Self::with_chunks(key, iv, aad, CHUNK)
    }

    pub(crate) fn with_chunks(
        key: &ContentKey,
        iv: [u8; 12],
        aad: &'static [u8],
        chunk: usize,
    ) -> Result<Self> {
        let cipher = BlockCipher::new(key)?;
        let h = Element::new(cipher.encrypt([0; BLOCK]));
        let h_inverse = h.inverse();
        Ok(Self { cipher, h, h_inverse, iv, aad, chunk })
    }

    pub(crate) const fn iv(&self) -> [u8; 12] {
        self.iv
    }

    pub(crate) const fn aad(&self) -> &'static [u8] {
        self.aad
    }

    /// `IV'` (8.1): the IV under which a one-shot call continues at chunk `index`.
    pub(crate) fn chunk_nonce(&self, index: u32) -> [u8; BLOCK] {
        let shift = lengths(0, 16);
        let wanted = Element::new(self.pre_counter(index));
        ((wanted * self.h_inverse + shift) * self.h_inverse).into_bytes()
    }

    /// The counter block of chunk `index`'s first block: where AES-CTR with a 32-bit counter
    /// decrypts it too (8.4).
    pub(crate) fn first_counter(&self, index: u32) -> [u8; BLOCK] {
        self.counter(self.first_block(index).wrapping_add(2))
    }

    /// The nonce of the calls that hash a chunk, as their associated data.
    pub(crate) const fn hash_nonce(&self) -> [u8; 12] {
        HASH_NONCE
    }

    /// The partial hash `X` of chunk `index` from the tag of the call that sealed it (8.2).
    pub(crate) fn absorb_sealed(&self, index: u32, tag: [u8; BLOCK], length: usize) -> Pin {
        let mask = Element::new(self.cipher.encrypt(self.pre_counter(index)));
        self.absorb(Element::new(tag) + mask, lengths(0, widen(length)))
    }

    /// The same from the tag of the call that hashed it (8.4).
    pub(crate) fn absorb_hashed(&self, tag: [u8; BLOCK], length: usize) -> Pin {
        let mut counter = [0; BLOCK];
        let (nonce, one) = counter.split_at_mut(HASH_NONCE.len());
        nonce.copy_from_slice(&HASH_NONCE);
        one.copy_from_slice(&1_u32.to_be_bytes());
        let mask = Element::new(self.cipher.encrypt(counter));
        self.absorb(Element::new(tag) + mask, lengths(widen(length), 0))
    }

    /// The tag of the call that sealed chunk `index`, from its partial hash: 8.2 the other way round.
    pub(crate) fn sealed_tag(&self, index: u32, pin: Pin, length: usize) -> [u8; BLOCK] {
        let mask = Element::new(self.cipher.encrypt(self.pre_counter(index)));
        ((Element::new(pin.0) + lengths(0, widen(length))) * self.h + mask).into_bytes()
    }

    /// The tag of the whole from the partial hashes of its chunks, in order (8.3).
    pub(crate) fn finish(&self, chunks: impl Iterator<Item = Pin>, length: u64) -> [u8; BLOCK] {
        let mut hash = Element::ZERO;
        for block in self.aad.chunks(BLOCK) {
            let mut padded = [0; BLOCK];
            padded.iter_mut().zip(block).for_each(|(to, from)| *to = *from);
            hash = (hash + Element::new(padded)) * self.h;
        }
        let whole = self.h.power(widen(self.chunk / BLOCK));
        let mut left = length;
        for pin in chunks {
            let power = match left.checked_sub(widen(self.chunk)) {
                Some(_) => whole,
                None => self.h.power(left.div_ceil(widen(BLOCK))),
            };
            hash = hash * power + Element::new(pin.0);
            left = left.saturating_sub(widen(self.chunk));
        }
        hash = (hash + lengths(widen(self.aad.len()), length)) * self.h;
        let mask = Element::new(self.cipher.encrypt(self.counter(1)));
        (hash + mask).into_bytes()
    }

    fn absorb(&self, hash: Element, lengths: Element) -> Pin {
        Pin((hash * self.h_inverse + lengths).into_bytes())
    }

    /// `J`: the counter block before those of chunk `index`.
    fn pre_counter(&self, index: u32) -> [u8; BLOCK] {
        self.counter(self.first_block(index).wrapping_add(1))
    }

    fn first_block(&self, index: u32) -> u32 {
        u32::try_from(self.chunk / BLOCK).unwrap_or(0).wrapping_mul(index)
    }

    fn counter(&self, low: u32) -> [u8; BLOCK] {
        let mut counter = [0; BLOCK];
        let (iv, number) = counter.split_at_mut(self.iv.len());
        iv.copy_from_slice(&self.iv);
        number.copy_from_slice(&low.to_be_bytes());
        counter
    }
}

impl Drop for Splice {
    /// With ciphertext and tag they are enough to forge.
    fn drop(&mut self) {
        self.h.zeroize();
        self.h_inverse.zeroize();
    }
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
