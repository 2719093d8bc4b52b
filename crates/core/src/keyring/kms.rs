//! Symmetric KMS keys, as the S3 Encryption Client uses them: GenerateDataKey and Decrypt under an
//! encryption context (docs/formats.md 4.4, `kms+context`). As the keyring of messages they wrap data
//! keys that others made, too (3.4).

use crate::arn::KeyArn;
use crate::description::MaterialDescription;
use crate::kms::{DecryptParameters, DecryptRequest, GenerateDataKeyRequest};
use alloc::vec::Vec;
#[cfg(feature = "keyrings")]
use {
    crate::context::EncryptionContext,
    crate::keys::DataKey,
    crate::kms::EncryptRequest,
    crate::materials::MAX_CALLS,
    crate::materials::{EncryptedDataKey, UnwrapSession},
    alloc::boxed::Box,
    alloc::collections::BTreeSet,
    zeroize::Zeroizing,
};

/// What encrypted data keys of this keyring carry as their provider id.
#[cfg(feature = "keyrings")]
const KMS_PROVIDER: &str = "aws-kms";

/// A symmetric key in KMS.
#[derive(Clone, Debug)]
pub struct KmsKeyring {
    key_arn: KeyArn,
}

impl KmsKeyring {
    /// A keyring that asks KMS for `key_arn`.
    #[must_use]
    pub const fn new(key_arn: KeyArn) -> Self {
        Self { key_arn }
    }

    pub(crate) fn generate(
        &self,
        encryption_context: MaterialDescription,
    ) -> GenerateDataKeyRequest {
        GenerateDataKeyRequest { key_id: self.key_arn.clone(), encryption_context }
    }

    /// Asks for each encrypted data key of this key once, up to as many as a message may cost.
    #[cfg(feature = "keyrings")]
    pub(super) fn unwrap(
        &self,
        edks: &[EncryptedDataKey],
        context: &EncryptionContext,
        key_length: usize,
    ) -> UnwrapSession {
        let mut seen = BTreeSet::new();
        let ours = edks.iter().filter(|edk| self.is_named_by(edk));
        let distinct = ours.filter(|edk| seen.insert(&edk.ciphertext)).take(MAX_CALLS + 1);
        let request = |edk: &EncryptedDataKey| self.request(edk.ciphertext.clone(), context.into());
        let unbind = move |text: &[u8]| (text.len() == key_length).then(|| DataKey::copy(text));
        let mut session = UnwrapSession::new(distinct.map(request), Box::new(unbind));
        session.rules.limited = true;
        session
    }

    #[cfg(feature = "keyrings")]
    fn is_named_by(&self, edk: &EncryptedDataKey) -> bool {
        // Compared and not judged, as of the KMS-RSA keyring.
        let found = core::str::from_utf8(&edk.provider_info).map(KeyArn::found);
        edk.provider_id == KMS_PROVIDER.as_bytes()
            && found.is_ok_and(|found| self.key_arn.matches(&found))
    }

    /// What the message carries of what KMS wrapped.
    #[cfg(feature = "keyrings")]
    pub(crate) fn encrypted_data_key(&self, ciphertext: Vec<u8>) -> EncryptedDataKey {
        EncryptedDataKey {
            provider_id: KMS_PROVIDER.as_bytes().to_vec(),
            provider_info: self.key_arn.as_str().as_bytes().to_vec(),
            ciphertext,
        }
    }

    /// What to ask KMS to wrap a data key that another keyring made.
    #[cfg(feature = "keyrings")]
    pub(crate) fn encrypt(
        &self,
        context: &EncryptionContext,
        data_key: &DataKey,
    ) -> EncryptRequest {
        EncryptRequest {
            key_id: self.key_arn.clone(),
            plaintext: Zeroizing::new(data_key.expose().to_vec()),
            encryption_context: context.into(),
        }
    }

    pub(crate) fn request(&self, wrapped: Vec<u8>, context: MaterialDescription) -> DecryptRequest {
        DecryptRequest {
            key_id: Some(self.key_arn.clone()),
            ciphertext_blob: wrapped,
            parameters: DecryptParameters::Symmetric(context),
        }
    }
}
