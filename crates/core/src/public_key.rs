//! Exported public keys of KMS RSA keys: every form that people hold them in, read into the one
//! that KMS exports, strictly checked and pinned (docs/formats.md 1.1 and 1.2).

mod der;
mod form;
mod jwk;
mod names;
mod pem;
mod response;
mod text;

use crate::arn::KeyArn;
use crate::error::{Error, Result};
use crate::json::{Json, JsonParser};
use crate::shown::shown;
use crate::wrap::EncryptionAlgorithm;
use alloc::{format, string::String, string::ToString, vec::Vec};
use sha2::{Digest, Sha256};

/// KMS's `KeySpec` of an RSA key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeySpec {
    /// `RSA_2048`
    Rsa2048,
    /// `RSA_3072`
    Rsa3072,
    /// `RSA_4096`
    Rsa4096,
}

impl KeySpec {
    const fn from_bits(bits: usize) -> Result<Self> {
        match bits {
            2048 => Ok(Self::Rsa2048),
            3072 => Ok(Self::Rsa3072),
            4096 => Ok(Self::Rsa4096),
            _ => Err(Error::KeySize(bits)),
        }
    }

    /// KMS's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rsa2048 => "RSA_2048",
            Self::Rsa3072 => "RSA_3072",
            Self::Rsa4096 => "RSA_4096",
        }
    }

    /// Bytes of the modulus, and so of everything that is encrypted to the key.
    #[must_use]
    pub const fn modulus_length(self) -> usize {
        match self {
            Self::Rsa2048 => 256,
            Self::Rsa3072 => 384,
            Self::Rsa4096 => 512,
        }
    }
}

/// The members of a GetPublicKey response that matter here.
#[derive(Clone, Debug, Default)]
pub struct GetPublicKeyResponse {
    /// `PublicKey`: DER of the SubjectPublicKeyInfo.
    pub public_key: Vec<u8>,
    /// `KeyId`: the key's ARN.
    pub key_id: Option<String>,
    /// `KeyUsage`, which must be there where `KeyId` is.
    pub key_usage: Option<String>,
    /// `KeySpec`
    pub key_spec: Option<String>,
    /// `EncryptionAlgorithms`
    pub encryption_algorithms: Option<Vec<String>>,
}

impl GetPublicKeyResponse {
    /// GetPublicKey always says what a key is for. An answer that names a key and does not is that
    /// of an operation whose key nobody can decrypt with.
    fn check_usage(&self) -> Result<()> {
        match self.key_usage.as_deref() {
            Some("ENCRYPT_DECRYPT") => Ok(()),
            Some(other) => Err(Error::KeyUsage(format!("KeyUsage {}", shown(other)))),
            None if self.key_id.is_some() => Err(Error::NoKeyUsage),
            None => Ok(()),
        }
    }
}

/// The public half of a KMS RSA key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KmsPublicKey {
    spki: Vec<u8>,
    key_spec: KeySpec,
    key_arn: Option<KeyArn>,
    encryption_algorithms: Option<Vec<String>>,
}

impl KmsPublicKey {
    /// Reads a key from PEM, DER, base64 of either (`aws kms get-public-key --query PublicKey
    /// --output text`); with the feature `json` also from a JWK and from the whole GetPublicKey
    /// response. Keys of PKCS#1 become what KMS exports, and so do JWKs.
    ///
    /// # Errors
    /// One of the `ERR_KEY_…`, [`Error::PublicKey`] and [`Error::PrivateKey`] codes, each for one
    /// thing that is wrong.
    pub fn parse(input: &[u8]) -> Result<Self> {
        Self::parse_with(input, Json::parse)
    }

    /// The same with another parser of JSON than serde's.
    ///
    /// # Errors
    /// As [`KmsPublicKey::parse`].
    pub fn parse_with(input: &[u8], json: JsonParser) -> Result<Self> {
        form::read(input, json)
    }

    /// Reads DER strictly: a SubjectPublicKeyInfo (RFC 5280) or an RSAPublicKey (RFC 8017).
    ///
    /// # Errors
    /// As [`KmsPublicKey::parse`].
    pub fn from_der(der: &[u8]) -> Result<Self> {
        let key = der::read(der)?;
        check_exponent(key.exponent)?;
        let key_spec = check_modulus(key.modulus)?;
        Ok(Self { spki: key.spki, key_spec, key_arn: None, encryption_algorithms: None })
    }

