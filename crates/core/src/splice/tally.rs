//! Remembers what every piece was sealed to, so that no piece is ever sealed to anything else.

use crate::error::{Error, Result};
use crate::keys::Block;
use alloc::vec::Vec;
use subtle::ConstantTimeEq;

/// 16 bytes that change when a piece's ciphertext does: an object's partial hash, a frame's tag.
/// A partial hash and its ciphertext reveal the hash key, so it is as secret as the content key.
#[derive(Clone, Debug)]
pub(crate) struct Pin(pub(crate) Block);

/// The pins of all pieces seen so far. It lives and dies with the key.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pins: Vec<Option<Pin>>,
    missing: usize,
    /// All pieces before this one are pinned.
    unbroken: usize,
}

impl Tally {
    /// Records a piece's pin, or compares it with the one recorded.
    ///
    /// # Errors
    /// [`Error::SourceChanged`] when they differ: the piece must not leave.
    pub(crate) fn pin(&mut self, index: usize, pin: Pin) -> Result<()> {
        if index >= self.pins.len() {
            self.grow(index + 1);
            self.missing += index + 1 - self.pins.len();
            self.pins.resize(index + 1, None);
        }
        let slot = self.pins.get_mut(index).ok_or(Error::SourceChanged)?;
        match slot {
            Some(found) if bool::from(found.0.0.ct_eq(&pin.0.0)) => Ok(()),
            Some(_) => Err(Error::SourceChanged),
            None => {
                *slot = Some(pin);
                self.missing -= 1;
                while let Some(Some(_)) = self.pins.get(self.unbroken) {
                    self.unbroken += 1;
                }
                Ok(())
            }
        }
    }

    /// Makes room without leaving the pins behind in what was too small.
    fn grow(&mut self, length: usize) {
        if length > self.pins.capacity() {
            let mut grown = Vec::with_capacity(length.max(2 * self.pins.capacity()));
            // Copied, so that those left behind are wiped: what is moved leaves its bytes.
            grown.extend_from_slice(&self.pins);
            self.pins = grown;
        }
    }

    pub(crate) fn get(&self, index: usize) -> Option<&Pin> {
        self.pins.get(index)?.as_ref()
    }

    /// Whether the pins of exactly `count` pieces are known.
    pub(crate) fn is_complete(&self, count: usize) -> bool {
        self.missing == 0 && self.pins.len() == count
    }

    /// The lowest piece of `count` that has no pin yet.
    pub(crate) fn first_missing(&self, count: usize) -> Option<usize> {
        (self.unbroken < count).then_some(self.unbroken)
    }

    /// All pins in order; meaningful when complete.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Pin> {
        self.pins.iter().flatten()
    }
}
