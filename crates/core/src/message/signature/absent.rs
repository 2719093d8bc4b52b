//! Stands for signatures where the crate was built without them.

use crate::error::{Error, Result};
use crate::message::header::Header;
#[cfg(feature = "keyrings")]
use crate::message::seal_options::SealOptions;
use alloc::vec::Vec;
use core::convert::Infallible;

/// There is none: nothing is signed.
#[derive(Debug)]
pub struct Signer(Infallible);

impl Signer {
    #[cfg(feature = "keyrings")]
    pub(in crate::message) fn new(options: &mut SealOptions) -> Result<Option<Self>> {
        if options.suite.signed() { Err(WITHOUT) } else { Ok(None) }
    }

    /// Takes the next bytes of the message.
    pub fn update(&mut self, _: &[u8]) {
        match self.0 {}
    }

    /// The footer.
    ///
    /// # Errors
    /// None.
    pub fn finish(self) -> Result<Vec<u8>> {
        match self.0 {}
    }
}

const WITHOUT: Error = Error::Unsupported("this program was built without signatures");

/// There is none: nothing is verified.
pub(in crate::message) struct Verifier(Infallible);

impl Verifier {
    /// # Errors
    /// [`Error::Unsupported`] for a signed message.
    pub(in crate::message) fn new(header: &Header) -> Result<Option<Self>> {
        if header.suite.signed() {
            return Err(WITHOUT);
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
