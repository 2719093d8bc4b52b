//! The raw RSA keyring (docs/formats.md 3.1).

use super::raw::KeyName;
use crate::error::{Error, Result};
use crate::keys::DataKey;
use crate::materials::{Attempt, EncryptedDataKey, LocalUnwrap, UnwrapSession};
use alloc::{string::String, sync::Arc, vec::Vec};
use core::fmt;
use getrandom::SysRng;
use rsa::pkcs1::{DecodeRsaPrivateKey, DecodeRsaPublicKey};
use rsa::pkcs8::{DecodePrivateKey, DecodePublicKey};
use rsa::traits::PublicKeyParts;
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

/// How a data key is padded; AWS's names. A message does not say which of them it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RsaPadding {
    /// `PKCS1`: RSAES-PKCS1-v1_5, for what others sealed so. Anybody may try ciphertexts against who
    /// opens it; a wrong padding looks like a wrong key to them.
    Pkcs1,
    /// `OAEP_SHA1_MGF1`
    OaepSha1Mgf1,
    /// `OAEP_SHA256_MGF1`
    OaepSha256Mgf1,
    /// `OAEP_SHA384_MGF1`
    OaepSha384Mgf1,
    /// `OAEP_SHA512_MGF1`
    OaepSha512Mgf1,
}

impl RsaPadding {
    /// # Errors
    /// [`Error::KeyAlgorithm`] for any name but AWS's five.
    pub fn from_name(name: &str) -> Result<Self> {
        match name {
            "PKCS1" => Ok(Self::Pkcs1),
            "OAEP_SHA1_MGF1" => Ok(Self::OaepSha1Mgf1),
            "OAEP_SHA256_MGF1" => Ok(Self::OaepSha256Mgf1),
            "OAEP_SHA384_MGF1" => Ok(Self::OaepSha384Mgf1),
            "OAEP_SHA512_MGF1" => Ok(Self::OaepSha512Mgf1),
            _ => Err(Error::KeyAlgorithm(name.into())),
        }
    }
}

/// An RSA key pair, or half of one, outside KMS. It does not bind the encryption context.
#[derive(Clone)]
pub struct RawRsaKeyring {
    key_name: KeyName,
    padding: RsaPadding,
    public_key: Option<Arc<rsa::PublicKey>>,
    private_key: Option<Arc<rsa::PrivateKey>>,
}

impl RawRsaKeyring {
    /// A keyring without a key yet, which messages know by namespace and name.
    ///
    /// # Errors
    /// [`Error::Input`] for a namespace or name that no message can hold.
    pub fn new(
        namespace: impl Into<String>,
        name: impl Into<String>,
        padding: RsaPadding,
    ) -> Result<Self> {
        let key_name = KeyName::new(namespace.into(), name.into())?;
        Ok(Self { key_name, padding, public_key: None, private_key: None })
    }

    /// The same keyring with the key that seals: PEM or DER, SubjectPublicKeyInfo or PKCS#1.
    ///
    /// # Errors
    /// [`Error::PublicKey`]
    pub fn with_public_key(self, key: &[u8]) -> Result<Self> {
        let parsed = match core::str::from_utf8(key) {
            Ok(pem) => rsa::PublicKey::from_public_key_pem(pem)
                .ok()
                .or_else(|| rsa::PublicKey::from_pkcs1_pem(pem).ok()),
            Err(_) => rsa::PublicKey::from_public_key_der(key)
                .ok()
                .or_else(|| rsa::PublicKey::from_pkcs1_der(key).ok()),
        };
        let parsed = parsed.ok_or(Error::PublicKey("neither PEM nor DER of an RSA public key"))?;
        Ok(Self { public_key: Some(Arc::new(parsed)), ..self })
    }

    /// The same keyring with the key that opens: PEM or DER, PKCS#8 or PKCS#1, not encrypted.
    ///
    /// # Errors
    /// [`Error::Input`]
    pub fn with_private_key(self, key: &[u8]) -> Result<Self> {
        let parsed = match core::str::from_utf8(key) {
            Ok(pem) => rsa::PrivateKey::from_pkcs8_pem(pem)
                .ok()
                .or_else(|| rsa::PrivateKey::from_pkcs1_pem(pem).ok()),
            Err(_) => rsa::PrivateKey::from_pkcs8_der(key)
                .ok()
                .or_else(|| rsa::PrivateKey::from_pkcs1_der(key).ok()),
        };
        let parsed = parsed.ok_or(Error::Input("neither PEM nor DER of an RSA private key"))?;
        Ok(Self { private_key: Some(Arc::new(parsed)), ..self })
    }

