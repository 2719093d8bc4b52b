//! Sealing a message: data key, wrap, header, then frames as plans.

use super::header::Header;
use super::header_tag::header_tag;
use crate::codec::widen;
use crate::context::EncryptionContext;
use crate::derive;
use crate::error::{Error, Result};
use crate::frame::{self, DEFAULT_FRAME_LENGTH, FrameLayout, MAX_FRAME_LENGTH};
use crate::keyring::Keyring;
use crate::keys::{ContentKey, DataKey, random};
use crate::plan::{NONCE_LENGTH, PieceOp, SealOp, Sealed, Session, TAG_LENGTH, Ticket, WrapOp};
use crate::sealed::PieceSealer;
use crate::suite;
use alloc::{sync::Arc, vec::Vec};
use core::ops::Range;

/// The options of sealing.
#[derive(Clone, Debug)]
pub struct SealOptions {
    /// Pairs to bind to the message and store in it, readable by anybody.
    pub encryption_context: EncryptionContext,
    /// Bytes of plaintext per frame, at most [`MAX_FRAME_LENGTH`].
    pub frame_length: u32,
}

impl Default for SealOptions {
    fn default() -> Self {
        let encryption_context = EncryptionContext::default();
        Self { encryption_context, frame_length: DEFAULT_FRAME_LENGTH }
    }
}

impl SealOptions {
    fn check(&self) -> Result<()> {
        if (1..=MAX_FRAME_LENGTH).contains(&self.frame_length) {
            Ok(())
        } else {
            Err(Error::FrameLength(self.frame_length.into()))
        }
    }
}

/// Bytes of the message that `plaintext_length` bytes make. Exact, and free of any key.
///
/// # Errors
/// [`Error::NoPublicKey`], [`Error::FrameLength`], or [`Error::TooLarge`] when the frames exceed
/// their numbers.
pub fn sealed_size(keyring: &Keyring, plaintext_length: u64, options: &SealOptions) -> Result<u64> {
    options.check()?;
    let context_length = options.encryption_context.canonical()?.len();
    let header = Header::encoded_length(context_length, keyring.encrypted_data_key_length()?);
    let header = widen(header + TAG_LENGTH);
    Ok(header + frame::body_length(plaintext_length, options.frame_length)?)
}

/// A message whose data key is made and waits for its wrap.
#[derive(Debug)]
pub struct Sealing {
    keyring: Keyring,
    options: SealOptions,
    data_key: DataKey,
    message_id: Vec<u8>,
    wrap: WrapOp,
}

impl Sealing {
    /// Makes a data key and a message id, and plans the wrap.
    ///
    /// # Errors
    /// [`Error::NoPublicKey`], [`Error::FrameLength`] or [`Error::Random`].
    pub fn new(keyring: &Keyring, options: SealOptions) -> Result<Self> {
        let data_key = DataKey::generate(suite::DEFAULT.key_length)?;
        let message_id = random(suite::DEFAULT.message_id_length())?;
        Self::with_data_key(keyring, options, data_key, &message_id)
    }

    fn with_data_key(
        keyring: &Keyring,
        options: SealOptions,
        data_key: DataKey,
        message_id: &[u8],
    ) -> Result<Self> {
        options.check()?;
        keyring.check_suite(suite::DEFAULT)?;
        let wrap = keyring.wrap(&options.encryption_context, &data_key)?;
        let message_id = message_id.to_vec();
        Ok(Self { keyring: keyring.clone(), options, data_key, message_id, wrap })
    }

    /// The wrap to run.
    #[must_use]
    pub const fn wrap(&self) -> &WrapOp {
        &self.wrap
    }

    /// Takes the wrapped data key: the header is complete then, and the frames can be planned, in
    /// order and each once.
    ///
    /// # Errors
    /// [`Error::State`] when `ciphertext` is not as long as the key's modulus.
    pub fn wrapped(self, ciphertext: &[u8]) -> Result<WrappedMessage<FrameSealer>> {
        Ok(self.finish(ciphertext)?.map(FrameSealer::new))
    }

    /// The same for frames in any order, of a plaintext of `length` bytes.
    ///
    /// # Errors
    /// As [`Sealing::wrapped`].
    pub fn wrapped_pieces(
        self,
        ciphertext: &[u8],
        length: u64,
    ) -> Result<WrappedMessage<PieceSealer>> {
        Ok(self.finish(ciphertext)?.map(|layout| PieceSealer::frames(layout, length)))
    }

    fn finish(self, ciphertext: &[u8]) -> Result<WrappedMessage<FrameLayout>> {
        let suite = suite::DEFAULT;
        let mut header = Header::encode(
            suite,
            &self.message_id,
            &self.options.encryption_context,
            &[self.keyring.encrypted_data_key(ciphertext)?],
            self.options.frame_length,
            &derive::commitment(&self.data_key, &self.message_id)?,
        )?;
        let content_key = derive::content_key(suite, &self.data_key, &self.message_id)?;
        let tag = header_tag(&content_key, &[0; NONCE_LENGTH], &header)?;
        header.extend_from_slice(&tag);
        let frames =
            FrameLayout { message_id: self.message_id, frame_length: self.options.frame_length };
        Ok(WrappedMessage { header, content_key, frames })
    }
}

/// A message whose data key is wrapped: what is left to do is its frames.
#[derive(Debug)]
pub struct WrappedMessage<F> {
    /// The header, with which the message begins.
    pub header: Vec<u8>,
    /// The key of the frames.
    pub content_key: ContentKey,
    /// Plans them.
    pub frames: F,
}

impl WrappedMessage<FrameLayout> {
    fn map<F>(self, plan: impl FnOnce(FrameLayout) -> F) -> WrappedMessage<F> {
        let Self { header, content_key, frames } = self;
        WrappedMessage { header, content_key, frames: plan(frames) }
    }
}

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
    fn new(layout: FrameLayout) -> Self {
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
