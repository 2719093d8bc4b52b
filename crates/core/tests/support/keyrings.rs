//! Keys outside KMS, and a KMS with symmetric keys.

#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

use super::{PRIVATE_2048, PUBLIC_2048};
use bongtu::hazmat::AesGcm;
use bongtu::{
    ContentKey, DecryptParameters, DecryptRequest, DecryptResponse, EncryptResponse,
    GenerateDataKeyResponse, KeyArn, Keyring, KmsFailure, KmsKeyring, MaterialDescription,
    MultiKeyring, RawAesKeyring, RawRsaKeyring, RsaPadding, SealRequest, SealResponse,
};
use std::cell::Cell;

pub fn raw_aes(name: &str, key_length: usize) -> Keyring {
    let key = vec![7; key_length].into();
    Keyring::RawAes(RawAesKeyring::new("space", name, key).unwrap())
}

pub fn raw_rsa(name: &str, padding: RsaPadding) -> Keyring {
    let keyring = RawRsaKeyring::new("space", name, padding).unwrap();
    let keyring = keyring.with_public_key(PUBLIC_2048).unwrap();
    Keyring::RawRsa(keyring.with_private_key(PRIVATE_2048.as_bytes()).unwrap())
}

pub fn symmetric(arn: &str) -> Keyring {
    Keyring::Kms(KmsKeyring::new(KeyArn::parse(arn).unwrap()))
}

pub fn multi(keyrings: impl IntoIterator<Item = Keyring>) -> Keyring {
    Keyring::Multi(MultiKeyring::new(keyrings).unwrap())
}

/// A KMS whose symmetric keys are bound to their ARN and to the encryption context.
#[derive(Default)]
pub struct SymmetricKms {
    pub calls: Cell<usize>,
}

impl SymmetricKms {
    pub fn seal(&self, request: SealRequest<'_>) -> Result<SealResponse, KmsFailure> {
        self.calls.set(self.calls.get() + 1);
        Ok(match request {
            SealRequest::GenerateDataKey(request) => {
                let plaintext = vec![0x42; 32];
                let context = &request.encryption_context;
                SealResponse::GenerateDataKey(GenerateDataKeyResponse {
                    key_id: request.key_id.as_str().into(),
                    ciphertext_blob: encrypt(request.key_id.as_str(), context, &plaintext),
                    plaintext: plaintext.into(),
                })
            }
            SealRequest::Encrypt(request) => {
                let context = &request.encryption_context;
                SealResponse::Encrypt(EncryptResponse {
                    key_id: request.key_id.as_str().into(),
                    ciphertext_blob: encrypt(request.key_id.as_str(), context, &request.plaintext),
                })
            }
        })
    }

    pub fn decrypt(&self, request: &DecryptRequest) -> Result<DecryptResponse, KmsFailure> {
        self.calls.set(self.calls.get() + 1);
        let DecryptParameters::Symmetric(context) = &request.parameters else {
            return Err(KmsFailure { name: "InvalidKeyUsageException".into() });
        };
        let key_id = request.key_id.as_ref().unwrap().as_str();
        let mut plaintext = Vec::new();
        let aad = aad(key_id, context);
        match cipher().decrypt(&[0; 12], &aad, &request.ciphertext_blob, &mut plaintext) {
            Ok(()) => Ok(DecryptResponse { key_id: key_id.into(), plaintext: plaintext.into() }),
            Err(_) => Err(KmsFailure { name: "InvalidCiphertextException".into() }),
        }
    }
}

fn encrypt(key_id: &str, context: &MaterialDescription, plaintext: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    cipher().encrypt(&[0; 12], &aad(key_id, context), plaintext, &mut out).unwrap();
    out
}

fn cipher() -> AesGcm {
    AesGcm::new(&ContentKey::new(vec![9; 32].into())).unwrap()
}

/// The ARNs of a multi-Region key differ in the Region only.
fn aad(key_id: &str, context: &MaterialDescription) -> Vec<u8> {
    let id = key_id.rsplit('/').next().unwrap();
    format!("{id} {:?}", context.iter().collect::<Vec<_>>()).into()
}