    /// Takes a GetPublicKey response, with all that it says about the key.
    ///
    /// # Errors
    /// As [`KmsPublicKey::parse`], and [`Error::KeyUsage`] for a key that does not encrypt.
    pub fn from_response(response: &GetPublicKeyResponse) -> Result<Self> {
        response.check_usage()?;
        Self::from_der(&response.public_key)?.described(response)
    }

    /// The same key with what a response says about it.
    fn described(mut self, response: &GetPublicKeyResponse) -> Result<Self> {
        if response.key_spec.as_deref().is_some_and(|spec| spec != self.key_spec.name()) {
            return Err(Error::PublicKey("KeySpec is not that of the key"));
        }
        if let Some(arn) = &response.key_id {
            self = self.with_key_arn(KeyArn::parse(arn)?)?;
        }
        if let Some(algorithms) = &response.encryption_algorithms {
            self.encryption_algorithms = Some(algorithms.clone());
        }
        Ok(self)
    }

    /// The same key, known to belong to `arn`.
    ///
    /// # Errors
    /// [`Error::KeyMismatch`] when the response it came from named another key (replicas of one
    /// multi-Region key are the same).
    pub fn with_key_arn(mut self, arn: KeyArn) -> Result<Self> {
        match &self.key_arn {
            Some(found) if !found.matches(&arn) => {
                Err(Error::KeyMismatch { found: found.to_string(), wanted: arn.to_string() })
            }
            _ => {
                self.key_arn = Some(arn);
                Ok(self)
            }
        }
    }

    /// The same key, provided that it is the pinned one: whoever can swap a public key reads all
    /// that is sealed from then on.
    ///
    /// # Errors
    /// [`Error::KeyPin`] for another key, [`Error::Input`] for a pin that is not a fingerprint.
    pub fn pinned(self, spki_sha256: &str) -> Result<Self> {
        let hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if spki_sha256.len() != 64 || !spki_sha256.bytes().all(hexadecimal) {
            return Err(Error::Input("spkiSha256 must be 64 lower-case hexadecimal digits"));
        }
        let found = self.spki_sha256();
        if found == spki_sha256 { Ok(self) } else { Err(Error::KeyPin { found }) }
    }

    /// DER of the SubjectPublicKeyInfo.
    #[must_use]
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// The fingerprint: SHA-256 of the SubjectPublicKeyInfo in lower-case hexadecimal.
    #[must_use]
    pub fn spki_sha256(&self) -> String {
        Sha256::digest(&self.spki).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Size of the key.
    #[must_use]
    pub const fn key_spec(&self) -> KeySpec {
        self.key_spec
    }

    /// The key's ARN, where it is known.
    #[must_use]
    pub const fn key_arn(&self) -> Option<&KeyArn> {
        self.key_arn.as_ref()
    }

    /// Whether the key offers `algorithm`; every RSA encryption key offers both unless its
    /// GetPublicKey response said otherwise.
    #[must_use]
    pub fn offers(&self, algorithm: EncryptionAlgorithm) -> bool {
        match &self.encryption_algorithms {
            Some(names) => names.iter().any(|name| name == algorithm.name()),
            None => true,
        }
    }

    pub(crate) fn check_offers(&self, algorithm: EncryptionAlgorithm) -> Result<()> {
        if self.offers(algorithm) {
            Ok(())
        } else {
            Err(Error::KeyAlgorithm(algorithm.name().to_string()))
        }
    }

    /// Bytes that fit into one RSA block directly.
    #[must_use]
    pub const fn max_direct_bytes(&self, algorithm: EncryptionAlgorithm) -> usize {
        algorithm.max_plaintext_length(self.key_spec.modulus_length())
    }
}

fn check_modulus(modulus: &[u8]) -> Result<KeySpec> {
    let zeros = modulus.first().map_or(8, |byte| byte.leading_zeros());
    let bits = (modulus.len() * 8).saturating_sub(usize::try_from(zeros).unwrap_or(8));
    let spec = KeySpec::from_bits(bits)?;
    match modulus.last() {
        Some(last) if last % 2 == 1 => Ok(spec),
        _ => Err(Error::PublicKey("the modulus is even")),
    }
}

fn check_exponent(exponent: &[u8]) -> Result<()> {
    if exponent.len() > 4 {
        return Err(Error::KeyExponent);
    }
    let value = exponent.iter().fold(0_u64, |value, byte| (value << 8) | u64::from(*byte));
    if value >= 65_537 && value % 2 == 1 { Ok(()) } else { Err(Error::KeyExponent) }
}
