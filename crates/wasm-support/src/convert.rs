//! Numbers and pairs as they cross.

use crate::error::Result;
use alloc::{string::String, vec::Vec};
use bongtu::Error;

const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// A JavaScript number as a count, when it is one.
#[expect(clippy::as_conversions, reason = "checked to be the same number, within range")]
pub fn integer(number: f64) -> Option<u64> {
    let count = number as u64;
    (count <= MAX_SAFE_INTEGER && count as f64 == number).then_some(count)
}

/// A number of bytes.
pub fn byte_count(number: f64) -> Result<u64> {
    integer(number).ok_or_else(|| Error::Input("a length must be a whole number of bytes").into())
}

/// A count as a JavaScript number.
#[expect(clippy::as_conversions, reason = "checked to be within range")]
pub fn exact(count: u64) -> Result<f64> {
    if count > MAX_SAFE_INTEGER {
        return Err(Error::TooLarge("more bytes than JavaScript counts exactly").into());
    }
    Ok(count as f64)
}

/// Name, value, name, value… as pairs.
pub fn pairs_of(flat: Vec<String>) -> impl Iterator<Item = (String, String)> {
    let mut flat = flat.into_iter();
    core::iter::from_fn(move || flat.next().zip(flat.next()))
}

/// What is called so, if anything is.
pub fn named<T>(
    name: Option<String>,
    from_name: fn(&str) -> bongtu::Result<T>,
) -> Result<Option<T>> {
    Ok(name.map(|name| from_name(&name)).transpose()?)
}
