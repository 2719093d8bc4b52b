//! Opening a message: header, unwrap, verified header, then frames as plans
//! (docs/formats.md 2.9 gives the order of the checks).

use super::header::{ContentType, Header};
use super::header_tag::check_header_tag;
use super::limits::Limits;
use crate::context::EncryptionContext;
use crate::derive;
use crate::error::{Error, Result};
use crate::frame::{self, Walker};
use crate::keyring::Keyring;
use crate::keys::{ContentKey, DataKey};
use crate::kms::{DecryptRequest, DecryptResponse, KmsFailure};
use crate::materials::UnwrapSession;
use crate::plan::{OpenOp, Opened, Session, Ticket};
use crate::suite::Suite;
use alloc::{sync::Arc, vec::Vec};

/// The suites that may be opened, by AWS's names. bongtu always writes committing suites.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CommitmentPolicy {
    /// `FORBID_ENCRYPT_ALLOW_DECRYPT`: opens all.
    ForbidEncryptAllowDecrypt,
    /// `REQUIRE_ENCRYPT_ALLOW_DECRYPT`: opens all.
    RequireEncryptAllowDecrypt,
    /// `REQUIRE_ENCRYPT_REQUIRE_DECRYPT`: opens committing suites only.
    #[default]
    RequireEncryptRequireDecrypt,
}

impl CommitmentPolicy {
    /// # Errors
    /// [`Error::Input`] for any name but AWS's three.
    pub fn from_name(name: &str) -> Result<Self> {
        match name {
            "FORBID_ENCRYPT_ALLOW_DECRYPT" => Ok(Self::ForbidEncryptAllowDecrypt),
            "REQUIRE_ENCRYPT_ALLOW_DECRYPT" => Ok(Self::RequireEncryptAllowDecrypt),
            "REQUIRE_ENCRYPT_REQUIRE_DECRYPT" => Ok(Self::RequireEncryptRequireDecrypt),
            _ => Err(Error::Input("commitmentPolicy must be one of AWS's three policies")),
        }
    }

    pub(crate) const fn allows_uncommitted(self) -> bool {
        !matches!(self, Self::RequireEncryptRequireDecrypt)
    }
}

/// The context's pair that only signed messages have (docs/formats.md 2.8).
const SIGNING_KEY: &str = "aws-crypto-public-key";

/// The options of opening.
#[derive(Clone, Debug, Default)]
pub struct OpenOptions {
    /// Pairs that the message's context must contain.
    pub encryption_context: EncryptionContext,
    /// The suites that are opened.
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

    /// Begins to unwrap the data key.
    ///
    /// # Errors
    /// [`Error::NoMatchingKey`] where no encrypted data key is the keyring's, whatever else there
    /// is to say; [`Error::CommitmentPolicy`] or [`Error::Unsupported`] for the suite,
    /// [`Error::Unsupported`] for an unframed body, [`Error::Malformed`] for encrypted data keys
    /// that break the rules of the keyring's kind.
    pub fn unwrap(self, keyring: &Keyring) -> Result<Opening> {
        let Self { header, options } = self;
        let session =
            keyring.unwrap(&header.edks, header.context.clone(), header.suite.key_length)?;
        if session.request().is_none() {
            return Err(Error::NoMatchingKey);
        }
        if !header.suite.committing() && !options.commitment_policy.allows_uncommitted() {
            return Err(Error::CommitmentPolicy(header.suite.name));
        }
        keyring.check_suite(header.suite)?;
        if !header.suite.signed && header.context.iter().any(|(name, _)| name == SIGNING_KEY) {
            return Err(Error::Malformed("an unsigned message carries a signing key"));
        }
        if header.content_type == ContentType::NonFramed {
            return Err(Error::Unsupported("messages without frames are not opened"));
        }
        Ok(Opening { header, options, session })
    }
}

/// A message whose data key is being unwrapped: asks for KMS calls and takes their answers.
#[derive(Debug)]
pub struct Opening {
    header: Header,
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
        let data_key = self.session.finish()?;
        verify(self.header, &self.options, &data_key)
    }
}

fn verify(header: Header, options: &OpenOptions, data_key: &DataKey) -> Result<UnwrappedMessage> {
    if let Some(found) = &header.commitment {
        derive::check_commitment(data_key, &header.message_id, found)?;
    }
    let content_key = derive::content_key(header.suite, data_key, &header.message_id)?;
    check_header_tag(&content_key, &header.nonce, &header.body, &header.tag)?;
    if !header.context.contains(&options.encryption_context) {
        return Err(Error::ContextMismatch);
    }
    let frames = FrameOpener::new(header.message_id, header.frame_length);
    let header = VerifiedHeader {
        suite: header.suite,
        encryption_context: header.context,
        frame_length: header.frame_length,
    };
    Ok(UnwrappedMessage { header, content_key, frames })
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
    /// Bytes of plaintext per frame.
    pub frame_length: u32,
}

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

    fn new(message_id: Vec<u8>, frame_length: u32) -> Self {
        let walker = Walker::new(frame_length, 0);
        Self { session: Arc::default(), message_id, frame_length, walker, confirmed: 0 }
    }

    /// Bytes from one frame's start to the next.
    #[must_use]
    pub const fn stride(&self) -> usize {
        frame::stride(self.frame_length)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::executor::Executor;
    use crate::message::whole::heads;
    use crate::vectors::{base64, published};

    /// Messages of five writers, framed and not, signed and not, with their data keys.
    #[test]
    #[ignore = "needs ../shared/vectors"]
    fn commitment_vectors_of_the_encryption_sdk() {
        let set = published("esdk/commitment-test-vectors.json");
        let (mut right, mut opened) = (0, 0);
        for test in set["tests"].as_array().unwrap() {
            let message = base64(&test["ciphertext"]);
            let data_key = DataKey::new(base64(&test["decrypted-dek"]).into());
            let options = OpenOptions::default();
            let header = Header::parse(&message, &options.limits).unwrap();
            let body = &message[header.length()..];
            let framed = header.content_type == ContentType::Framed && !header.suite.signed;
            let verified = verify(header, &options, &data_key);
            if test["status"] == false {
                assert_eq!(verified.unwrap_err(), Error::Commitment, "{test}");
                continue;
            }
            right += 1;
            let UnwrappedMessage { content_key, mut frames, .. } = verified.unwrap();
            if !test["content-encryption-key"].is_null() {
                assert_eq!(content_key.expose(), base64(&test["content-encryption-key"]), "{test}");
            }
            if framed {
                let executor = Executor::new(&content_key).unwrap();
                let mut text = Vec::new();
                for op in frames.plan(&heads(body, frames.stride()), body.len(), true).unwrap() {
                    frames.confirm(executor.open(op, body, &mut text).unwrap()).unwrap();
                }
                frames.finish().unwrap();
                let wanted = test["plaintext-frames"].as_array().unwrap();
                let wanted: Vec<&str> =
                    wanted.iter().map(|frame| frame.as_str().unwrap()).collect();
                assert_eq!(text, wanted.concat().as_bytes(), "{test}");
                opened += 1;
            }
        }
        assert!(right == 41 && opened > 10, "{right} right, {opened} opened");
    }
}
