//! Pairs of the encryption context that are authenticated and not stored (docs/formats.md 2.2): who
//! opens gives them.

use super::header::Header;
use crate::context::EncryptionContext;
use crate::error::{Error, Result};
use alloc::{string::String, vec::Vec};

/// Adds what the message does not store of the required pairs to its context, and returns their
/// canonical form, of which the header's tag is made, too.
///
/// A given pair is either stored or, if its name is required, one of these; a stored name is never
/// replaced, so that what it has another value for is found to be a mismatch.
pub(super) fn complete(
    mut header: Header,
    required: &[String],
    given: &EncryptionContext,
) -> Result<(Header, Vec<u8>)> {
    if required.iter().any(|name| given.get(name).is_none()) {
        return Err(Error::Input("a required name of the encryption context has no pair"));
    }
    if required.is_empty() {
        return Ok((header, Vec::new()));
    }
    let unstored = given.filter(|name| {
        required.iter().any(|required| required == name) && header.context.get(name).is_none()
    });
    header.context = header.context.joined(unstored.iter())?;
    Ok((header, unstored.canonical()?))
}
