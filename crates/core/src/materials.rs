//! Encrypted data keys, and the session that unwraps one of them.

#[cfg(feature = "keyrings")]
mod unwrap;

use crate::error::{Error, Result};
use crate::keys::DataKey;
use crate::kms::{DecryptRequest, DecryptResponse, KmsFailure};
use alloc::{boxed::Box, collections::VecDeque, rc::Rc, vec::Vec};
use core::fmt;
#[cfg(feature = "keyrings")]
pub(crate) use unwrap::{LocalUnwrap, MAX_CALLS};
#[cfg(feature = "keyrings")]
use unwrap::{TOO_MANY_CALLS, UnwrapRules};

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

/// One way to the secret, of which there may be many.
pub(crate) enum Attempt<S> {
    /// Ask KMS, and take the secret out of its answer.
    Ask(DecryptRequest, Rc<Unbind<S>>),
    /// Compute it.
    #[cfg(feature = "keyrings")]
    Local(LocalUnwrap<S>),
}

/// Tries one attempt after the other until one yields the secret. Calls to KMS are asked for and
/// answered as values.
pub(crate) struct UnwrapSession<S = DataKey> {
    waiting: VecDeque<Attempt<S>>,
    secret: Option<S>,
    tried: usize,
    #[cfg(not(feature = "keyrings"))]
    kms_failure: Option<alloc::string::String>,
    #[cfg(feature = "keyrings")]
    pub(crate) rules: UnwrapRules,
}

impl<S> UnwrapSession<S> {
    pub(crate) fn new(
        requests: impl IntoIterator<Item = DecryptRequest>,
        unbind: Unbind<S>,
    ) -> Self {
        let unbind = Rc::new(unbind);
        Self::of(requests.into_iter().map(|request| Attempt::Ask(request, Rc::clone(&unbind))))
    }

    pub(crate) fn of(attempts: impl IntoIterator<Item = Attempt<S>>) -> Self {
        Self {
            waiting: attempts.into_iter().collect(),
            secret: None,
            tried: 0,
            #[cfg(not(feature = "keyrings"))]
            kms_failure: None,
            #[cfg(feature = "keyrings")]
            rules: UnwrapRules::default(),
        }
    }

    /// Whether there is nothing to try at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.tried == 0 && self.waiting.is_empty()
    }

    /// The call to make next; the same until it is answered, `None` when all is settled.
    pub(crate) fn request(&self) -> Option<&DecryptRequest> {
        match (&self.secret, self.waiting.front()) {
            (None, Some(Attempt::Ask(request, _))) => Some(request),
            _ => None,
        }
    }

    /// Takes the answer to [`UnwrapSession::request`].
    pub(crate) fn respond(&mut self, answer: Result<DecryptResponse, KmsFailure>) -> Result<()> {
        if self.request().is_none() {
            return Err(Error::State("no KMS response was asked for"));
        }
        let Some(Attempt::Ask(request, unbind)) = self.waiting.pop_front() else { return Ok(()) };
        self.tried += 1;
        match answer {
            Ok(response) if request.is_answered_by(&response) => {
                self.secret = unbind(&response.plaintext);
            }
            Ok(_) => {}
            Err(failure) if failure.is_mismatch() => {}
            #[cfg(feature = "keyrings")]
            Err(failure) => self.rules.failed(failure.name),
            #[cfg(not(feature = "keyrings"))]
            Err(failure) => self.kms_failure = Some(failure.name),
        }
        #[cfg(feature = "keyrings")]
        self.asked(request);
        Ok(())
    }

    pub(crate) fn finish(self) -> Result<S> {
        #[cfg(feature = "keyrings")]
        let kms_failure = self.rules.failures();
        #[cfg(not(feature = "keyrings"))]
        let kms_failure = self.kms_failure;
        match (self.secret, kms_failure) {
            (Some(secret), _) => Ok(secret),
            #[cfg(feature = "keyrings")]
            _ if self.rules.exceeded => Err(TOO_MANY_CALLS),
            _ if !self.waiting.is_empty() => Err(Error::State("a KMS request is unanswered")),
            (None, Some(name)) => Err(Error::Kms(name)),
            (None, None) if self.tried == 0 => Err(Error::NoMatchingKey),
            (None, None) => Err(Error::Unwrap),
        }
    }
}

/// What only keyrings of more kinds need.
#[cfg(feature = "keyrings")]
impl<S> UnwrapSession<S> {
    /// The session after all attempts up to the next call to KMS.
    pub(crate) fn advanced(mut self) -> Self {
        self.advance();
        self
    }

    fn advance(&mut self) {
        while self.secret.is_none() {
            match self.waiting.pop_front() {
                Some(Attempt::Local(local)) => {
                    self.tried += 1;
                    self.rules.unauthenticated = !local.is_authenticated();
                    self.secret = local.run();
                }
                Some(Attempt::Ask(request, _)) if self.rules.has_asked(&request) => {}
                Some(ask @ Attempt::Ask(..)) if self.rules.may_ask() => {
                    self.waiting.push_front(ask);
                    return;
                }
                Some(Attempt::Ask(..)) => self.rules.exceeded = true,
                None => return,
            }
        }
    }

    fn asked(&mut self, request: DecryptRequest) {
        self.rules.asked(request);
        self.advance();
    }

    pub(crate) fn into_attempts(self) -> impl Iterator<Item = Attempt<S>> {
        self.waiting.into_iter()
    }
}

impl<S> fmt::Debug for UnwrapSession<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnwrapSession")
            .field("request", &self.request())
            .field("waiting", &self.waiting.len())
            .finish_non_exhaustive()
    }
}
