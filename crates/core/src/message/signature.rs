//! The signature behind the body (docs/formats.md 2.8): its key in the context, and the footer.

use crate::context::EncryptionContext;
use crate::error::{Error, Result};
use crate::suite::Suite;

#[cfg(not(feature = "signatures"))]
mod absent;
#[cfg(feature = "signatures")]
mod ecdsa;

#[cfg(not(feature = "signatures"))]
pub(super) use absent::Verifier;
#[cfg(feature = "signatures")]
pub(super) use ecdsa::Verifier;

/// The name of the pair that holds the verification key, in signed messages only.
const SIGNING_KEY: &str = "aws-crypto-public-key";
/// The longest footer: a length and as many bytes as it can announce.
pub(super) const MAX_FOOTER: usize = 2 + 0xffff;

/// # Errors
/// [`Error::Malformed`] for a signed message without a key, and for a key without a signature.
pub(super) fn check_presence(suite: &Suite, context: &EncryptionContext) -> Result<()> {
    match (suite.signed(), context.get(SIGNING_KEY)) {
        (false, Some(_)) => Err(Error::Malformed("an unsigned message carries a signing key")),
        (true, None) => Err(Error::Malformed("a signed message carries no signing key")),
        _ => Ok(()),
    }
}

/// How many bytes may follow a body.
pub(super) const fn max_footer(suite: &Suite) -> usize {
    if suite.signed() { MAX_FOOTER } else { 0 }
}
