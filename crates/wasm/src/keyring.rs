//! Keyrings.

use alloc::{string::String, vec::Vec};
use bongtu::{EncryptionAlgorithm, EncryptionContext, KeyArn, KmsKeyring, KmsRsaKeyring};
use bongtu_wasm_support::convert::{named, pairs_of};
use bongtu_wasm_support::error::Result;
use wasm_bindgen::prelude::*;

/// Says how data keys are wrapped and unwrapped.
#[wasm_bindgen]
pub struct Keyring(bongtu::Keyring);

#[wasm_bindgen]
impl Keyring {
    /// Opens through KMS, seals nothing.
    #[wasm_bindgen(js_name = kmsRsaOpenOnly)]
    pub fn kms_rsa_open_only(
        key_arn: &str,
        algorithm: Option<String>,
        under_any_arn: bool,
    ) -> Result<Self> {
        let keyring = KmsRsaKeyring::open_only(
            KeyArn::parse(key_arn)?,
            named(algorithm, EncryptionAlgorithm::from_name)?,
        );
        Ok(Self::of(if under_any_arn { keyring.under_any_arn() } else { keyring }))
    }

    /// Opens what was sealed to any KMS RSA key, under the ARN that is named there.
    #[wasm_bindgen(js_name = kmsRsaAnyKey)]
    pub fn kms_rsa_any_key(algorithm: Option<String>) -> Result<Self> {
        Ok(Self::of(KmsRsaKeyring::open_any_key(named(algorithm, EncryptionAlgorithm::from_name)?)))
    }

    /// A symmetric KMS key, for objects.
    pub fn kms(key_arn: &str) -> Result<Self> {
        Ok(Self(bongtu::Keyring::Kms(KmsKeyring::new(KeyArn::parse(key_arn)?))))
    }

    pub(crate) const fn of(keyring: KmsRsaKeyring) -> Self {
        Self(bongtu::Keyring::KmsRsa(keyring))
    }

    pub(crate) const fn inner(&self) -> &bongtu::Keyring {
        &self.0
    }
}

/// A key ARN without what may surround it.
#[wasm_bindgen(js_name = parseKeyArn)]
pub fn parse_key_arn(text: &str) -> Result<String> {
    Ok(KeyArn::parse(text)?.as_str().into())
}

/// A context out of name, value, name, value…
pub(crate) fn context(pairs: Vec<String>) -> Result<EncryptionContext> {
    Ok(EncryptionContext::new(pairs_of(pairs))?)
}
