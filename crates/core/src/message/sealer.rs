//! Sealing a message: data key, wrap, header, then frames as plans.

use super::frame_sealer::FrameSealer;
use super::header::Header;
use super::header_tag::header_tag;
use super::seal_options::SealOptions;
use super::signature;
use crate::codec::widen;
use crate::derive;
use crate::error::{Error, Result};
use crate::frame::{self, FrameLayout};
use crate::keyring::Keyring;
use crate::keys::{ContentKey, DataKey, random};
use crate::materials::EncryptedDataKey;
use crate::plan::{NONCE_LENGTH, TAG_LENGTH, WrapOp};
use crate::sealed::PieceSealer;
use crate::suite;
use alloc::vec::Vec;

/// Bytes of the message that `plaintext_length` bytes make. Exact, and free of any key.
///
/// # Errors
/// [`Error::NoPublicKey`], [`Error::FrameLength`], or [`Error::TooLarge`] when the frames exceed
/// their numbers.
pub fn sealed_size(keyring: &Keyring, plaintext_length: u64, options: &SealOptions) -> Result<u64> {
    options.check()?;
    keyring.check_seals(options.suite)?;
    let (context, footer) = signature::written_lengths(options)?;
    let header = Header::encoded_length(context, keyring.encrypted_data_keys_length()?);
    let header_and_footer = widen(header + TAG_LENGTH + footer);
    Ok(header_and_footer + frame::body_length(plaintext_length, options.frame_length)?)
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
        keyring.check_suite(options.suite)?;
        if options.suite.signed() {
            return Err(Error::Unsupported(
                "a signed message is sealed in order, by one who signs it",
            ));
        }
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
        let edk = self.keyring.encrypted_data_key(ciphertext)?;
        begin(&self.options, &self.data_key, self.message_id, &[edk])
    }
}

/// Makes the header of a message, and the key of its frames.
fn begin(
    options: &SealOptions,
    data_key: &DataKey,
    message_id: Vec<u8>,
    edks: &[EncryptedDataKey],
) -> Result<WrappedMessage<FrameLayout>> {
    let SealOptions { encryption_context, frame_length, suite } = options;
    let commitment = derive::commitment(data_key, &message_id)?;
    let mut header =
        Header::encode(suite, &message_id, encryption_context, edks, *frame_length, &commitment)?;
    let content_key = derive::content_key(suite, data_key, &message_id)?;
    let tag = header_tag(&content_key, &[0; NONCE_LENGTH], &header)?;
    header.extend_from_slice(&tag);
    let frames = FrameLayout { message_id, frame_length: *frame_length };
    Ok(WrappedMessage { header, content_key, frames })
}

/// The same with a new message id, and with frames in order.
#[cfg(feature = "keyrings")]
pub(super) fn begin_frames(
    options: &SealOptions,
    data_key: &DataKey,
    edks: &[EncryptedDataKey],
) -> Result<WrappedMessage<FrameSealer>> {
    let message_id = random(options.suite.message_id_length())?.to_vec();
    Ok(begin(options, data_key, message_id, edks)?.map(FrameSealer::new))
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
