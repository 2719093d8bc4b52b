//! Verifying ECDSA while a message passes by.

use super::SIGNING_KEY;
use crate::error::{Error, Result};
use crate::message::header::Header;
use crate::suite::SignatureAlgorithm;
use base64ct::{Base64, Encoding};
use p384::ecdsa::signature::hazmat::PrehashVerifier;
use sha2::{Digest, Sha256, Sha384};

/// Hashes the message up to its footer, and verifies what stands there.
pub(in crate::message) enum Verifier {
    P256(p256::ecdsa::VerifyingKey, Sha256),
    P384(p384::ecdsa::VerifyingKey, Sha384),
}

impl Verifier {
    /// Begins with the header, whose tag has verified; `None` for an unsigned message.
    ///
    /// # Errors
    /// [`Error::Malformed`] for a key that is none.
    pub(in crate::message) fn new(header: &Header) -> Result<Option<Self>> {
        let Some(algorithm) = header.suite.signature else { return Ok(None) };
        let key = header.context.get(SIGNING_KEY).unwrap_or_default();
        let mut verifier = match algorithm {
            SignatureAlgorithm::EcdsaP256 => {
                let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(&compressed::<33>(key)?);
                Self::P256(key.map_err(|_| BAD_KEY)?, Sha256::new())
            }
            SignatureAlgorithm::EcdsaP384 => {
                let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(&compressed::<49>(key)?);
                Self::P384(key.map_err(|_| BAD_KEY)?, Sha384::new())
            }
        };
        verifier.update(&header.received());
        Ok(Some(verifier))
    }

    /// Takes the next bytes of the body.
    pub(in crate::message) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::P256(_, hash) => hash.update(bytes),
            Self::P384(_, hash) => hash.update(bytes),
        }
    }

    /// Verifies the signature in all that follows the body. Of the two that ECDSA has for a message,
    /// which differ in the sign of `s`, either is taken.
    ///
    /// # Errors
    /// [`Error::Truncated`], [`Error::TrailingData`], [`Error::Malformed`] for what is not DER, or
    /// [`Error::Authentication`].
    pub(in crate::message) fn finish(self, footer: &[u8]) -> Result<()> {
        let (length, der) = footer.split_first_chunk().ok_or(Error::Truncated)?;
        let length = usize::from(u16::from_be_bytes(*length));
        if der.len() < length {
            return Err(Error::Truncated);
        }
        if der.len() > length {
            return Err(Error::TrailingData);
        }
        let verified = match self {
            Self::P256(key, hash) => {
                let signature = p256::ecdsa::Signature::from_der(der).map_err(|_| NOT_DER)?;
                key.verify_prehash(&hash.finalize(), &signature)
            }
            Self::P384(key, hash) => {
                let signature = p384::ecdsa::Signature::from_der(der).map_err(|_| NOT_DER)?;
                key.verify_prehash(&hash.finalize(), &signature)
            }
        };
        verified.map_err(|_| Error::Authentication)
    }
}

const BAD_KEY: Error = Error::Malformed("the signing key is no compressed point of its curve");
const NOT_DER: Error = Error::Malformed("the signature is not DER");

/// A compressed point out of canonical base64.
fn compressed<const N: usize>(text: &str) -> Result<[u8; N]> {
    let mut point = [0; N];
    let decoded = Base64::decode(text, &mut point).map_err(|_| BAD_KEY)?;
    let right = decoded.len() == N && matches!(decoded, [2 | 3, ..]);
    if right { Ok(point) } else { Err(BAD_KEY) }
}
