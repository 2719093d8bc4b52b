//! Shared by the tests: keys, a KMS that holds them, vectors.

#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

pub mod keyrings;
pub mod objects;
pub mod uploads;

use bongtu::{
    DecryptParameters, DecryptRequest, DecryptResponse, EncryptionAlgorithm, EncryptionContext,
    KeyArn, Keyring, KmsFailure, KmsPublicKey, KmsRsaKeyring, OpenOptions, SealOptions,
};
use getrandom::SysRng;
use rsa::PrivateKey;
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::pkcs8::DecodePrivateKey;
use sha1::Sha1;
use sha2::Sha256;

pub const ARN: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
pub const OTHER_ARN: &str =
    "arn:aws:kms:eu-west-1:111122223333:key/00000000-12ab-34cd-56ef-1234567890ab";
pub const SHA_1: EncryptionAlgorithm = EncryptionAlgorithm::RsaesOaepSha1;
pub const SHA_256: EncryptionAlgorithm = EncryptionAlgorithm::RsaesOaepSha256;

pub const PUBLIC_2048: &[u8] = include_bytes!("../data/rsa2048-public.pem");
pub const PUBLIC_3072: &[u8] = include_bytes!("../data/rsa3072-public.pem");
pub const PUBLIC_4096: &[u8] = include_bytes!("../data/rsa4096-public.pem");
pub const PRIVATE_2048: &str = include_str!("../data/rsa2048-private.pem");
pub const PRIVATE_3072: &str = include_str!("../data/rsa3072-private.pem");
pub const PRIVATE_4096: &str = include_str!("../data/rsa4096-private.pem");

pub fn arn() -> KeyArn {
    KeyArn::parse(ARN).unwrap()
}

pub fn keyring(public: &[u8], algorithm: EncryptionAlgorithm) -> Keyring {
    let key = KmsPublicKey::parse(public).unwrap();
    Keyring::KmsRsa(KmsRsaKeyring::new(key, arn(), algorithm).unwrap())
}

pub fn context(pairs: &[(&str, &str)]) -> EncryptionContext {
    EncryptionContext::new(pairs.iter().copied()).unwrap()
}

pub fn framed(frame_length: u32) -> SealOptions {
    SealOptions { frame_length, ..SealOptions::default() }
}

pub fn expecting(pairs: &[(&str, &str)]) -> OpenOptions {
    OpenOptions { encryption_context: context(pairs), ..OpenOptions::default() }
}

/// A KMS with one key, which answers as KMS does.
pub struct Kms {
    key: PrivateKey,
    arn: String,
}

impl Kms {
    pub fn new(private_pem: &str, arn: &str) -> Self {
        let key = PrivateKey::from_pkcs8_pem(private_pem)
            .or_else(|_| PrivateKey::from_pkcs1_pem(private_pem));
        Self { key: key.unwrap(), arn: arn.into() }
    }

    pub fn decrypt(&self, request: &DecryptRequest) -> Result<DecryptResponse, KmsFailure> {
        if request.key_id.as_ref().is_none_or(|key_id| key_id.as_str() != self.arn) {
            return Err(KmsFailure { name: "NotFoundException".into() });
        }
        let blob = &request.ciphertext_blob;
        let DecryptParameters::Rsa(algorithm) = request.parameters else {
            return Err(KmsFailure { name: "InvalidKeyUsageException".into() });
        };
        let plaintext = match algorithm {
            EncryptionAlgorithm::RsaesOaepSha1 => {
                self.key.oaep_decrypt_with_rng::<Sha1, _>(&mut SysRng, blob)
            }
            EncryptionAlgorithm::RsaesOaepSha256 => {
                self.key.oaep_decrypt_with_rng::<Sha256, _>(&mut SysRng, blob)
            }
        };
        match plaintext {
            Ok(plaintext) => {
                Ok(DecryptResponse { key_id: self.arn.clone(), plaintext: plaintext.into() })
            }
            Err(_) => Err(KmsFailure { name: "InvalidCiphertextException".into() }),
        }
    }
}

pub fn kms() -> Kms {
    Kms::new(PRIVATE_2048, ARN)
}

/// Opens with the 2048-bit test key.
pub fn open(message: &[u8], options: OpenOptions) -> bongtu::Result<Vec<u8>> {
    let kms = kms();
    let keyring = Keyring::KmsRsa(KmsRsaKeyring::open_only(arn(), SHA_256));
    bongtu::open_with(&keyring, message, options, |r| kms.decrypt(r)).map(|(_, text)| text.to_vec())
}

pub fn code<T: std::fmt::Debug>(result: bongtu::Result<T>) -> &'static str {
    result.expect_err("it must be refused").code()
}

/// Bytes that differ from place to place.
pub fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|i| u8::try_from(i * 7 % 251).unwrap()).collect()
}

/// xorshift64: the same garbage on every run.
pub struct Random(pub u64);

#[allow(clippy::indexing_slicing, reason = "it stays within the bytes")]
impl Random {
    pub fn next(&mut self) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap()
    }

    fn byte(&mut self) -> u8 {
        self.0.to_le_bytes()[self.next() % 8]
    }

    /// `bytes` with a few of them changed, inserted, removed or cut off.
    pub fn mangle(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.next() % 4 {
            let at = self.next() % bytes.len().max(1);
            match self.next() % 5 {
                0 if at < bytes.len() => bytes[at] = self.byte(),
                1 if at < bytes.len() => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][self.next() % 5],
                2 => bytes.insert(at, self.byte()),
                3 if at < bytes.len() => drop(bytes.remove(at)),
                _ => bytes.truncate(at),
            }
        }
        bytes
    }

    pub fn mangle_text(&mut self, text: &str) -> String {
        String::from_utf8_lossy(&self.mangle(text.as_bytes())).into_owned()
    }
}

/// Published vectors are kept beside the repository, not in it.
pub fn read_published(path: &str) -> Vec<u8> {
    read("../../../shared/vectors", path)
}

pub fn published(path: &str) -> serde_json::Value {
    serde_json::from_slice(&read_published(path)).unwrap()
}

/// The vectors that were made for this repository.
pub fn known_answers(path: &str) -> serde_json::Value {
    serde_json::from_slice(&read("../../tests/vectors/known-answers", path)).unwrap()
}

fn read(folder: &str, path: &str) -> Vec<u8> {
    let file = format!("{}/{folder}/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&file).expect(&file)
}

pub fn base64(value: &serde_json::Value) -> Vec<u8> {
    use base64ct::{Base64, Encoding};
    Base64::decode_vec(value.as_str().unwrap()).unwrap()
}

pub fn hex(value: &serde_json::Value) -> Vec<u8> {
    let text = value.as_str().unwrap();
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}
