//! Symmetric KMS keys, as the S3 Encryption Client uses them: GenerateDataKey and Decrypt under an
//! encryption context (docs/formats.md 4.4, `kms+context`).

use crate::arn::KeyArn;
use crate::description::MaterialDescription;
use crate::kms::{DecryptParameters, DecryptRequest, GenerateDataKeyRequest};
use alloc::vec::Vec;

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

    pub(crate) fn request(&self, wrapped: Vec<u8>, context: MaterialDescription) -> DecryptRequest {
        DecryptRequest {
            key_id: Some(self.key_arn.clone()),
            ciphertext_blob: wrapped,
            parameters: DecryptParameters::Symmetric(context),
        }
    }
}
