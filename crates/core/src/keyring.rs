//! Keyrings: who can unwrap a data key.

mod kms_rsa;

pub use kms_rsa::KmsRsaKeyring;

use crate::context::EncryptionContext;
use crate::error::Result;
use crate::keys::DataKey;
use crate::kms::{DecryptRequest, DecryptResponse};
use crate::materials::EncryptedDataKey;
use crate::plan::WrapOp;
use crate::suite::Suite;

/// What wraps data keys when sealing and unwraps them when opening.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Keyring {
    /// An RSA key in KMS: wraps offline with the public half, unwraps by KMS Decrypt.
    KmsRsa(KmsRsaKeyring),
}

impl Keyring {
    /// Plans the wrap of a data key under `context`.
    pub(crate) fn wrap(&self, context: &EncryptionContext, data_key: &DataKey) -> Result<WrapOp> {
        match self {
            Self::KmsRsa(keyring) => keyring.wrap(context, data_key),
        }
    }

    /// What the message carries of a wrap: `ciphertext` under this keyring's name.
    pub(crate) fn encrypted_data_key(&self, ciphertext: &[u8]) -> Result<EncryptedDataKey> {
        match self {
            Self::KmsRsa(keyring) => keyring.encrypted_data_key(ciphertext),
        }
    }

    /// An encrypted data key as long as the one that [`Keyring::encrypted_data_key`] will make.
    pub(crate) fn encrypted_data_key_length(&self) -> Result<usize> {
        match self {
            Self::KmsRsa(keyring) => keyring.encrypted_data_key_length(),
        }
    }

    /// Refuses suites that this keyring's specification excludes.
    pub(crate) fn check_suite(&self, suite: &Suite) -> Result<()> {
        match self {
            Self::KmsRsa(_) => kms_rsa::check_suite(suite),
        }
    }

    /// What to ask KMS to unwrap `edk`; `None` when it is for somebody else.
    pub(crate) fn request(&self, edk: &EncryptedDataKey) -> Result<Option<DecryptRequest>> {
        match self {
            Self::KmsRsa(keyring) => keyring.request(edk),
        }
    }

    /// The data key out of a response, `None` when it is not what was asked for.
    pub(crate) fn accept(
        &self,
        request: &DecryptRequest,
        response: &DecryptResponse,
        context: &EncryptionContext,
        key_length: usize,
    ) -> Result<Option<DataKey>> {
        match self {
            Self::KmsRsa(_) => kms_rsa::accept(request, response, context, key_length),
        }
    }
}
