//! GF(2^128) as GHASH has it (NIST SP 800-38D, 6.3). Multiplication is that of the `ghash` crate.

use crate::keys::Block;
use core::fmt;
use core::ops::{Add, Mul};
use core::slice;
use ghash::GHash;
use ghash::universal_hash::UniversalHash;

/// An element of the field, in GCM's order of bits. The hash key is one, and what is computed with
/// it reveals it: so all are wiped.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Element(Block);

impl Element {
    pub(super) const ZERO: Self = Self(Block([0; 16]));
    /// The first bit is the lowest power.
    pub(super) const ONE: Self = Self(Block([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));

    pub(super) const fn new(bytes: [u8; 16]) -> Self {
        Self(Block(bytes))
    }

    pub(super) const fn as_bytes(&self) -> &[u8; 16] {
        &self.0.0
    }

    fn square(&self) -> Self {
        self.clone() * self
    }

    /// `self^exponent`, by squaring; exponents are lengths, which are no secret.
    pub(super) fn power(&self, exponent: u64) -> Self {
        let (mut result, mut square, mut left) = (Self::ONE, self.clone(), exponent);
        while left > 0 {
            if left & 1 == 1 {
                result = result * &square;
            }
            square = square.square();
            left >>= 1;
        }
        result
    }

    /// `self^(2^128 - 2)`, the inverse, by squarings and few other products (Itoh and Tsujii):
    /// from `self^(2^n - 1)` follow those of `2n` and `2n + 1`, and `n` goes 1, 3, 7, …, 127.
    pub(super) fn inverse(&self) -> Self {
        let (mut power, mut n) = (self.clone(), 1);
        while n < 127 {
            let shifted = (0..n).fold(power.clone(), |square, _| square.square());
            let doubled = shifted * &power;
            power = doubled.square() * self;
            n = 2 * n + 1;
        }
        power.square()
    }
}

impl From<Block> for Element {
    fn from(block: Block) -> Self {
        Self(block)
    }
}

impl From<Element> for Block {
    fn from(element: Element) -> Self {
        element.0
    }
}

impl Add<&Self> for Element {
    type Output = Self;

    fn add(mut self, other: &Self) -> Self {
        self.0.0.iter_mut().zip(&other.0.0).for_each(|(a, b)| *a ^= b);
        self
    }
}

impl Mul<&Self> for Element {
    type Output = Self;

    /// GHASH of the one block `self` under the key `other`.
    fn mul(self, other: &Self) -> Self {
        let mut hash = GHash::new((&other.0.0).into());
        hash.update(slice::from_ref((&self.0.0).into()));
        Self(Block(hash.finalize().into()))
    }
}

impl fmt::Debug for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Element")
    }
}
