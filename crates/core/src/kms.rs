//! KMS as values: requests go out, responses come in, whoever drives the session does the call
//! (docs/formats.md 1.4 and 4.4).

use crate::arn::KeyArn;
use crate::description::MaterialDescription;
use crate::wrap::EncryptionAlgorithm;
use alloc::{string::String, vec::Vec};
use core::fmt;
use zeroize::Zeroizing;

/// A KMS Decrypt request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecryptRequest {
    /// `KeyId`: always a key ARN. `None` asks who holds the private key outside KMS for what names no
    /// key; see [`crate::KmsRsaKeyring::open_any_key`].
    pub key_id: Option<KeyArn>,
    /// `CiphertextBlob`
    pub ciphertext_blob: Vec<u8>,
    /// The parameters that depend on the kind of key.
    pub parameters: DecryptParameters,
}

/// The part of a Decrypt request that depends on the kind of key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecryptParameters {
    /// An RSA key: `EncryptionAlgorithm`, and no encryption context, which such keys do not have.
    Rsa(EncryptionAlgorithm),
    /// A symmetric key: `EncryptionContext`.
    Symmetric(MaterialDescription),
}

/// A KMS GenerateDataKey request, of `KeySpec` `AES_256`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GenerateDataKeyRequest {
    /// `KeyId`
    pub key_id: KeyArn,
    /// `EncryptionContext`
    pub encryption_context: MaterialDescription,
}

/// A KMS Encrypt request of a symmetric key: wraps a data key that another keyring made.
#[cfg(feature = "keyrings")]
#[derive(Clone, PartialEq, Eq)]
pub struct EncryptRequest {
    /// `KeyId`
    pub key_id: KeyArn,
    /// `Plaintext`: the data key.
    pub plaintext: Zeroizing<Vec<u8>>,
    /// `EncryptionContext`
    pub encryption_context: MaterialDescription,
}

/// A KMS Encrypt response.
#[cfg(feature = "keyrings")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncryptResponse {
    /// `KeyId`: the ARN of the key that was used.
    pub key_id: String,
    /// `CiphertextBlob`
    pub ciphertext_blob: Vec<u8>,
}

/// What sealing to symmetric KMS keys asks of KMS.
#[cfg(feature = "keyrings")]
#[derive(Clone, Copy, Debug)]
pub enum SealRequest<'a> {
    /// Make the data key.
    GenerateDataKey(&'a GenerateDataKeyRequest),
    /// Wrap it for a further key.
    Encrypt(&'a EncryptRequest),
}

/// The answer to a [`SealRequest`], of the same kind.
#[cfg(feature = "keyrings")]
#[derive(Debug)]
pub enum SealResponse {
    /// To [`SealRequest::GenerateDataKey`].
    GenerateDataKey(GenerateDataKeyResponse),
    /// To [`SealRequest::Encrypt`].
    Encrypt(EncryptResponse),
}

/// A KMS Decrypt response.
pub struct DecryptResponse {
    /// `KeyId`: the ARN of the key that was used.
    pub key_id: String,
    /// `Plaintext`
    pub plaintext: Zeroizing<Vec<u8>>,
}

/// A KMS GenerateDataKey response.
pub struct GenerateDataKeyResponse {
    /// `KeyId`: the ARN of the key that was used.
    pub key_id: String,
    /// `Plaintext`
    pub plaintext: Zeroizing<Vec<u8>>,
    /// `CiphertextBlob`
    pub ciphertext_blob: Vec<u8>,
}

#[cfg(feature = "keyrings")]
impl fmt::Debug for EncryptRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncryptRequest").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

impl fmt::Debug for DecryptResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecryptResponse").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

impl fmt::Debug for GenerateDataKeyResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GenerateDataKeyResponse")
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

/// A KMS call that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KmsFailure {
    /// The exception's name, such as `AccessDeniedException`.
    pub name: String,
}

impl DecryptRequest {
    /// Whether a response comes from the key that was asked for.
    pub(crate) fn is_answered_by(&self, response: &DecryptResponse) -> bool {
        self.key_id.as_ref().is_none_or(|key_id| response.key_id == key_id.as_str())
    }
}

impl KmsFailure {
    /// Whether KMS said that key, algorithm and ciphertext do not belong together, which must look
    /// the same as finding that out locally.
    pub(crate) fn is_mismatch(&self) -> bool {
        matches!(self.name.as_str(), "InvalidCiphertextException" | "IncorrectKeyException")
    }
}
