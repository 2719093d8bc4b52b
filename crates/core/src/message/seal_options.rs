//! The options of sealing a message.

use crate::context::EncryptionContext;
use crate::error::{Error, Result};
use crate::frame::{DEFAULT_FRAME_LENGTH, MAX_FRAME_LENGTH};
use crate::suite::{self, Suite};

/// The options of sealing.
#[derive(Clone, Debug)]
pub struct SealOptions {
    /// Pairs to bind to the message and store in it, readable by anybody.
    pub encryption_context: EncryptionContext,
    /// Bytes of plaintext per frame, at most [`MAX_FRAME_LENGTH`].
    pub frame_length: u32,
    /// [`suite::DEFAULT`] or [`suite::SIGNED`].
    pub suite: &'static Suite,
}

impl Default for SealOptions {
    fn default() -> Self {
        let encryption_context = EncryptionContext::default();
        Self { encryption_context, frame_length: DEFAULT_FRAME_LENGTH, suite: suite::DEFAULT }
    }
}

impl SealOptions {
    pub(super) fn checked(&self) -> Result<&Self> {
        self.check().map(|()| self)
    }

    pub(super) fn check(&self) -> Result<()> {
        if !matches!(self.suite.id, 0x0478 | 0x0578) {
            return Err(Error::Unsupported("only suites that commit to their key are written"));
        }
        if (1..=MAX_FRAME_LENGTH).contains(&self.frame_length) {
            Ok(())
        } else {
            Err(Error::FrameLength(self.frame_length.into()))
        }
    }
}
