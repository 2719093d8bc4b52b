//! The raw AES keyring (docs/formats.md 3.3).

use super::raw::KeyName;
use crate::context::EncryptionContext;
use crate::error::{Error, Result};
use crate::executor::Executor;
use crate::keys::{ContentKey, DataKey, random};
use crate::materials::{Attempt, EncryptedDataKey, LocalUnwrap, UnwrapSession};
use crate::plan::{NONCE_LENGTH, TAG_LENGTH};
use alloc::{string::String, sync::Arc, vec::Vec};
use core::fmt;
use zeroize::Zeroizing;

/// What stands between a key's name and the IV: bits of the tag, bytes of the IV.
const LENGTHS: [u8; 8] = [0, 0, 0, 128, 0, 0, 0, 12];

/// An AES key that wraps data keys. It binds the encryption context.
///
/// Each wrap takes a random nonce of 96 bits: one key should make no more than 2^32 of them.
#[derive(Clone)]
pub struct RawAesKeyring {
    key_name: KeyName,
    executor: Arc<Executor>,
}

impl RawAesKeyring {
    /// A keyring of a key of 16, 24 or 32 bytes, which messages know by namespace and name.
    ///
    /// # Errors
    /// [`Error::Input`] for a key of another length, or a namespace or name that no message can hold.
    pub fn new(
        namespace: impl Into<String>,
        name: impl Into<String>,
        wrapping_key: Zeroizing<Vec<u8>>,
    ) -> Result<Self> {
        let key_name = KeyName::new(namespace.into(), name.into())?;
        if !matches!(wrapping_key.len(), 16 | 24 | 32) {
            return Err(Error::Input("an AES key must be of 16, 24 or 32 bytes"));
        }
        let executor = Executor::new(&ContentKey::new(wrapping_key))?;
        Ok(Self { key_name, executor: Arc::new(executor) })
    }

    pub(super) fn wrap(
        &self,
        context: &EncryptionContext,
        data_key: &DataKey,
    ) -> Result<EncryptedDataKey> {
        let nonce = random(NONCE_LENGTH)?;
        let mut ciphertext = Vec::new();
        let (aad, key) = (context.canonical()?, data_key.expose());
        self.executor.encrypt(&nonce, &aad, key, &mut ciphertext)?;
        self.key_name.encrypted_data_key(&[&LENGTHS[..], &nonce].concat(), ciphertext)
    }

    pub(super) fn encrypted_data_key_length(&self, key_length: usize) -> usize {
        self.key_name.length(LENGTHS.len() + NONCE_LENGTH, key_length + TAG_LENGTH)
    }

    pub(super) fn unwrap(
        &self,
        edks: &[EncryptedDataKey],
        context: &EncryptionContext,
        key_length: usize,
    ) -> Result<UnwrapSession> {
        let aad: Arc<[u8]> = context.canonical()?.into();
        let attempt = |edk: &EncryptedDataKey| {
            let nonce = self.nonce(edk)?.to_vec();
            let (executor, aad) = (Arc::clone(&self.executor), Arc::clone(&aad));
            let ciphertext = edk.ciphertext.clone();
            Some(Attempt::Local(LocalUnwrap::new(move || {
                if ciphertext.len() != key_length + TAG_LENGTH {
                    return None;
                }
                let mut key = Zeroizing::new(Vec::with_capacity(ciphertext.len()));
                executor.decrypt(&nonce, &aad, &ciphertext, &mut key).ok()?;
                Some(DataKey::new(key))
            })))
        };
        Ok(UnwrapSession::of(edks.iter().filter_map(attempt)))
    }

    /// The nonce of an encrypted data key of this keyring, `None` for another's.
    fn nonce<'a>(&self, edk: &'a EncryptedDataKey) -> Option<&'a [u8]> {
        let info = edk.provider_info.strip_prefix(self.key_name.name())?;
        let nonce = info.strip_prefix(&LENGTHS)?;
        (self.key_name.is_namespace_of(edk) && nonce.len() == NONCE_LENGTH).then_some(nonce)
    }
}

impl fmt::Debug for RawAesKeyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawAesKeyring").field("key_name", &self.key_name).finish_non_exhaustive()
    }
}
