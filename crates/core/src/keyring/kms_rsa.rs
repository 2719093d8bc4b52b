//! The AWS KMS RSA keyring (docs/formats.md 3.2).

use crate::arn::KeyArn;
use crate::context::EncryptionContext;
use crate::error::{Error, Result};
use crate::keys::DataKey;
use crate::kms::{DecryptParameters, DecryptRequest};
use crate::materials::{EncryptedDataKey, UnwrapSession};
use crate::plan::WrapOp;
use crate::public_key::KmsPublicKey;
use crate::suite::Suite;
use crate::wrap::{self, EncryptionAlgorithm};
use alloc::collections::VecDeque;
use alloc::{boxed::Box, format, sync::Arc, vec::Vec};

/// The provider id of encrypted data keys of this keyring.
pub(crate) const KMS_RSA_PROVIDER: &str = "aws-kms-rsa";

/// An RSA key in KMS. Sealing needs its public half and nothing else; opening asks KMS Decrypt.
#[derive(Clone, Debug)]
pub struct KmsRsaKeyring {
    public_key: Option<Arc<KmsPublicKey>>,
    /// `None` answers for every KMS-RSA encrypted data key.
    key_arn: Option<KeyArn>,
    /// The algorithm that was asked for explicitly; messages and objects have defaults of their own.
    algorithm: Option<EncryptionAlgorithm>,
    /// Whether messages that name another ARN count as sealed to this key, too.
    under_any_arn: bool,
}

impl KmsRsaKeyring {
    /// A keyring that seals to `public_key`, and opens when its driver can ask KMS. Without an
    /// `algorithm` messages are wrapped with SHA-256; objects always take SHA-1, which is their
    /// format.
    ///
    /// # Errors
    /// [`Error::KeyMismatch`] when the public key is known to be another key's,
    /// [`Error::KeyAlgorithm`] when it does not offer `algorithm`.
    pub fn new(
        public_key: KmsPublicKey,
        key_arn: KeyArn,
        algorithm: impl Into<Option<EncryptionAlgorithm>>,
    ) -> Result<Self> {
        let algorithm = algorithm.into();
        if let Some(algorithm) = algorithm {
            public_key.check_offers(algorithm)?;
        }
        let public_key = Some(Arc::new(public_key.with_key_arn(key_arn.clone())?));
        Ok(Self { public_key, key_arn: Some(key_arn), algorithm, under_any_arn: false })
    }

    /// A keyring that only opens: no public key is needed for that.
    #[must_use]
    pub fn open_only(key_arn: KeyArn, algorithm: impl Into<Option<EncryptionAlgorithm>>) -> Self {
        let (key_arn, algorithm) = (Some(key_arn), algorithm.into());
        Self { public_key: None, key_arn, algorithm, under_any_arn: false }
    }

    /// The same keyring, which asks KMS for its own key whatever ARN a message names: for what was
    /// sealed under an ARN with a mistake in it, which can no longer be configured.
    #[must_use]
    pub fn under_any_arn(self) -> Self {
        Self { under_any_arn: true, ..self }
    }

    /// A keyring that opens whatever was sealed to any KMS RSA key, for who holds a private key
    /// outside KMS and does not care under which ARN it was known. Where none is named, as in objects
    /// and direct secrets, the request has none either.
    #[must_use]
    pub fn open_any_key(algorithm: impl Into<Option<EncryptionAlgorithm>>) -> Self {
        let algorithm = algorithm.into();
        Self { public_key: None, key_arn: None, algorithm, under_any_arn: true }
    }

    fn sealing(&self) -> Result<(&Arc<KmsPublicKey>, &KeyArn)> {
        self.public_key.as_ref().zip(self.key_arn.as_ref()).ok_or(Error::NoPublicKey)
    }

    pub(super) fn wrap(&self, context: &EncryptionContext, data_key: &DataKey) -> Result<WrapOp> {
        let (key, _) = self.sealing()?;
        let algorithm = self.algorithm.unwrap_or_default();
        key.check_offers(algorithm)?;
        let text = wrap::bind(context, data_key)?;
        Ok(WrapOp { key: Arc::clone(key), algorithm, text })
    }

    /// Plans the wrap of an object's data key.
    pub(crate) fn wrap_for_object(
        &self,
        content_algorithm: &str,
        data_key: &DataKey,
    ) -> Result<WrapOp> {
        let (key, _) = self.sealing()?;
        let algorithm = self.object_algorithm()?;
        key.check_offers(algorithm)?;
        let text = wrap::bind_object(content_algorithm, data_key)?;
        Ok(WrapOp { key: Arc::clone(key), algorithm, text })
    }

