//! One type per role of a secret: wiped when dropped, silent in `Debug`.

use crate::error::{Error, Result};
use alloc::{boxed::Box, vec, vec::Vec};
use core::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Fills `N` bytes from the system's generator.
///
/// # Errors
/// [`Error::Random`] when the system has no randomness.
pub(crate) fn random(length: usize) -> Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(vec![0; length]);
    getrandom::fill(&mut bytes).map_err(|_| Error::Random)?;
    Ok(bytes)
}

macro_rules! secret {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        // It is on the heap, so that moving it leaves no copy behind on the stack.
        pub struct $name(Zeroizing<Vec<u8>>);

        impl $name {
            /// Takes over bytes; no copy of them remains elsewhere.
            #[must_use]
            pub const fn new(bytes: Zeroizing<Vec<u8>>) -> Self {
                Self(bytes)
            }

            /// The secret itself, for those who compute with it.
            #[must_use]
            pub fn expose(&self) -> &[u8] {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    };
}

secret! {
    /// The data key that the encrypted data keys of a message wrap; input of the key schedule.
    DataKey
}
secret! {
    /// The AES-GCM key of a message's header and frames; output of the key schedule.
    ContentKey
}
secret! {
    /// A small secret that was opened.
    Secret
}
secret! {
    /// The text that RSA-OAEP encrypts: a data key with the bytes that the keyring binds to it.
    WrapText
}

/// 16 bytes that are wiped when they are dropped.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Block(pub(crate) [u8; 16]);

impl Drop for Block {
    // Once and not wherever one is dropped: WebAssembly is downloaded.
    #[inline(never)]
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl ZeroizeOnDrop for Block {}

impl fmt::Debug for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Block")
    }
}

/// The same as [`secret`] for 16 bytes that belong to an object's chunks and reveal the hash key
/// (docs/formats.md 8.4).
macro_rules! secret_block {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub struct $name(Box<Block>);

        impl $name {
            /// Copies the bytes, which their owner wipes.
            #[must_use]
            pub fn new(bytes: &[u8; 16]) -> Self {
                Self(Box::new(Block(*bytes)))
            }

            /// The secret itself, for those who compute with it.
            #[must_use]
            pub fn expose(&self) -> &[u8; 16] {
                &self.0.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    };
}

secret_block! {
    /// `IV'`, the nonce under which one call continues an object at a chunk. With the counter block
    /// that it stands for, which is no secret, it leaves two candidates for the hash key.
    ChunkNonce
}
secret_block! {
    /// `T'`, the tag of one chunk as an AES-GCM message of its own: what the call that seals it
    /// gives, and the call that verifies it takes.
    ChunkTag
}
secret_block! {
    /// `T''`, the tag of the call that hashes a sealed chunk.
    HashTag
}

impl DataKey {
    /// A data key out of a longer secret, which its owner wipes.
    pub(crate) fn copy(bytes: &[u8]) -> Self {
        Self(Zeroizing::new(bytes.to_vec()))
    }

    /// A fresh data key of `length` bytes.
    pub(crate) fn generate(length: usize) -> Result<Self> {
        random(length).map(Self)
    }
}