    pub(super) fn wrap(&self, data_key: &DataKey) -> Result<EncryptedDataKey> {
        let key = self.public_key.as_ref().ok_or(Error::NoPublicKey)?;
        let text = data_key.expose();
        let wrapped = match self.padding {
            RsaPadding::Pkcs1 => key.pkcs1v15_encrypt_with_rng(&mut SysRng, text),
            RsaPadding::OaepSha1Mgf1 => key.oaep_encrypt_with_rng::<Sha1, _>(&mut SysRng, text),
            RsaPadding::OaepSha256Mgf1 => key.oaep_encrypt_with_rng::<Sha256, _>(&mut SysRng, text),
            RsaPadding::OaepSha384Mgf1 => key.oaep_encrypt_with_rng::<Sha384, _>(&mut SysRng, text),
            RsaPadding::OaepSha512Mgf1 => key.oaep_encrypt_with_rng::<Sha512, _>(&mut SysRng, text),
        };
        let wrapped = wrapped.map_err(|error| match error {
            rsa::Error::MessageTooLong => {
                Error::TooLarge("a data key does not fit into one block of this RSA key")
            }
            _ => Error::Random,
        })?;
        self.key_name.encrypted_data_key(&[], wrapped)
    }

    pub(super) fn encrypted_data_key_length(&self) -> Result<usize> {
        let key = self.public_key.as_ref().ok_or(Error::NoPublicKey)?;
        Ok(self.key_name.length(0, key.size()))
    }

    /// # Errors
    /// [`Error::Input`] where an encrypted data key is this keyring's, which cannot open it.
    pub(super) fn unwrap(
        &self,
        edks: &[EncryptedDataKey],
        key_length: usize,
    ) -> Result<UnwrapSession> {
        let mut attempts = Vec::new();
        for edk in edks.iter().filter(|edk| self.is_named_by(edk)) {
            let key = Arc::clone(self.private_key.as_ref().ok_or(NO_PRIVATE_KEY)?);
            let (padding, ciphertext) = (self.padding, edk.ciphertext.clone());
            let attempt = LocalUnwrap::new(move || {
                let text = decrypt(&key, padding, &ciphertext)?;
                (text.len() == key_length).then(|| DataKey::new(text))
            });
            attempts.push(Attempt::Local(match padding {
                // A wrong padding yields another key, and is found out as late as a wrong key is.
                RsaPadding::Pkcs1 => attempt.unauthenticated(),
                _ => attempt,
            }));
        }
        Ok(UnwrapSession::of(attempts))
    }

    fn is_named_by(&self, edk: &EncryptedDataKey) -> bool {
        self.key_name.is_namespace_of(edk) && edk.provider_info == self.key_name.name()
    }
}

const NO_PRIVATE_KEY: Error = Error::Input("this keyring has no private key, so it cannot open");

/// All that can be wrong looks the same. The random numbers blind the private key.
fn decrypt(
    key: &rsa::PrivateKey,
    padding: RsaPadding,
    ciphertext: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let text = match padding {
        RsaPadding::Pkcs1 => key.pkcs1v15_decrypt_with_rng(&mut SysRng, ciphertext),
        RsaPadding::OaepSha1Mgf1 => key.oaep_decrypt_with_rng::<Sha1, _>(&mut SysRng, ciphertext),
        RsaPadding::OaepSha256Mgf1 => {
            key.oaep_decrypt_with_rng::<Sha256, _>(&mut SysRng, ciphertext)
        }
        RsaPadding::OaepSha384Mgf1 => {
            key.oaep_decrypt_with_rng::<Sha384, _>(&mut SysRng, ciphertext)
        }
        RsaPadding::OaepSha512Mgf1 => {
            key.oaep_decrypt_with_rng::<Sha512, _>(&mut SysRng, ciphertext)
        }
    };
    text.ok().map(Zeroizing::new)
}

impl fmt::Debug for RawRsaKeyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRsaKeyring")
            .field("key_name", &self.key_name)
            .field("padding", &self.padding)
            .finish_non_exhaustive()
    }
}
