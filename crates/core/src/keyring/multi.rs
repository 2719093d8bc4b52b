//! Several keyrings as one.

use super::Keyring;
use crate::context::EncryptionContext;
use crate::error::{Error, Result};
use crate::materials::{EncryptedDataKey, UnwrapSession};
use crate::suite::Suite;
use alloc::{sync::Arc, vec::Vec};

/// Seals to all of its keyrings, and opens with any of them.
#[derive(Clone, Debug)]
pub struct MultiKeyring {
    /// Each is of one kind: a multi-keyring among them is replaced by its own keyrings.
    keyrings: Arc<[Keyring]>,
}

impl MultiKeyring {
    /// The first keyring makes the data key, the others wrap it too. On opening they are tried in this
    /// order.
    ///
    /// # Errors
    /// [`Error::Input`] for no keyrings.
    pub fn new(keyrings: impl IntoIterator<Item = Keyring>) -> Result<Self> {
        let mut flat = Vec::new();
        for keyring in keyrings {
            match keyring {
                Keyring::Multi(multi) => flat.extend_from_slice(&multi.keyrings),
                keyring => flat.push(keyring),
            }
        }
        if flat.is_empty() {
            return Err(Error::Input("a multi-keyring needs a keyring"));
        }
        Ok(Self { keyrings: flat.into() })
    }

    pub(super) fn keyrings(&self) -> &[Keyring] {
        &self.keyrings
    }

    /// All keyrings must be able to seal, and one to open.
    pub(super) fn check_suite(&self, suite: &Suite) -> Result<()> {
        let mut refused = Ok(());
        for keyring in self.keyrings() {
            match keyring.check_suite(suite) {
                Ok(()) => return Ok(()),
                error => refused = error,
            }
        }
        refused
    }

    pub(super) fn unwrap(
        &self,
        edks: &[EncryptedDataKey],
        context: &EncryptionContext,
        suite: &Suite,
    ) -> Result<UnwrapSession> {
        // Who takes no message of this kind says so only when nobody does.
        let takes = |keyring: &&Keyring| {
            keyring.check_suite(suite).is_ok() || self.check_suite(suite).is_err()
        };
        let (mut attempts, mut failed) = (Vec::new(), None);
        for keyring in self.keyrings.iter().filter(takes) {
            match keyring.unwrap(edks, context, suite) {
                Ok(session) => attempts.extend(session.into_attempts()),
                Err(error) => failed = Some(error),
            }
        }
        match failed {
            Some(error) if attempts.is_empty() => Err(error),
            _ => {
                let mut session = UnwrapSession::of(attempts);
                session.rules.limited = true;
                Ok(session)
            }
        }
    }
}
