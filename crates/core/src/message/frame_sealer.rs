//! Plans for the frames of a message that is sealed in order.

use crate::error::{Error, Result};
use crate::frame::FrameLayout;
use crate::plan::{PieceOp, SealOp, Sealed, Session, Ticket};
use alloc::{sync::Arc, vec::Vec};
use core::ops::Range;

/// Plans a message's frames, in order, each for exactly one plaintext.
#[derive(Debug)]
pub struct FrameSealer {
    session: Arc<Session>,
    layout: FrameLayout,
    planned: u32,
    planned_final: bool,
    confirmed: u32,
}

impl FrameSealer {
    pub(super) fn new(layout: FrameLayout) -> Self {
        let session = Arc::default();
        Self { session, layout, planned: 0, planned_final: false, confirmed: 0 }
    }

    /// Bytes of plaintext per frame.
    #[must_use]
    pub const fn frame_length(&self) -> usize {
        self.layout.frame_length()
    }

    /// Plans the frames of a block of `length` bytes: whole frames while more follows, whatever
    /// is left when the plaintext ends here (`last`).
    ///
    /// # Errors
    /// [`Error::State`] after the end, after a failure, or for a block of broken frames;
    /// [`Error::TooLarge`] when the sequence numbers are used up.
    pub fn plan(&mut self, length: usize, last: bool) -> Result<Vec<SealOp>> {
        self.check_sound()?;
        if self.planned_final {
            return Err(Error::State("the final frame is already planned"));
        }
        let frame_length = self.frame_length();
        if !last && !length.is_multiple_of(frame_length) {
            return Err(Error::State("a block of broken frames"));
        }
        let regular =
            if last { length.saturating_sub(1) / frame_length } else { length / frame_length };
        let mut ops = Vec::with_capacity(regular + 1);
        for n in 0..regular {
            let start = n * frame_length;
            ops.push(self.op(false, start..start + frame_length)?);
        }
        if last {
            ops.push(self.op(true, regular * frame_length..length)?);
            self.planned_final = true;
        }
        Ok(ops)
    }

    fn op(&mut self, last: bool, text: Range<usize>) -> Result<SealOp> {
        let PieceOp { id, nonce, aad, prefix, text } = self.layout.op(self.planned, last, text)?;
        self.planned += 1;
        let ticket = Ticket::new(Arc::clone(&self.session), id + 1);
        Ok(SealOp { ticket, nonce, aad, prefix, text })
    }

    /// Takes the proof that the next frame in order was sealed.
    ///
    /// # Errors
    /// [`Error::State`] for another frame's proof; nothing can be sealed after that.
    pub fn confirm(&mut self, proof: Sealed) -> Result<()> {
        if !proof.0.redeem(&self.session, self.confirmed + 1) {
            self.session.poison();
        }
        self.check_sound()?;
        self.confirmed += 1;
        Ok(())
    }

    /// Ends the session for good: what was planned may not be planned again.
    pub fn fail(&mut self) {
        self.session.poison();
    }

    /// Ends the message.
    ///
    /// # Errors
    /// [`Error::State`] unless every frame up to the final one was sealed.
    pub fn finish(&self) -> Result<()> {
        self.check_sound()?;
        if self.planned_final && self.confirmed == self.planned {
            Ok(())
        } else {
            Err(Error::State("the message is not complete"))
        }
    }

    fn check_sound(&self) -> Result<()> {
        if self.session.is_poisoned() {
            Err(Error::State("an operation failed or was dropped; seal again from the start"))
        } else {
            Ok(())
        }
    }
}
