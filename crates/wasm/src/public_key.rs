//! Public keys, and what is sealed to them.

use crate::keyring::Keyring;
use alloc::string::String;
use bongtu::{EncryptionAlgorithm, KeyArn, KmsPublicKey, KmsRsaKeyring};
use bongtu_wasm_support::bytes::{public_in, public_out};
use bongtu_wasm_support::convert::named;
use bongtu_wasm_support::error::Result;
use bongtu_wasm_support::json::parse_json;
use bongtu_wasm_support::objects::object_of;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;

/// The public half of a KMS RSA key.
#[wasm_bindgen]
pub struct PublicKey(KmsPublicKey);

#[wasm_bindgen]
impl PublicKey {
    /// Reads a key in any form, as the bytes of a file.
    pub fn parse(
        input: &Uint8Array,
        key_arn: Option<String>,
        spki_sha256: Option<String>,
    ) -> Result<Self> {
        let mut key = KmsPublicKey::parse_with(&public_in(input), parse_json)?;
        if let Some(pin) = spki_sha256 {
            key = key.pinned(&pin)?;
        }
        if let Some(arn) = key_arn {
            key = key.with_key_arn(KeyArn::parse(&arn)?)?;
        }
        Ok(Self(key))
    }

    /// `keySpec` (`RSA_2048`, `RSA_3072` or `RSA_4096`), `keyArn` where it is known, `spkiSha256` (of
    /// the SubjectPublicKeyInfo, lower-case hexadecimal), and the `encryptionAlgorithms` that the
    /// key offers.
    pub fn describe(&self) -> JsValue {
        let offered =
            EncryptionAlgorithm::ALL.into_iter().filter(|algorithm| self.0.offers(*algorithm));
        let offered = offered.map(|algorithm| JsValue::from(algorithm.name())).collect::<Array>();
        object_of([
            ("keySpec", self.0.key_spec().name().into()),
            ("keyArn", self.0.key_arn().map(KeyArn::as_str).into()),
            ("spkiSha256", self.0.spki_sha256().into()),
            ("encryptionAlgorithms", offered.into()),
        ])
    }

    /// Bytes that fit into one RSA block.
    #[wasm_bindgen(js_name = maxDirectBytes)]
    pub fn max_direct_bytes(&self, algorithm: &str) -> Result<usize> {
        Ok(self.0.max_direct_bytes(EncryptionAlgorithm::from_name(algorithm)?))
    }

    /// DER of the SubjectPublicKeyInfo.
    pub fn spki(&self) -> Uint8Array {
        public_out(self.0.spki())
    }

    pub(crate) const fn inner(&self) -> &KmsPublicKey {
        &self.0
    }
}

#[wasm_bindgen]
impl Keyring {
    /// Seals to `public_key`; opens through KMS. `under_any_arn`: also what names another ARN.
    #[wasm_bindgen(js_name = kmsRsa)]
    pub fn kms_rsa(
        public_key: &PublicKey,
        key_arn: &str,
        algorithm: Option<String>,
        under_any_arn: bool,
    ) -> Result<Self> {
        let (arn, algorithm) =
            (KeyArn::parse(key_arn)?, named(algorithm, EncryptionAlgorithm::from_name)?);
        let keyring = KmsRsaKeyring::new(public_key.0.clone(), arn, algorithm)?;
        Ok(Self::of(if under_any_arn { keyring.under_any_arn() } else { keyring }))
    }
}
