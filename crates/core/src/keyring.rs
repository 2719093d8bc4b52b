//! Keyrings: who can unwrap a data key.

mod kms;
mod kms_rsa;
#[cfg(feature = "keyrings")]
mod multi;
#[cfg(feature = "keyrings")]
mod raw;
#[cfg(feature = "keyrings")]
mod raw_aes;
#[cfg(feature = "keyrings")]
mod raw_rsa;

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
pub use kms::KmsKeyring;
pub(crate) use kms_rsa::KMS_RSA_PROVIDER;
pub use kms_rsa::KmsRsaKeyring;
#[cfg(feature = "keyrings")]
pub use multi::MultiKeyring;
#[cfg(feature = "keyrings")]
pub use raw_aes::RawAesKeyring;
#[cfg(feature = "keyrings")]
pub use raw_rsa::{RawRsaKeyring, RsaPadding};

/// Wraps data keys when sealing and unwraps them when opening.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Keyring {
    /// A symmetric key in KMS: asks KMS both to wrap and to unwrap.
    Kms(KmsKeyring),
    /// An RSA key in KMS: wraps offline with the public half, unwraps by KMS Decrypt.
    KmsRsa(KmsRsaKeyring),
    /// An AES key outside KMS. Messages only.
    #[cfg(feature = "keyrings")]
    RawAes(RawAesKeyring),
    /// An RSA key outside KMS. Messages only.
    #[cfg(feature = "keyrings")]
    RawRsa(RawRsaKeyring),
    /// Several of these. Messages only.
    #[cfg(feature = "keyrings")]
    Multi(MultiKeyring),
}

#[cfg(not(feature = "keyrings"))]
const NOT_FOR_MESSAGES: Error =
    Error::Unsupported("messages go to RSA keys only, not to a symmetric KMS key");
const NOT_FOR_SECRETS: Error =
    Error::Unsupported("direct secrets go to RSA keys in KMS, and to no other keyring");
const NOT_BY_ONE_WRAP: Error =
    Error::Unsupported("only a keyring of an RSA key in KMS seals by one wrap, without asking KMS");

impl Keyring {
    /// Plans the wrap of a message's data key under `context`.
    pub(crate) fn wrap(&self, context: &EncryptionContext, data_key: &DataKey) -> Result<WrapOp> {
        match self {
            Self::KmsRsa(keyring) => keyring.wrap(context, data_key),
            _ => Err(NOT_BY_ONE_WRAP),
        }
    }

    /// The encrypted data key that a message carries: `ciphertext` under this keyring's name.
    pub(crate) fn encrypted_data_key(&self, ciphertext: &[u8]) -> Result<EncryptedDataKey> {
        match self {
            Self::KmsRsa(keyring) => keyring.encrypted_data_key(ciphertext),
            _ => Err(NOT_BY_ONE_WRAP),
        }
    }

    /// Bytes of what the keyring will make of a message's data key, in the message's header.
    pub(crate) fn encrypted_data_keys_length(&self) -> Result<usize> {
        match self {
            Self::KmsRsa(keyring) => keyring.encrypted_data_key_length(),
            #[cfg(not(feature = "keyrings"))]
            Self::Kms(_) => Err(NOT_FOR_MESSAGES),
            #[cfg(feature = "keyrings")]
            Self::Kms(_) => Err(Error::Unsupported(
                "only KMS knows how long what a symmetric key wraps will be",
            )),
            #[cfg(feature = "keyrings")]
            Self::RawAes(keyring) => {
                Ok(keyring.encrypted_data_key_length(crate::suite::DEFAULT.key_length))
            }
            #[cfg(feature = "keyrings")]
            Self::RawRsa(keyring) => keyring.encrypted_data_key_length(),
            #[cfg(feature = "keyrings")]
            Self::Multi(multi) => {
                multi.keyrings().iter().map(Self::encrypted_data_keys_length).sum()
            }
        }
    }

    /// Refuses suites that this keyring's specification excludes.
    pub(crate) fn check_suite(&self, suite: &Suite) -> Result<()> {
        match self {
            Self::KmsRsa(_) => kms_rsa::check_suite(suite),
            #[cfg(not(feature = "keyrings"))]
            Self::Kms(_) => Err(NOT_FOR_MESSAGES),
            #[cfg(feature = "keyrings")]
            Self::Kms(_) | Self::RawAes(_) | Self::RawRsa(_) => Ok(()),
            #[cfg(feature = "keyrings")]
            Self::Multi(multi) => multi.check_suite(suite),
        }
    }

    /// Refuses to seal under suites that this keyring, or one of several, excludes.
    pub(crate) fn check_seals(&self, suite: &Suite) -> Result<()> {
        match self {
            #[cfg(feature = "keyrings")]
            Self::Multi(multi) => {
                multi.keyrings().iter().try_for_each(|keyring| keyring.check_suite(suite))
            }
            keyring => keyring.check_suite(suite),
        }
    }

    /// Begins to unwrap one of a message's encrypted data keys: those that are this keyring's.
    pub(crate) fn unwrap(
        &self,
        edks: &[EncryptedDataKey],
        context: &EncryptionContext,
        suite: &Suite,
    ) -> Result<UnwrapSession> {
        match self {
            Self::KmsRsa(keyring) => keyring.unwrap(edks, context, suite.key_length),
            #[cfg(not(feature = "keyrings"))]
            Self::Kms(_) => Err(NOT_FOR_MESSAGES),
            #[cfg(feature = "keyrings")]
            Self::Kms(keyring) => Ok(keyring.unwrap(edks, context, suite.key_length)),
            #[cfg(feature = "keyrings")]
            Self::RawAes(keyring) => keyring.unwrap(edks, context, suite.key_length),
            #[cfg(feature = "keyrings")]
            Self::RawRsa(keyring) => keyring.unwrap(edks, suite.key_length),
            #[cfg(feature = "keyrings")]
            Self::Multi(multi) => multi.unwrap(edks, context, suite),
        }
    }

    /// Wraps a data key without asking anybody.
    #[cfg(feature = "keyrings")]
    pub(crate) fn wrap_locally(
        &self,
        context: &EncryptionContext,
        data_key: &DataKey,
    ) -> Result<EncryptedDataKey> {
        match self {
            Self::RawAes(keyring) => keyring.wrap(context, data_key),
            Self::RawRsa(keyring) => keyring.wrap(data_key),
            keyring => {
                let wrapped = crate::executor::wrap(&keyring.wrap(context, data_key)?)?;
                keyring.encrypted_data_key(&wrapped)
            }
        }
    }

    /// The keyrings that this one consists of: those of a multi-keyring, or itself.
    #[cfg(feature = "keyrings")]
    pub(crate) fn each(&self) -> &[Self] {
        match self {
            Self::Multi(multi) => multi.keyrings(),
            keyring => core::slice::from_ref(keyring),
        }
    }

    /// The key and algorithm that a secret is directly encrypted with.
    pub(crate) fn direct_key(&self) -> Result<(Arc<KmsPublicKey>, EncryptionAlgorithm)> {
        match self {
            Self::KmsRsa(keyring) => keyring.direct_key(),
            _ => Err(NOT_FOR_SECRETS),
        }
    }

    /// The request that asks KMS to decrypt such a secret.
    pub(crate) fn direct_request(&self, block: Vec<u8>) -> Result<DecryptRequest> {
        match self {
            Self::KmsRsa(keyring) => Ok(keyring.direct_request(block)),
            _ => Err(NOT_FOR_SECRETS),
        }
    }
}
