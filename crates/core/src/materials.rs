//! Encrypted data keys, and the session that unwraps one of them.

use crate::error::{Error, Result};
use crate::keys::DataKey;
use crate::kms::{DecryptRequest, DecryptResponse, KmsFailure};
use alloc::{boxed::Box, collections::VecDeque, string::String, vec::Vec};
use core::fmt;

/// An encrypted data key (EDK) as a message carries it (docs/formats.md 2.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncryptedDataKey {
    /// Provider id: the kind of keyring.
    pub provider_id: Vec<u8>,
    /// Provider info: the key, in that keyring's terms.
    pub provider_info: Vec<u8>,
    /// The wrapped data key.
    pub ciphertext: Vec<u8>,
}

/// Takes a secret, mostly a data key, out of what KMS answered, `None` when it is not what it should
/// be.
pub(crate) type Unbind<S = DataKey> = Box<dyn Fn(&[u8]) -> Option<S>>;

/// Puts Decrypt requests to KMS in their order until one yields the secret. The calls are asked
/// for and answered as values.
pub(crate) struct UnwrapSession<S = DataKey> {
    waiting: VecDeque<DecryptRequest>,
    unbind: Unbind<S>,
    secret: Option<S>,
    tried: usize,
    kms_failure: Option<String>,
}

impl<S> UnwrapSession<S> {
    pub(crate) fn new(requests: impl Into<VecDeque<DecryptRequest>>, unbind: Unbind<S>) -> Self {
        let waiting = requests.into();
        Self { waiting, unbind, secret: None, tried: 0, kms_failure: None }
    }

    /// The call to make next; the same until it is answered, `None` when all is settled.
    pub(crate) fn request(&self) -> Option<&DecryptRequest> {
        if self.secret.is_some() { None } else { self.waiting.front() }
    }

    /// Takes the answer to [`UnwrapSession::request`].
    pub(crate) fn respond(&mut self, answer: Result<DecryptResponse, KmsFailure>) -> Result<()> {
        if self.secret.is_some() {
            return Err(Error::State("no KMS response was asked for"));
        }
        let request = self.waiting.pop_front();
        let request = request.ok_or(Error::State("no KMS response was asked for"))?;
        self.tried += 1;
        match answer {
            Ok(response) if request.is_answered_by(&response) => {
                self.secret = (self.unbind)(&response.plaintext);
            }
            Ok(_) => {}
            Err(failure) if failure.is_mismatch() => {}
            Err(failure) => self.kms_failure = Some(failure.name),
        }
        Ok(())
    }

    pub(crate) fn finish(self) -> Result<S> {
        match (self.secret, self.kms_failure) {
            (Some(secret), _) => Ok(secret),
            _ if !self.waiting.is_empty() => Err(Error::State("a KMS request is unanswered")),
            (None, Some(name)) => Err(Error::Kms(name)),
            (None, None) if self.tried == 0 => Err(Error::NoMatchingKey),
            (None, None) => Err(Error::Unwrap),
        }
    }
}

impl<S> fmt::Debug for UnwrapSession<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnwrapSession").field("waiting", &self.waiting).finish_non_exhaustive()
    }
}
