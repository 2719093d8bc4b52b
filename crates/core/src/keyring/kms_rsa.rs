//! The AWS KMS RSA keyring (FORMATS.md 3.2).

use crate::arn::KeyArn;
use crate::context::EncryptionContext;
use crate::error::{Error, Result};
use crate::keys::DataKey;
use crate::kms::{DecryptRequest, DecryptResponse};
use crate::materials::EncryptedDataKey;
use crate::plan::WrapOp;
use crate::public_key::KmsPublicKey;
use crate::suite::Suite;
use crate::wrap::{self, EncryptionAlgorithm};
use alloc::{string::ToString, sync::Arc, vec::Vec};

const PROVIDER_ID: &str = "aws-kms-rsa";

/// An RSA key in KMS. Sealing needs its public half and nothing else; opening asks KMS Decrypt.
#[derive(Clone, Debug)]
pub struct KmsRsaKeyring {
    public_key: Option<Arc<KmsPublicKey>>,
    /// `None` answers for every KMS-RSA encrypted data key.
    key_arn: Option<KeyArn>,
    algorithm: EncryptionAlgorithm,
}

impl KmsRsaKeyring {
    /// A keyring that seals to `public_key`, and opens when its driver can ask KMS.
    ///
    /// # Errors
    /// [`Error::KeyMismatch`] when the public key is known to be another key's,
    /// [`Error::KeyAlgorithm`] when it does not offer `algorithm`.
    pub fn new(
        public_key: KmsPublicKey,
        key_arn: KeyArn,
        algorithm: EncryptionAlgorithm,
    ) -> Result<Self> {
        if !public_key.offers(algorithm) {
            return Err(Error::KeyAlgorithm(algorithm.name().to_string()));
        }
        let public_key = Some(Arc::new(public_key.with_key_arn(key_arn.clone())?));
        Ok(Self { public_key, key_arn: Some(key_arn), algorithm })
    }

    /// A keyring that only opens: no public key is needed for that.
    #[must_use]
    pub const fn open_only(key_arn: KeyArn, algorithm: EncryptionAlgorithm) -> Self {
        Self { public_key: None, key_arn: Some(key_arn), algorithm }
    }

    /// A keyring that opens whatever was sealed to any KMS RSA key, for who holds a private key
    /// outside KMS and does not care under which ARN it was known.
    #[must_use]
    pub const fn open_any_key(algorithm: EncryptionAlgorithm) -> Self {
        Self { public_key: None, key_arn: None, algorithm }
    }

    fn sealing(&self) -> Result<(&Arc<KmsPublicKey>, &KeyArn)> {
        self.public_key.as_ref().zip(self.key_arn.as_ref()).ok_or(Error::NoPublicKey)
    }

    pub(super) fn wrap(&self, context: &EncryptionContext, data_key: &DataKey) -> Result<WrapOp> {
        let (key, _) = self.sealing()?;
        let text = wrap::bind(context, data_key)?;
        Ok(WrapOp { key: Arc::clone(key), algorithm: self.algorithm, text })
    }

    pub(super) fn encrypted_data_key(&self, ciphertext: &[u8]) -> Result<EncryptedDataKey> {
        let (key, arn) = self.sealing()?;
        if ciphertext.len() != key.key_spec().modulus_length() {
            return Err(Error::State("the wrapped data key is not as long as the modulus"));
        }
        Ok(EncryptedDataKey {
            provider_id: PROVIDER_ID.as_bytes().to_vec(),
            provider_info: arn.as_str().as_bytes().to_vec(),
            ciphertext: Vec::from(ciphertext),
        })
    }

    pub(super) fn encrypted_data_key_length(&self) -> Result<usize> {
        let (key, arn) = self.sealing()?;
        let fields = [PROVIDER_ID.len(), arn.as_str().len(), key.key_spec().modulus_length()];
        Ok(fields.iter().map(|length| 2 + length).sum())
    }

    pub(super) fn request(&self, edk: &EncryptedDataKey) -> Result<Option<DecryptRequest>> {
        if edk.provider_id != PROVIDER_ID.as_bytes() {
            return Ok(None);
        }
        let found = core::str::from_utf8(&edk.provider_info).ok().map(KeyArn::parse);
        let Some(Ok(found)) = found else {
            return Err(Error::Malformed("a KMS-RSA encrypted data key names no key ARN"));
        };
        let key_id = match &self.key_arn {
            // Asked for under the configured ARN, so that KMS uses the replica we were told to.
            Some(ours) if ours.matches(&found) => ours.clone(),
            Some(_) => return Ok(None),
            None => found,
        };
        Ok(Some(DecryptRequest {
            key_id,
            ciphertext_blob: edk.ciphertext.clone(),
            encryption_algorithm: self.algorithm,
        }))
    }
}

/// A signature proves nothing when anybody may seal: the specification excludes signing suites.
pub(super) const fn check_suite(suite: &Suite) -> Result<()> {
    if suite.signed {
        return Err(Error::Unsupported("the KMS-RSA keyring does not take signed messages"));
    }
    Ok(())
}

pub(super) fn accept(
    request: &DecryptRequest,
    response: &DecryptResponse,
    context: &EncryptionContext,
    key_length: usize,
) -> Result<Option<DataKey>> {
    if response.key_id != request.key_id.as_str() {
        return Ok(None);
    }
    wrap::unbind(&response.plaintext, context, key_length)
}
