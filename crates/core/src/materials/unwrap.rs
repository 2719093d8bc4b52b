//! Unwrapping with several keyrings, and without KMS.

use crate::error::Error;
use crate::keys::DataKey;
use crate::kms::DecryptRequest;
use alloc::{boxed::Box, string::String, vec::Vec};

/// Calls to KMS for one message, over all keyrings of a multi-keyring.
pub(crate) const MAX_CALLS: usize = 16;

pub(crate) const TOO_MANY_CALLS: Error =
    Error::Limit { what: "calls to KMS for one message, more than", found: 16, limit: 16 };

/// An unwrap that is computed, with a key that the keyring holds.
pub(crate) struct LocalUnwrap<S = DataKey> {
    unwrap: Box<dyn FnOnce() -> Option<S>>,
    authenticated: bool,
}

impl<S> LocalUnwrap<S> {
    pub(crate) fn new(unwrap: impl FnOnce() -> Option<S> + 'static) -> Self {
        Self { unwrap: Box::new(unwrap), authenticated: true }
    }

    /// The same, where nothing tells a wrong key from the right one.
    pub(crate) fn unauthenticated(self) -> Self {
        Self { authenticated: false, ..self }
    }

    pub(crate) const fn is_authenticated(&self) -> bool {
        self.authenticated
    }

    pub(crate) fn run(self) -> Option<S> {
        (self.unwrap)()
    }
}

/// What holds of all attempts together.
#[derive(Default)]
pub(crate) struct UnwrapRules {
    /// Whether calls are counted, and equal ones made once.
    pub(crate) limited: bool,
    asked: Vec<DecryptRequest>,
    /// What KMS failed with, each name once.
    failures: Vec<String>,
    /// Whether a call was left out because there were too many.
    pub(crate) exceeded: bool,
    /// Whether the secret may be any: then nothing may tell that it is wrong.
    pub(crate) unauthenticated: bool,
}

impl UnwrapRules {
    pub(crate) fn has_asked(&self, request: &DecryptRequest) -> bool {
        self.limited && self.asked.contains(request)
    }

    pub(crate) const fn may_ask(&self) -> bool {
        !self.limited || self.asked.len() < MAX_CALLS
    }

    pub(crate) fn failed(&mut self, name: String) {
        if !self.failures.contains(&name) {
            self.failures.push(name);
        }
    }

    /// All that KMS failed with.
    pub(crate) fn failures(&self) -> Option<String> {
        (!self.failures.is_empty()).then(|| self.failures.join(", "))
    }

    pub(crate) fn asked(&mut self, request: DecryptRequest) {
        if self.limited {
            self.asked.push(request);
        }
    }
}
