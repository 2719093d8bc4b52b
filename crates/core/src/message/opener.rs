//! Opening a message as far as its body: header, unwrap, verified header (docs/formats.md 2.9 gives
//! the order of the checks).

use super::frame_opener::FrameOpener;
use super::header::{ContentType, Header};
use super::header_tag::check_header_tag;
use super::limits::Limits;
use super::signature;
use crate::commitment_policy::CommitmentPolicy;
use crate::context::EncryptionContext;
use crate::derive;
use crate::error::{Error, Result};
use crate::keyring::Keyring;
use crate::keys::{ContentKey, DataKey};
use crate::kms::{DecryptRequest, DecryptResponse, KmsFailure};
use crate::materials::UnwrapSession;
use crate::suite::Suite;
#[cfg(feature = "keyrings")]
use alloc::{string::String, vec::Vec};

/// The options of opening.
#[derive(Clone, Debug, Default)]
pub struct OpenOptions {
    /// Pairs that the message's context must contain.
    pub encryption_context: EncryptionContext,
    /// Names of such pairs that the message need not store: it may have been sealed so that only
    /// who knows them can open it. Every one of them must be in `encryption_context`.
    #[cfg(feature = "keyrings")]
    pub required_encryption_context_keys: Vec<String>,
    /// Which suites are opened.
    pub commitment_policy: CommitmentPolicy,
    /// Bounds on the header.
    pub limits: Limits,
}

/// A header that parsed. Nothing in it is verified yet.
#[derive(Debug)]
pub struct UnverifiedHeader {
    header: Header,
    options: OpenOptions,
}

impl UnverifiedHeader {
    /// Parses the header at the start of a whole message; a [`super::HeaderReader`] takes one that
    /// comes in pieces.
    ///
    /// # Errors
    /// [`Error::NotSealed`], [`Error::Base64`], [`Error::Malformed`], [`Error::Limit`] or
    /// [`Error::Truncated`].
    pub fn parse(message: &[u8], options: OpenOptions) -> Result<Self> {
        Ok(Self::new(Header::parse(message, &options.limits)?, options))
    }

    /// Begins with the header that a [`super::HeaderReader`] read from a message in pieces.
    #[must_use]
    pub const fn new(header: Header, options: OpenOptions) -> Self {
        Self { header, options }
    }

    /// Bytes of the header; the frames follow.
    #[must_use]
    pub fn length(&self) -> usize {
        self.header.length()
    }

    /// Begins to unwrap the data key of a message whose frames are opened as
    /// [`UnwrappedMessage::frames`] plans them. That is one in frames and without a signature, which
    /// would have to be verified before any frame is released.
    ///
    /// # Errors
    /// [`Error::NoMatchingKey`] where no encrypted data key is the keyring's, whatever else there
    /// is to say; [`Error::CommitmentPolicy`] or [`Error::Unsupported`] for the suite,
    /// [`Error::Unsupported`] for an unframed body, [`Error::Malformed`] for encrypted data keys
    /// that break the rules of the keyring's kind; [`Error::Input`] for a required name without a
    /// pair.
    pub fn unwrap(self, keyring: &Keyring) -> Result<Opening> {
        let opening = self.unwrap_any(keyring)?;
        if opening.header.suite.signed() {
            return Err(Error::Unsupported("signed messages are not opened frame by frame"));
        }
        if opening.header.content_type == ContentType::NonFramed {
            return Err(Error::Unsupported("messages without frames are not opened"));
        }
        Ok(opening)
    }

    /// The same for a message of any kind.
    pub(super) fn unwrap_any(self, keyring: &Keyring) -> Result<Opening> {
        let Self { header, options } = self;
        #[cfg(feature = "keyrings")]
        let (header, unstored) = super::required::complete(
            header,
            &options.required_encryption_context_keys,
            &options.encryption_context,
        )?;
        let session = keyring.unwrap(&header.edks, &header.context, header.suite)?;
        if session.is_empty() {
            return Err(Error::NoMatchingKey);
        }
        if !header.suite.committing() && !options.commitment_policy.allows_uncommitted() {
            return Err(Error::CommitmentPolicy(header.suite.name));
        }
        keyring.check_suite(header.suite)?;
        signature::check_presence(header.suite, &header.context)?;
        #[cfg(feature = "keyrings")]
        let session = session.advanced();
        Ok(Opening {
            header,
            #[cfg(feature = "keyrings")]
            unstored,
            options,
            session,
        })
    }
}

