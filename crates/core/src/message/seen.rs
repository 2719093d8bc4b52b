//! What a first reading saw, so that the second one releases nothing else.
//!
//! Tags would not do: who holds the data key can make two bodies that have the same ones, and a
//! signature is there against exactly these people.

use crate::error::{Error, Result};
use alloc::vec::Vec;
use sha2::{Digest, Sha256};

/// SHA-256 of each block, in order.
#[derive(Default)]
pub(super) struct Seen {
    digests: Vec<[u8; 32]>,
    next: usize,
}

impl Seen {
    /// Takes the next block of the first reading.
    pub(super) fn push(&mut self, block: &[u8]) {
        self.digests.push(Sha256::digest(block).into());
    }

    /// Takes the next block of the second reading.
    ///
    /// # Errors
    /// [`Error::SourceChanged`] when it is another one.
    pub(super) fn compare(&mut self, block: &[u8]) -> Result<()> {
        let wanted = self.digests.get(self.next).ok_or(Error::SourceChanged)?;
        if wanted[..] != Sha256::digest(block)[..] {
            return Err(Error::SourceChanged);
        }
        self.next += 1;
        Ok(())
    }
}

/// Bytes of a block, so that the list of `size` bytes' blocks stays short.
pub(super) fn block_length(size: u64) -> usize {
    usize::try_from(size >> 15).unwrap_or(0).max(256 * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_blocks_in_the_same_order_pass() {
        let mut seen = Seen::default();
        seen.push(b"one");
        seen.push(b"two");
        assert_eq!(seen.compare(b"two"), Err(Error::SourceChanged));
        assert_eq!(seen.compare(b"one"), Ok(()));
        assert_eq!(seen.compare(b"one"), Err(Error::SourceChanged));
        assert_eq!(seen.compare(b"two"), Ok(()));
        assert_eq!(seen.compare(b"two"), Err(Error::SourceChanged));
    }

    #[test]
    fn the_list_of_a_large_source_is_short() {
        for size in [0, 1, 1 << 20, 1 << 36, 1_u64 << 45] {
            assert!(size.div_ceil(block_length(size).try_into().unwrap()) <= 1 << 16, "{size}");
        }
        assert_eq!(block_length(1 << 30), 256 * 1024);
    }
}
