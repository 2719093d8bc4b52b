//! The most that a message may ask of its reader before any of it is verified.

use crate::error::{Error, Result};
use crate::frame::MAX_FRAME_LENGTH;

/// Bounds on what an unverified header may ask of its reader.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Encrypted data keys: each may cost a KMS call.
    pub max_encrypted_data_keys: u32,
    /// Bytes of the header, its tag included.
    pub max_header_length: u32,
    /// Bytes of plaintext per frame, which is held until its tag has verified. At most 1 GiB.
    pub max_frame_length: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_encrypted_data_keys: 16,
            max_header_length: 128 * 1024,
            max_frame_length: MAX_FRAME_LENGTH,
        }
    }
}

impl Limits {
    /// Limits that limit nothing.
    pub(super) const NONE: Self = Self {
        max_encrypted_data_keys: u32::MAX,
        max_header_length: u32::MAX,
        max_frame_length: u32::MAX,
    };

    pub(super) fn check(
        &self,
        what: &'static str,
        found: impl TryInto<u64>,
        limit: u32,
    ) -> Result<()> {
        // Offsets into a block have 32 bits in WASM.
        let limit = u64::from(limit.min(1 << 30));
        match found.try_into() {
            Ok(found) if found <= limit => Ok(()),
            Ok(found) => Err(Error::Limit { what, found, limit }),
            Err(_) => Err(Error::Limit { what, found: u64::MAX, limit }),
        }
    }
}
