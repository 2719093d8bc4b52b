//! The algorithm suites of the AWS Encryption SDK, one row each (docs/formats.md 2.1).

use crate::error::{Error, Result};
use alloc::{format, string::String};

/// How a suite makes the content key from the data key (docs/formats.md 2.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kdf {
    /// The data key is the content key.
    Identity,
    /// HKDF-SHA256 over suite and message id.
    HkdfSha256,
    /// HKDF-SHA384 over suite and message id.
    HkdfSha384,
    /// HKDF-SHA512 salted with the message id, yielding a commitment too.
    HkdfSha512,
}

/// How a suite signs what it seals (docs/formats.md 2.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureAlgorithm {
    /// ECDSA over P-256 with SHA-256.
    EcdsaP256,
    /// ECDSA over P-384 with SHA-384.
    EcdsaP384,
}

/// One algorithm suite. All of them are AES-GCM with 12-byte nonces and 16-byte tags.
#[derive(Debug, PartialEq, Eq)]
pub struct Suite {
    /// The number in the header.
    pub id: u16,
    /// AWS's name.
    pub name: &'static str,
    /// Message format version, 1 or 2.
    pub version: u8,
    /// Bytes of the data key and of the content key.
    pub key_length: usize,
    /// Key derivation.
    pub kdf: Kdf,
    /// The signature that follows the body.
    pub signature: Option<SignatureAlgorithm>,
}

impl Suite {
    /// Whether the message commits to its key.
    #[must_use]
    pub const fn committing(&self) -> bool {
        matches!(self.kdf, Kdf::HkdfSha512)
    }

    /// Whether a signature follows the body.
    #[must_use]
    pub const fn signed(&self) -> bool {
        self.signature.is_some()
    }

    /// The number as AWS writes it, such as `0x0478`.
    #[must_use]
    pub fn hex_id(&self) -> String {
        format!("{:#06x}", self.id)
    }

    /// Bytes of the message id.
    pub(crate) const fn message_id_length(&self) -> usize {
        if self.version == 1 { 16 } else { 32 }
    }

    /// The row with this number.
    ///
    /// # Errors
    /// [`Error::Malformed`] for a number that is not a suite of the Encryption SDK.
    pub fn from_id(id: u16) -> Result<&'static Self> {
        SUITES
            .iter()
            .find(|suite| suite.id == id)
            .ok_or(Error::Malformed("unknown algorithm suite"))
    }
}

/// The suite that bongtu writes unless it is told otherwise: committing, unsigned.
pub const DEFAULT: &Suite = &Suite {
    id: 0x0478,
    name: "ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY",
    version: 2,
    key_length: 32,
    kdf: Kdf::HkdfSha512,
    signature: None,
};

/// The other one that it writes: committing, and signed with a key that is new for each message.
pub const SIGNED: &Suite = &Suite {
    id: 0x0578,
    name: "ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384",
    signature: P384,
    ..*DEFAULT
};

const fn v1(
    id: u16,
    name: &'static str,
    key_length: usize,
    kdf: Kdf,
    signature: Option<SignatureAlgorithm>,
) -> Suite {
    Suite { id, name, version: 1, key_length, kdf, signature }
}

const P256: Option<SignatureAlgorithm> = Some(SignatureAlgorithm::EcdsaP256);
const P384: Option<SignatureAlgorithm> = Some(SignatureAlgorithm::EcdsaP384);

static SUITES: [Suite; 11] = [
    v1(0x0014, "ALG_AES_128_GCM_IV12_TAG16_NO_KDF", 16, Kdf::Identity, None),
    v1(0x0046, "ALG_AES_192_GCM_IV12_TAG16_NO_KDF", 24, Kdf::Identity, None),
    v1(0x0078, "ALG_AES_256_GCM_IV12_TAG16_NO_KDF", 32, Kdf::Identity, None),
    v1(0x0114, "ALG_AES_128_GCM_IV12_TAG16_HKDF_SHA256", 16, Kdf::HkdfSha256, None),
    v1(0x0146, "ALG_AES_192_GCM_IV12_TAG16_HKDF_SHA256", 24, Kdf::HkdfSha256, None),
    v1(0x0178, "ALG_AES_256_GCM_IV12_TAG16_HKDF_SHA256", 32, Kdf::HkdfSha256, None),
    v1(0x0214, "ALG_AES_128_GCM_IV12_TAG16_HKDF_SHA256_ECDSA_P256", 16, Kdf::HkdfSha256, P256),
    v1(0x0346, "ALG_AES_192_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384", 24, Kdf::HkdfSha384, P384),
    v1(0x0378, "ALG_AES_256_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384", 32, Kdf::HkdfSha384, P384),
    Suite { ..*DEFAULT },
    Suite { ..*SIGNED },
];
