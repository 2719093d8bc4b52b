//! Encrypted data keys, and the session that unwraps one of them.

use crate::context::EncryptionContext;
use crate::error::{Error, Result};
use crate::keyring::Keyring;
use crate::keys::DataKey;
use crate::kms::{DecryptRequest, DecryptResponse, KmsFailure};
use alloc::{collections::VecDeque, string::String, vec::Vec};

/// An encrypted data key (EDK) as a message carries it (FORMATS.md 2.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncryptedDataKey {
    /// Provider id: the kind of keyring.
    pub provider_id: Vec<u8>,
    /// Provider info: the key, in that keyring's terms.
    pub provider_info: Vec<u8>,
    /// The wrapped data key.
    pub ciphertext: Vec<u8>,
}

/// Tries the encrypted data keys that a keyring can answer for, in their order, until one yields
/// the data key. KMS calls are asked for and answered as values.
#[derive(Debug)]
pub(crate) struct UnwrapSession {
    keyring: Keyring,
    context: EncryptionContext,
    key_length: usize,
    waiting: VecDeque<DecryptRequest>,
    data_key: Option<DataKey>,
    tried: usize,
    kms_failure: Option<String>,
}

impl UnwrapSession {
    pub(crate) fn new(
        keyring: Keyring,
        edks: &[EncryptedDataKey],
        context: EncryptionContext,
        key_length: usize,
    ) -> Result<Self> {
        let mut waiting = VecDeque::new();
        for edk in edks {
            waiting.extend(keyring.request(edk)?);
        }
        Ok(Self {
            keyring,
            context,
            key_length,
            waiting,
            data_key: None,
            tried: 0,
            kms_failure: None,
        })
    }

    /// The call to make next; the same until it is answered, `None` when all is settled.
    pub(crate) fn request(&self) -> Option<&DecryptRequest> {
        if self.data_key.is_some() { None } else { self.waiting.front() }
    }

    /// Takes the answer to [`UnwrapSession::request`].
    pub(crate) fn respond(&mut self, answer: Result<DecryptResponse, KmsFailure>) -> Result<()> {
        if self.data_key.is_some() {
            return Err(Error::State("no KMS response was asked for"));
        }
        let request = self.waiting.pop_front();
        let request = request.ok_or(Error::State("no KMS response was asked for"))?;
        self.tried += 1;
        match answer {
            Ok(response) => {
                self.data_key =
                    self.keyring.accept(&request, &response, &self.context, self.key_length)?;
            }
            Err(failure) if failure.is_mismatch() => {}
            Err(failure) => self.kms_failure = Some(failure.name),
        }
        Ok(())
    }

    pub(crate) fn finish(self) -> Result<DataKey> {
        match (self.data_key, self.kms_failure) {
            (Some(data_key), _) => Ok(data_key),
            _ if !self.waiting.is_empty() => Err(Error::State("a KMS request is unanswered")),
            (None, Some(name)) => Err(Error::Kms(name)),
            (None, None) if self.tried == 0 => Err(Error::NoMatchingKey),
            (None, None) => Err(Error::Unwrap),
        }
    }
}