/// A message whose data key is being unwrapped: asks for KMS calls and takes their answers.
#[derive(Debug)]
pub struct Opening {
    /// Its context is whole, and was not verified.
    header: Header,
    /// The canonical form of the pairs that the message does not store.
    #[cfg(feature = "keyrings")]
    unstored: Vec<u8>,
    options: OpenOptions,
    session: UnwrapSession,
}

impl Opening {
    /// The call to make next, `None` when there is none left to make.
    #[must_use]
    pub fn request(&self) -> Option<&DecryptRequest> {
        self.session.request()
    }

    /// Takes the answer to [`Opening::request`].
    ///
    /// # Errors
    /// [`Error::State`] when nothing was asked for.
    pub fn respond(&mut self, answer: Result<DecryptResponse, KmsFailure>) -> Result<()> {
        self.session.respond(answer)
    }

    /// Verifies the header under the unwrapped data key. Its context is released only here.
    ///
    /// # Errors
    /// [`Error::Unwrap`] or [`Error::Kms`] without a data key; then
    /// [`Error::Commitment`], [`Error::Authentication`] and [`Error::ContextMismatch`], in this
    /// order.
    pub fn finish(self) -> Result<UnwrappedMessage> {
        self.verify().map(Verified::into_frames)
    }

    pub(super) fn verify(self) -> Result<Verified> {
        #[cfg(feature = "keyrings")]
        let (unstored, unauthenticated) = (&self.unstored, self.session.rules.unauthenticated);
        #[cfg(not(feature = "keyrings"))]
        let unstored = &[];
        let data_key = self.session.finish()?;
        let verified = verify(self.header, unstored, &self.options, &data_key);
        #[cfg(feature = "keyrings")]
        if unauthenticated && matches!(verified, Err(Error::Commitment | Error::Authentication)) {
            // Nobody may learn which ciphertexts have the padding of a data key.
            return Err(Error::Unwrap);
        }
        verified
    }
}

pub(super) fn verify(
    header: Header,
    unstored: &[u8],
    options: &OpenOptions,
    data_key: &DataKey,
) -> Result<Verified> {
    if let Some(found) = &header.commitment {
        derive::check_commitment(data_key, &header.message_id, found)?;
    }
    let content_key = derive::content_key(header.suite, data_key, &header.message_id)?;
    let authenticated = [&header.body[..], unstored];
    check_header_tag(&content_key, &header.nonce, &authenticated.concat(), &header.tag)?;
    if !header.context.contains(&options.encryption_context) {
        return Err(Error::ContextMismatch);
    }
    Ok(Verified { header, content_key })
}

/// A message of any kind whose data key is unwrapped and whose header's tag has verified. What a
/// signed one says is released when its signature has verified, too.
pub(super) struct Verified {
    pub(super) header: Header,
    pub(super) content_key: ContentKey,
}

impl Verified {
    /// What opens a body in frames that nothing follows.
    fn into_frames(self) -> UnwrappedMessage {
        let header = VerifiedHeader::new(&self.header);
        let frames = FrameOpener::new(self.header.message_id, header.frame_length, 0);
        UnwrappedMessage { header, content_key: self.content_key, frames }
    }
}

/// A message whose data key is unwrapped and whose header is verified.
#[derive(Debug)]
pub struct UnwrappedMessage {
    /// The contents of the header.
    pub header: VerifiedHeader,
    /// The key of the frames.
    pub content_key: ContentKey,
    /// Plans them.
    pub frames: FrameOpener,
}

/// The contents of a header whose tag verified.
#[derive(Clone, Debug)]
pub struct VerifiedHeader {
    /// The algorithm suite.
    pub suite: &'static Suite,
    /// The whole encryption context of the message.
    pub encryption_context: EncryptionContext,
    /// Bytes of plaintext per frame; 0 when there are no frames.
    pub frame_length: u32,
}

impl VerifiedHeader {
    pub(super) fn new(header: &Header) -> Self {
        Self {
            suite: header.suite,
            encryption_context: header.context.clone(),
            frame_length: header.frame_length,
        }
    }
}

#[cfg(test)]
mod tests;
