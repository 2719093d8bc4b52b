//! Code that all streams of `std::io` share.

use crate::codec::widen;
use crate::error::Error;
use alloc::vec::Vec;
use std::io::{self, Read};

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = match error {
            Error::Truncated => io::ErrorKind::UnexpectedEof,
            Error::Input(_) | Error::State(_) => io::ErrorKind::InvalidInput,
            _ => io::ErrorKind::InvalidData,
        };
        Self::new(kind, error)
    }
}

/// Reads until `buffer` holds `length` bytes; `false` when the input ends before.
pub(crate) fn fill(inner: &mut impl Read, buffer: &mut Vec<u8>, length: usize) -> io::Result<bool> {
    let missing = length.saturating_sub(buffer.len());
    inner.take(widen(missing)).read_to_end(buffer)?;
    Ok(buffer.len() >= length)
}
