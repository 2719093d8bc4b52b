//! KMS as values: requests go out, responses come in, whoever drives the session does the call
//! (FORMATS.md 1.4).

use crate::arn::KeyArn;
use crate::wrap::EncryptionAlgorithm;
use alloc::{string::String, vec::Vec};
use core::fmt;
use zeroize::Zeroizing;

/// A KMS Decrypt request for an RSA ciphertext. It carries no encryption context: asymmetric keys
/// do not support one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecryptRequest {
    /// `KeyId`: always a key ARN.
    pub key_id: KeyArn,
    /// `CiphertextBlob`
    pub ciphertext_blob: Vec<u8>,
    /// `EncryptionAlgorithm`
    pub encryption_algorithm: EncryptionAlgorithm,
}

/// A KMS Decrypt response.
pub struct DecryptResponse {
    /// `KeyId`: the ARN of the key that was used.
    pub key_id: String,
    /// `Plaintext`
    pub plaintext: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for DecryptResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecryptResponse").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

/// A KMS call that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KmsFailure {
    /// The exception's name, such as `AccessDeniedException`.
    pub name: String,
}

impl KmsFailure {
    /// Whether KMS said that key, algorithm and ciphertext do not belong together, which must look
    /// the same as finding that out locally.
    pub(crate) fn is_mismatch(&self) -> bool {
        matches!(self.name.as_str(), "InvalidCiphertextException" | "IncorrectKeyException")
    }
}
