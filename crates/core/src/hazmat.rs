//! Sharp edges: what an executor outside this crate needs to vouch for work that Rust did not see.
//! Whoever calls these is part of the trusted base.

use crate::error::Result;
use crate::plan::{OpenOp, Opened, SealOp, Sealed};
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
