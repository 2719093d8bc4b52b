//! Keyrings: who can unwrap a data key.

mod kms;
mod kms_rsa;

pub use kms::KmsKeyring;
pub(crate) use kms_rsa::KMS_RSA_PROVIDER;
pub use kms_rsa::KmsRsaKeyring;

use crate::context::EncryptionContext;
use crate::error::{Error, Result};
use crate::keys::DataKey;
use crate::kms::DecryptRequest;
use crate::materials::{EncryptedDataKey, UnwrapSession};
use crate::plan::WrapOp;
use crate::public_key::KmsPublicKey;
use crate::suite::Suite;
use crate::wrap::EncryptionAlgorithm;
use alloc::{sync::Arc, vec::Vec};

/// Wraps data keys when sealing and unwraps them when opening.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Keyring {
    /// A symmetric key in KMS: asks KMS both to wrap and to unwrap. Objects only.
    Kms(KmsKeyring),
    /// An RSA key in KMS: wraps offline with the public half, unwraps by KMS Decrypt.
    KmsRsa(KmsRsaKeyring),
}

const NOT_FOR_MESSAGES: Error =
    Error::Unsupported("messages go to RSA keys only, not to a symmetric KMS key");
const NOT_FOR_SECRETS: Error =
    Error::Unsupported("secrets go to RSA keys only, not to a symmetric KMS key");

impl Keyring {
    /// Plans the wrap of a message's data key under `context`.
    pub(crate) fn wrap(&self, context: &EncryptionContext, data_key: &DataKey) -> Result<WrapOp> {
        match self {
            Self::Kms(_) => Err(NOT_FOR_MESSAGES),
            Self::KmsRsa(keyring) => keyring.wrap(context, data_key),
        }
    }

    /// The encrypted data key that a message carries: `ciphertext` under this keyring's name.
    pub(crate) fn encrypted_data_key(&self, ciphertext: &[u8]) -> Result<EncryptedDataKey> {
        match self {
            Self::Kms(_) => Err(NOT_FOR_MESSAGES),
            Self::KmsRsa(keyring) => keyring.encrypted_data_key(ciphertext),
        }
    }

    /// An encrypted data key as long as the one that [`Keyring::encrypted_data_key`] will make.
    pub(crate) fn encrypted_data_key_length(&self) -> Result<usize> {
        match self {
            Self::Kms(_) => Err(NOT_FOR_MESSAGES),
            Self::KmsRsa(keyring) => keyring.encrypted_data_key_length(),
        }
    }

    /// Refuses suites that this keyring's specification excludes.
    pub(crate) fn check_suite(&self, suite: &Suite) -> Result<()> {
        match self {
            Self::Kms(_) => Err(NOT_FOR_MESSAGES),
            Self::KmsRsa(_) => kms_rsa::check_suite(suite),
        }
    }

    /// Begins to unwrap one of a message's encrypted data keys: those that are this keyring's.
    pub(crate) fn unwrap(
        &self,
        edks: &[EncryptedDataKey],
        context: EncryptionContext,
        key_length: usize,
    ) -> Result<UnwrapSession> {
        match self {
            Self::Kms(_) => Err(NOT_FOR_MESSAGES),
            Self::KmsRsa(keyring) => keyring.unwrap(edks, &context, key_length),
        }
    }

    /// The key and algorithm that a secret is directly encrypted with.
    pub(crate) fn direct_key(&self) -> Result<(Arc<KmsPublicKey>, EncryptionAlgorithm)> {
        match self {
            Self::Kms(_) => Err(NOT_FOR_SECRETS),
            Self::KmsRsa(keyring) => keyring.direct_key(),
        }
    }

    /// The request that asks KMS to decrypt such a secret.
    pub(crate) fn direct_request(&self, block: Vec<u8>) -> Result<DecryptRequest> {
        match self {
            Self::Kms(_) => Err(NOT_FOR_SECRETS),
            Self::KmsRsa(keyring) => Ok(keyring.direct_request(block)),
        }
    }
}
