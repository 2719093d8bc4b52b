//! The signature behind the body (docs/formats.md 2.8): its key in the context, and the footer.

use super::seal_options::SealOptions;
use crate::context::EncryptionContext;
use crate::error::{Error, Result};
use crate::suite::Suite;

#[cfg(not(feature = "signatures"))]
mod absent;
#[cfg(feature = "signatures")]
mod signer;
#[cfg(feature = "signatures")]
mod verifier;

#[cfg(not(feature = "signatures"))]
pub use absent::Signer;
#[cfg(not(feature = "signatures"))]
pub(super) use absent::Verifier;
#[cfg(feature = "signatures")]
pub use signer::Signer;
#[cfg(feature = "signatures")]
pub(super) use verifier::Verifier;

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

/// Bytes of the DER that is written: signing again makes it so long.
const DER_LENGTH: usize = 103;
/// Bytes of a footer that is written.
pub(super) const FOOTER_LENGTH: usize = 2 + DER_LENGTH;

/// Bytes of the context and the footer that will be written.
pub(super) fn written_lengths(options: &SealOptions) -> Result<(usize, usize)> {
    #[cfg(feature = "keyrings")]
    if options.suite.signed() {
        // A key of P-384 has 68 characters.
        let context = with_key(&options.encryption_context, &"A".repeat(68))?;
        return Ok((context.canonical()?.len(), FOOTER_LENGTH));
    }
    Ok((options.encryption_context.canonical()?.len(), 0))
}

#[cfg(feature = "keyrings")]
fn with_key(context: &EncryptionContext, key: &str) -> Result<EncryptionContext> {
    context.with(SIGNING_KEY, key)
}

/// How many bytes may follow a body.
pub(super) const fn max_footer(suite: &Suite) -> usize {
    if suite.signed() { MAX_FOOTER } else { 0 }
}
