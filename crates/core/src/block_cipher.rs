//! AES as a block cipher, for what takes a block or two of it. Whatever is long is an executor's.

use crate::error::{Error, Result};
use crate::keys::{Block, ContentKey};
use aes_gcm::aes::cipher::{BlockCipherEncrypt, KeyInit};
use aes_gcm::aes::{Aes128, Aes192, Aes256};
use alloc::boxed::Box;

/// Bytes of a block.
pub(crate) const BLOCK: usize = 16;

/// AES under a content key, wiped when dropped.
pub(crate) enum BlockCipher {
    Aes128(Box<Aes128>),
    Aes192(Box<Aes192>),
    Aes256(Box<Aes256>),
}

impl BlockCipher {
    pub(crate) fn new(key: &ContentKey) -> Result<Self> {
        let wrong = |_| Error::Input("an AES key must be of 16, 24 or 32 bytes");
        let bytes = key.expose();
        Ok(match bytes.len() {
            16 => Self::Aes128(Box::new(Aes128::new_from_slice(bytes).map_err(wrong)?)),
            24 => Self::Aes192(Box::new(Aes192::new_from_slice(bytes).map_err(wrong)?)),
            _ => Self::Aes256(Box::new(Aes256::new_from_slice(bytes).map_err(wrong)?)),
        })
    }

    /// `E(x)`: of zeros it is the hash key, of counters a mask. Both are secrets.
    pub(crate) fn encrypt(&self, block: [u8; BLOCK]) -> Block {
        let mut block = Block(block);
        let place = (&mut block.0).into();
        match self {
            Self::Aes128(aes) => aes.encrypt_block(place),
            Self::Aes192(aes) => aes.encrypt_block(place),
            Self::Aes256(aes) => aes.encrypt_block(place),
        }
        block
    }
}