    /// The request that asks KMS to unwrap an object's data key.
    pub(crate) fn object_request(&self, wrapped: Vec<u8>) -> Result<DecryptRequest> {
        let parameters = DecryptParameters::Rsa(self.object_algorithm()?);
        let key_id = self.key_arn.clone();
        Ok(DecryptRequest { key_id, ciphertext_blob: wrapped, parameters })
    }

    /// The key and algorithm that a secret is directly encrypted with.
    pub(super) fn direct_key(&self) -> Result<(Arc<KmsPublicKey>, EncryptionAlgorithm)> {
        let (key, _) = self.sealing()?;
        Ok((Arc::clone(key), self.algorithm.unwrap_or_default()))
    }

    /// The request that asks KMS to decrypt such a secret.
    pub(super) fn direct_request(&self, block: Vec<u8>) -> DecryptRequest {
        let parameters = DecryptParameters::Rsa(self.algorithm.unwrap_or_default());
        DecryptRequest { key_id: self.key_arn.clone(), ciphertext_blob: block, parameters }
    }

    /// The format of objects knows SHA-1 only.
    fn object_algorithm(&self) -> Result<EncryptionAlgorithm> {
        match self.algorithm {
            None | Some(EncryptionAlgorithm::RsaesOaepSha1) => {
                Ok(EncryptionAlgorithm::RsaesOaepSha1)
            }
            Some(other) => Err(Error::KeyAlgorithm(format!("{} for objects", other.name()))),
        }
    }

    pub(super) fn encrypted_data_key(&self, ciphertext: &[u8]) -> Result<EncryptedDataKey> {
        let (key, arn) = self.sealing()?;
        if ciphertext.len() != key.key_spec().modulus_length() {
            return Err(Error::State("the wrapped data key is not as long as the modulus"));
        }
        Ok(EncryptedDataKey {
            provider_id: KMS_RSA_PROVIDER.as_bytes().to_vec(),
            provider_info: arn.as_str().as_bytes().to_vec(),
            ciphertext: Vec::from(ciphertext),
        })
    }

    pub(super) fn encrypted_data_key_length(&self) -> Result<usize> {
        let (key, arn) = self.sealing()?;
        let fields = [KMS_RSA_PROVIDER.len(), arn.as_str().len(), key.key_spec().modulus_length()];
        Ok(fields.iter().map(|length| 2 + length).sum())
    }

    pub(super) fn unwrap(
        &self,
        edks: &[EncryptedDataKey],
        context: &EncryptionContext,
        key_length: usize,
    ) -> Result<UnwrapSession> {
        let requests = edks.iter().filter_map(|edk| self.request(edk)).collect::<VecDeque<_>>();
        let digest = context.digest()?;
        let unbind = move |text: &[u8]| wrap::unbind(text, &digest, key_length);
        Ok(UnwrapSession::new(requests, Box::new(unbind)))
    }

    /// `None` when the encrypted data key is for somebody else.
    fn request(&self, edk: &EncryptedDataKey) -> Option<DecryptRequest> {
        if edk.provider_id != KMS_RSA_PROVIDER.as_bytes() {
            return None;
        }
        // It is compared and not judged: data that was sealed under a malformed ARN must stay openable.
        let found = core::str::from_utf8(&edk.provider_info).map(KeyArn::found);
        let key_id = match (&self.key_arn, found) {
            // Asked for under the configured ARN, so that KMS uses the replica we were told to.
            (Some(ours), Ok(found)) if ours.matches(&found) => ours.clone(),
            (Some(ours), _) if self.under_any_arn => ours.clone(),
            (None, Ok(found)) => found,
            _ => return None,
        };
        Some(DecryptRequest {
            key_id: Some(key_id),
            ciphertext_blob: edk.ciphertext.clone(),
            parameters: DecryptParameters::Rsa(self.algorithm.unwrap_or_default()),
        })
    }
}

/// A signature proves nothing when anybody may seal: the specification excludes signing suites.
pub(super) const fn check_suite(suite: &Suite) -> Result<()> {
    if suite.signed() {
        return Err(Error::Unsupported("the KMS-RSA keyring does not take signed messages"));
    }
    Ok(())
}
