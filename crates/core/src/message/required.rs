//! Pairs of the encryption context that are authenticated and not stored (docs/formats.md 2.2): who
//! opens gives them.

use super::opener::OpenOptions;
use crate::context::EncryptionContext;
use crate::error::{Error, Result};
use alloc::vec::Vec;

/// Adds what the message does not store of the required pairs to its `context`, and returns their
/// canonical form, of which the header's tag is made, too.
///
/// A given pair is either stored or, if its name is required, one of these; a stored name is never
/// replaced, so that what it has another value for is found to be a mismatch.
pub(super) fn complete(context: &mut EncryptionContext, options: &OpenOptions) -> Result<Vec<u8>> {
    let required = &options.required_encryption_context_keys;
    let given = &options.encryption_context;
    if required.iter().any(|name| given.get(name).is_none()) {
        return Err(Error::Input("a required name of the encryption context has no pair"));
    }
    if required.is_empty() {
        return Ok(Vec::new());
    }
    let unstored = given.filter(|name| {
        required.iter().any(|required| required == name) && context.get(name).is_none()
    });
    *context = context.joined(unstored.iter())?;
    unstored.canonical()
}
