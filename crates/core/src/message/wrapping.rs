//! Sealing with keyrings of every kind: the data key is made and wrapped by each of them, symmetric
//! KMS keys being asked for it.

use super::frame_sealer::FrameSealer;
use super::seal_options::SealOptions;
use super::sealer::{WrappedMessage, begin_frames};
use super::signature::Signer;
use crate::error::{Error, Result};
use crate::keyring::Keyring;
use crate::keys::DataKey;
use crate::kms::{EncryptRequest, GenerateDataKeyRequest, SealRequest, SealResponse};
use crate::materials::EncryptedDataKey;
use alloc::{collections::VecDeque, vec::Vec};

/// A message whose data key is being made and wrapped: asks for KMS calls and takes their answers.
/// Every keyring must do its part, or there is no message.
#[derive(Debug)]
pub struct Wrapping {
    /// The keyrings that have not wrapped the data key yet.
    keyrings: VecDeque<Keyring>,
    options: SealOptions,
    signer: Option<Signer>,
    data_key: Option<DataKey>,
    pending: Option<Pending>,
    edks: Vec<EncryptedDataKey>,
}

#[derive(Debug)]
enum Pending {
    Generate(GenerateDataKeyRequest),
    Encrypt(EncryptRequest),
}

impl Wrapping {
    /// Begins with the first keyring, which makes the data key.
    ///
    /// # Errors
    /// What is wrong with keyrings ([`Error::NoPublicKey`], [`Error::Unsupported`] for a suite that one
    /// does not take, [`Error::Input`] for a namespace that is AWS's) or options
    /// ([`Error::FrameLength`], [`Error::Context`]), or [`Error::Random`].
    pub fn new(keyring: &Keyring, mut options: SealOptions) -> Result<Self> {
        options.check()?;
        keyring.check_seals(options.suite)?;
        let signer = Signer::new(&mut options)?;
        let mut wrapping = Self {
            keyrings: keyring.each().iter().cloned().collect(),
            options,
            signer,
            data_key: None,
            pending: None,
            edks: Vec::new(),
        };
        wrapping.advance()?;
        Ok(wrapping)
    }

    /// The call to make next, `None` when all is settled.
    #[must_use]
    pub fn request(&self) -> Option<SealRequest<'_>> {
        match self.pending.as_ref()? {
            Pending::Generate(request) => Some(SealRequest::GenerateDataKey(request)),
            Pending::Encrypt(request) => Some(SealRequest::Encrypt(request)),
        }
    }

    /// Takes the answer to [`Wrapping::request`].
    ///
    /// # Errors
    /// [`Error::Unwrap`] when it is of another key, or no data key of 32 bytes; [`Error::State`] when
    /// it was not asked for; as [`Wrapping::new`] for the keyrings that follow.
    pub fn respond(&mut self, response: SealResponse) -> Result<()> {
        let (key_arn, key_id, ciphertext) = match (self.pending.take(), response) {
            (Some(Pending::Generate(request)), SealResponse::GenerateDataKey(response)) => {
                if response.plaintext.len() != self.options.suite.key_length {
                    return Err(Error::Unwrap);
                }
                self.data_key = Some(DataKey::new(response.plaintext));
                (request.key_id, response.key_id, response.ciphertext_blob)
            }
            (Some(Pending::Encrypt(request)), SealResponse::Encrypt(response)) => {
                (request.key_id, response.key_id, response.ciphertext_blob)
            }
            _ => return Err(Error::State("no such KMS response was asked for")),
        };
        if key_id != key_arn.as_str() || ciphertext.is_empty() {
            return Err(Error::Unwrap);
        }
        let Some(Keyring::Kms(keyring)) = self.keyrings.front() else {
            return Err(Error::State("no such KMS response was asked for"));
        };
        self.edks.push(keyring.encrypted_data_key(ciphertext));
        // Only now: a keyring whose answer was refused has not done its part.
        self.keyrings.pop_front();
        self.advance()
    }

    /// Has the data key wrapped up to the next call to KMS.
    fn advance(&mut self) -> Result<()> {
        while let Some(keyring) = self.keyrings.front() {
            let context = &self.options.encryption_context;
            let data_key = match (&self.data_key, keyring) {
                (None, Keyring::Kms(keyring)) => {
                    self.pending = Some(Pending::Generate(keyring.generate(context.into())));
                    return Ok(());
                }
                (Some(data_key), Keyring::Kms(keyring)) => {
                    self.pending = Some(Pending::Encrypt(keyring.encrypt(context, data_key)));
                    return Ok(());
                }
                (Some(data_key), _) => data_key,
                (None, _) => {
                    self.data_key.insert(DataKey::generate(self.options.suite.key_length)?)
                }
            };
            self.edks.push(keyring.wrap_locally(context, data_key)?);
            self.keyrings.pop_front();
        }
        Ok(())
    }

    /// The header, and what plans the frames. What signs must take every byte of the message, and its
    /// footer must follow.
    ///
    /// # Errors
    /// [`Error::State`] while a call is unanswered; [`Error::TooLarge`] for more than a header holds.
    pub fn finish(self) -> Result<(WrappedMessage<FrameSealer>, Option<Signer>)> {
        let unanswered = Error::State("a KMS request is unanswered");
        let data_key = self.data_key.filter(|_| self.keyrings.is_empty()).ok_or(unanswered)?;
        let message = begin_frames(&self.options, &data_key, &self.edks)?;
        let mut signer = self.signer;
        if let Some(signer) = &mut signer {
            signer.update(&message.header);
        }
        Ok((message, signer))
    }
}

/// Wraps with every keyring; `kms` makes the calls that are asked for.
pub(super) fn wrap(
    keyring: &Keyring,
    options: SealOptions,
    mut kms: impl FnMut(SealRequest<'_>) -> Result<SealResponse>,
) -> Result<(WrappedMessage<FrameSealer>, Option<Signer>)> {
    let mut wrapping = Wrapping::new(keyring, options)?;
    while let Some(request) = wrapping.request() {
        let response = kms(request)?;
        wrapping.respond(response)?;
    }
    wrapping.finish()
}
