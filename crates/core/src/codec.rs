//! Reading and writing big-endian fields, and lengths, without indexing and without panics.

use crate::error::Error;
use alloc::vec::Vec;

/// Why a parser stopped.
#[derive(Debug)]
pub(crate) enum Stop {
    /// At least this many bytes are needed in all.
    Incomplete(usize),
    /// No further bytes can mend it.
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// A cursor over bytes that may still be arriving.
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self::at(bytes, 0)
    }

    pub(crate) const fn at(bytes: &'a [u8], position: usize) -> Self {
        Self { bytes, position }
    }

    pub(crate) const fn position(&self) -> usize {
        self.position
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.position == self.bytes.len()
    }

    pub(crate) fn take(&mut self, length: usize) -> Result<&'a [u8], Stop> {
        let end = self.position.saturating_add(length);
        let taken = self.bytes.get(self.position..end).ok_or(Stop::Incomplete(end))?;
        self.position = end;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Stop> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, Stop> {
        self.array().map(u8::from_be_bytes)
    }

    pub(crate) fn u16(&mut self) -> Result<u16, Stop> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, Stop> {
        self.array().map(u32::from_be_bytes)
    }

    /// Bytes behind their own `u16` length.
    pub(crate) fn prefixed(&mut self) -> Result<&'a [u8], Stop> {
        let length = self.u16()?;
        self.take(length.into())
    }
}

/// Appends bytes behind their own `u16` length; `None` when that does not fit.
#[must_use]
pub(crate) fn put_prefixed(out: &mut Vec<u8>, bytes: &[u8]) -> Option<()> {
    let length = u16::try_from(bytes.len()).ok()?;
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(bytes);
    Some(())
}

/// A length in memory as the formats count: 64 bits hold it everywhere.
pub(crate) fn widen(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
