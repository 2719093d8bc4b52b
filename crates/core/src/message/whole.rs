//! Sealing and opening messages in one call, for data that fits into memory.

use super::frame_opener::FrameOpener;
use super::header::{ContentType, Header};
use super::opener::{OpenOptions, UnverifiedHeader, Verified, VerifiedHeader};
use super::sealer::{SealOptions, Sealing, WrappedMessage, sealed_size};
use super::signature::{self, Verifier};
use super::unframed;
use crate::codec::widen;
use crate::error::{Error, Result};
use crate::executor::{self, Executor};
use crate::frame::HEAD_LENGTH;
use crate::keyring::Keyring;
use crate::kms::{DecryptRequest, DecryptResponse, KmsFailure};
use alloc::vec::Vec;
use zeroize::Zeroizing;

/// Seals `plaintext` into an AWS Encryption SDK message. No KMS call is made.
///
/// # Errors
/// [`crate::Error::NoPublicKey`], [`crate::Error::FrameLength`], [`crate::Error::TooLarge`] or
/// [`crate::Error::Random`].
pub fn seal(keyring: &Keyring, plaintext: &[u8], options: SealOptions) -> Result<Vec<u8>> {
    let size = sealed_size(keyring, widen(plaintext.len()), &options)?;
    let sealing = Sealing::new(keyring, options)?;
    let wrapped = executor::wrap(sealing.wrap())?;
    let WrappedMessage { header, content_key, mut frames } = sealing.wrapped(&wrapped)?;
    let executor = Executor::new(&content_key)?;
    let mut message = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    message.extend_from_slice(&header);
    for (block, last) in Blocks::new(plaintext, frames.frame_length(), 0) {
        for op in frames.plan(block.len(), last)? {
            frames.confirm(executor.seal(op, block, &mut message)?)?;
        }
    }
    frames.finish()?;
    Ok(message)
}

/// Opens an AWS Encryption SDK message. `kms` makes the Decrypt calls that the session asks for;
/// it is called until one yields the data key.
///
/// ```no_run
/// # fn main() -> bongtu::Result<()> {
/// # let (message, arn) = (b"", "");
/// use bongtu::{DecryptRequest, DecryptResponse, KeyArn, KmsFailure, KmsRsaKeyring, Keyring};
///
/// let keyring = KmsRsaKeyring::open_only(KeyArn::parse(arn)?, None);
/// let ask = |request: &DecryptRequest| -> Result<DecryptResponse, KmsFailure> {
///     // KeyId, CiphertextBlob and EncryptionAlgorithm of `request` go to KMS
/// #   Err(KmsFailure { name: "NotFoundException".into() })
/// };
/// let (header, plaintext) =
///     bongtu::open_with(&Keyring::KmsRsa(keyring), message, Default::default(), ask)?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// What is wrong with the bytes ([`crate::Error::NotSealed`], [`crate::Error::Malformed`],
/// [`crate::Error::Truncated`], …), with the keys ([`crate::Error::NoMatchingKey`],
/// [`crate::Error::Unwrap`], [`crate::Error::Kms`]), or [`crate::Error::Authentication`].
pub fn open_with(
    keyring: &Keyring,
    message: &[u8],
    options: OpenOptions,
    mut kms: impl FnMut(&DecryptRequest) -> Result<DecryptResponse, KmsFailure>,
) -> Result<(VerifiedHeader, Zeroizing<Vec<u8>>)> {
    let header = UnverifiedHeader::parse(message, options)?;
    let body = message.get(header.length()..).unwrap_or_default();
    let mut opening = header.unwrap_any(keyring)?;
    while let Some(request) = opening.request() {
        let answer = kms(request);
        opening.respond(answer)?;
    }
    open_body(&opening.verify()?, body)
}

/// Nothing is returned unless all of the body verifies, and the signature if there is one.
pub(super) fn open_body(
    message: &Verified,
    body: &[u8],
) -> Result<(VerifiedHeader, Zeroizing<Vec<u8>>)> {
    let Verified { header, content_key } = message;
    let verifier = Verifier::new(header)?;
    let executor = Executor::new(content_key)?;
    let mut plaintext = Zeroizing::new(Vec::with_capacity(body.len()));
    let end = match header.content_type {
        ContentType::Framed => open_frames(&executor, header, body, &mut plaintext)?,
        ContentType::NonFramed => {
            unframed::open(&executor, &header.message_id, body, &mut plaintext)?
        }
    };
    let (signed, footer) = body.split_at_checked(end).ok_or(Error::Truncated)?;
    match verifier {
        Some(mut verifier) => {
            verifier.update(signed);
            verifier.finish(footer)?;
        }
        None if footer.is_empty() => {}
        None => return Err(Error::TrailingData),
    }
    Ok((VerifiedHeader::new(header), plaintext))
}

/// Appends the plaintext of all frames, and returns where the last one ends.
fn open_frames(
    executor: &Executor,
    header: &Header,
    body: &[u8],
    plaintext: &mut Vec<u8>,
) -> Result<usize> {
    let max_footer = signature::max_footer(header.suite);
    let mut frames = FrameOpener::new(header.message_id.clone(), header.frame_length, max_footer);
    let stride = frames.stride();
    let (mut start, mut end) = (0, 0);
    for (block, last) in Blocks::new(body, stride, FrameOpener::LOOKAHEAD + max_footer) {
        for op in frames.plan(&heads(block, stride), block.len(), last)? {
            end = start + op.sealed.end;
            frames.confirm(executor.open(op, block, plaintext)?)?;
        }
        start += block.len();
    }
    frames.finish()?;
    Ok(end)
}

/// A block, about: the plans of all frames of a message at once may be many times as large as it.
const BLOCK: usize = 256 * 1024;

/// Cuts into blocks of whole strides, each but the last followed by more than the lookahead, and
/// says which is the last. There is one at least.
struct Blocks<'a> {
    left: Option<&'a [u8]>,
    length: usize,
    lookahead: usize,
}

impl<'a> Blocks<'a> {
    fn new(bytes: &'a [u8], stride: usize, lookahead: usize) -> Self {
        Self { left: Some(bytes), length: stride * (BLOCK / stride).max(1), lookahead }
    }
}

impl<'a> Iterator for Blocks<'a> {
    type Item = (&'a [u8], bool);

    fn next(&mut self) -> Option<Self::Item> {
        let left = self.left.take()?;
        match left.split_at_checked(self.length) {
            Some((block, rest)) if rest.len() > self.lookahead => {
                self.left = Some(rest);
                Some((block, false))
            }
            _ => Some((left, true)),
        }
    }
}

/// The first bytes of every stride, which is all that planning looks at.
pub(super) fn heads(block: &[u8], stride: usize) -> Vec<u8> {
    block.chunks(stride).flat_map(|frame| frame.iter().take(HEAD_LENGTH)).copied().collect()
}
