//! A message's frames as plans, in order.

use crate::error::{Error, Result};
use crate::frame::{self, Walker};
use crate::plan::{OpenOp, Opened, Session, Ticket};
use alloc::{sync::Arc, vec::Vec};

/// Plans the decryption of a message's frames, in order.
#[derive(Debug)]
pub struct FrameOpener {
    session: Arc<Session>,
    message_id: Vec<u8>,
    frame_length: u32,
    walker: Walker,
    confirmed: u64,
}

impl FrameOpener {
    /// Bytes that must be known to follow a block, or to be its end: see [`FrameOpener::plan`].
    pub const LOOKAHEAD: usize = Walker::LOOKAHEAD;

    /// `max_trailer` bytes may follow the final frame: a signed message's footer.
    pub(super) fn new(message_id: Vec<u8>, frame_length: u32, max_trailer: usize) -> Self {
        let walker = Walker::new(frame_length, max_trailer);
        Self { session: Arc::default(), message_id, frame_length, walker, confirmed: 0 }
    }

    /// Bytes from one frame's start to the next.
    #[must_use]
    pub const fn stride(&self) -> usize {
        frame::stride(self.frame_length)
    }

    /// Bytes of plaintext in a body of this length; `None` where no body has it.
    #[must_use]
    pub fn plaintext_length(&self, body_length: u64) -> Option<u64> {
        frame::text_length(body_length, self.frame_length)
    }

    /// Plans the frames of a block of `length` bytes. A block holds a whole number of strides and
    /// is followed by more than [`FrameOpener::LOOKAHEAD`] bytes, unless it is the `last`, which
    /// holds all that is left. `heads` is the first [`frame::HEAD_LENGTH`] bytes of every stride
    /// in the block, back to back, the last one possibly shorter.
    ///
    /// # Errors
    /// [`Error::Malformed`] or [`Error::TrailingData`]; a missing end is reported by
    /// [`FrameOpener::finish`], after the frames that are there.
    pub fn plan(&mut self, heads: &[u8], length: usize, last: bool) -> Result<Vec<OpenOp>> {
        let frames = self.walker.walk(heads, length, last)?;
        Ok(frames
            .into_iter()
            .map(|frame| OpenOp {
                ticket: Ticket::new(Arc::clone(&self.session), frame.sequence),
                nonce: frame.nonce,
                aad: frame::aad(&self.message_id, frame.kind, frame.sequence, frame.text_length),
                sealed: frame.sealed,
            })
            .collect())
    }

    /// Takes the proof that the next frame in order verified: its plaintext may be released.
    ///
    /// # Errors
    /// [`Error::State`] for another frame's proof, and ever after one.
    pub fn confirm(&mut self, proof: Opened) -> Result<()> {
        let next = self.confirmed + 1;
        let redeemed = u32::try_from(next).is_ok_and(|id| proof.0.redeem(&self.session, id));
        if !redeemed || self.session.is_poisoned() {
            self.session.poison();
            return Err(Error::State("a frame failed or was confirmed out of order"));
        }
        self.confirmed = next;
        Ok(())
    }

    /// Ends the session for good.
    pub fn fail(&mut self) {
        self.session.poison();
    }

    /// Ends the message: only now is it complete.
    ///
    /// # Errors
    /// [`Error::Truncated`] when the final frame is missing, [`Error::State`] when a frame was not
    /// verified.
    pub fn finish(&self) -> Result<()> {
        self.walker.finish()?;
        if self.session.is_poisoned() || self.confirmed != self.walker.count() {
            return Err(Error::State("a frame was not verified"));
        }
        Ok(())
    }
}
