//! Stands for signatures where the crate was built without them.

use crate::error::{Error, Result};
use crate::message::header::Header;
use core::convert::Infallible;

/// There is none.
pub(in crate::message) struct Verifier(Infallible);

impl Verifier {
    /// # Errors
    /// [`Error::Unsupported`] for a signed message.
    pub(in crate::message) fn new(header: &Header) -> Result<Option<Self>> {
        if header.suite.signed() {
            return Err(Error::Unsupported("this program was built without signatures"));
        }
        Ok(None)
    }

    pub(in crate::message) fn update(&mut self, _: &[u8]) {
        match self.0 {}
    }

    pub(in crate::message) fn finish(self, _: &[u8]) -> Result<()> {
        match self.0 {}
    }
}
