//! Signing a message while it is written, with a key that is made for it.

use super::{DER_LENGTH, with_key};
use crate::codec::put_prefixed;
use crate::error::{Error, Result};
use crate::keys::random;
use crate::message::seal_options::SealOptions;
use alloc::vec::Vec;
use base64ct::{Base64, Encoding};
use core::fmt;
use getrandom::SysRng;
use p384::ecdsa::signature::hazmat::RandomizedPrehashSigner;
use p384::ecdsa::{Signature, SigningKey};
use sha2::{Digest, Sha384};

/// Hashes all of a message up to its footer, and makes that: ECDSA over P-384 with SHA-384.
pub struct Signer {
    key: SigningKey,
    hash: Sha384,
}

impl Signer {
    /// Makes a key, and puts its public half into the options' context; `None` for a suite that does
    /// not sign.
    pub(in crate::message) fn new(options: &mut SealOptions) -> Result<Option<Self>> {
        if !options.suite.signed() {
            return Ok(None);
        }
        let key = new_key()?;
        let point = key.verifying_key().to_sec1_point(true);
        let text = Base64::encode_string(point.as_bytes());
        options.encryption_context = with_key(&options.encryption_context, &text)?;
        Ok(Some(Self { key, hash: Sha384::new() }))
    }

    /// Takes the next bytes of the message, its header first.
    pub fn update(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
    }

    /// The footer, always of the same length: a signature whose DER is longer or shorter is mended by
    /// the other `s` that it may have, or made anew with other randomness.
    ///
    /// # Errors
    /// [`Error::Random`]
    pub fn finish(self) -> Result<Vec<u8>> {
        let digest = self.hash.finalize();
        // One in about a hundred has neither length.
        for _ in 0..64 {
            let signature: Result<Signature, _> =
                self.key.sign_prehash_with_rng(&mut SysRng, &digest);
            let signature = signature.map_err(|_| Error::Random)?;
            let other = Signature::from_scalars(signature.r(), -*signature.s());
            for signature in [Ok(signature), other].into_iter().flatten() {
                let der = signature.to_der();
                if der.as_bytes().len() == DER_LENGTH {
                    let mut footer = Vec::new();
                    put_prefixed(&mut footer, der.as_bytes()).ok_or(Error::Random)?;
                    return Ok(footer);
                }
            }
        }
        Err(Error::Random)
    }
}

/// Any 48 bytes but a few are a key.
fn new_key() -> Result<SigningKey> {
    for _ in 0..4 {
        if let Ok(key) = SigningKey::from_slice(&random(48)?) {
            return Ok(key);
        }
    }
    Err(Error::Random)
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer")
    }
}
