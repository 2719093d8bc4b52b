//! Sealing and opening messages in one call, for data that fits into memory.

use super::frame_opener::FrameOpener;
use super::frame_sealer::FrameSealer;
use super::header::{ContentType, Header};
use super::opener::{OpenOptions, UnverifiedHeader, Verified, VerifiedHeader};
use super::seal_options::SealOptions;
use super::sealer::WrappedMessage;
use super::signature::{self, Signer, Verifier};
use super::unframed;
#[cfg(feature = "keyrings")]
use super::wrapping;
use crate::codec::widen;
use crate::error::{Error, Result};
use crate::executor::Executor;
use crate::frame::{self, HEAD_LENGTH};
use crate::keyring::Keyring;
use crate::kms::{DecryptRequest, DecryptResponse, KmsFailure};
#[cfg(feature = "keyrings")]
use crate::kms::{SealRequest, SealResponse};
use alloc::vec::Vec;
use zeroize::Zeroizing;

/// Seals `plaintext` into an AWS Encryption SDK message. No KMS call is made.
///
/// # Errors
/// [`Error::NoPublicKey`], [`Error::FrameLength`], [`Error::TooLarge`] or [`Error::Random`];
/// [`Error::NoKms`] for the keyring of a symmetric KMS key, which [`crate::seal_with`] takes.
pub fn seal(keyring: &Keyring, plaintext: &[u8], options: SealOptions) -> Result<Vec<u8>> {
    let length = frame::body_length(widen(plaintext.len()), options.checked()?.frame_length)?;
    seal_frames(begin(keyring, options)?, plaintext, length)
}

/// The same with a keyring of any kind: `kms` makes the calls that symmetric KMS keys need.
///
/// # Errors
/// As [`seal`] and [`super::Wrapping`], or [`Error::Kms`].
#[cfg(feature = "keyrings")]
pub fn seal_with(
    keyring: &Keyring,
    plaintext: &[u8],
    options: SealOptions,
    mut kms: impl FnMut(SealRequest<'_>) -> Result<SealResponse, KmsFailure>,
) -> Result<Vec<u8>> {
    let length = frame::body_length(widen(plaintext.len()), options.checked()?.frame_length)?;
    let ask = |request: SealRequest<'_>| kms(request).map_err(|failure| Error::Kms(failure.name));
    seal_frames(wrapping::wrap(keyring, options, ask)?, plaintext, length)
}

/// What a message begins with, and what signs it.
pub(super) type Begun = (WrappedMessage<FrameSealer>, Option<Signer>);

/// Makes data key and header without asking KMS.
#[cfg(feature = "keyrings")]
pub(super) fn begin(keyring: &Keyring, options: SealOptions) -> Result<Begun> {
    wrapping::wrap(keyring, options, |_| Err(Error::NoKms))
}

/// Makes data key and header.
#[cfg(not(feature = "keyrings"))]
pub(super) fn begin(keyring: &Keyring, options: SealOptions) -> Result<Begun> {
    let sealing = super::sealer::Sealing::new(keyring, options)?;
    let wrapped = crate::executor::wrap(sealing.wrap())?;
    Ok((sealing.wrapped(&wrapped)?, None))
}

fn seal_frames((message, signer): Begun, plaintext: &[u8], length: u64) -> Result<Vec<u8>> {
    let WrappedMessage { header, content_key, mut frames } = message;
    let executor = Executor::new(&content_key)?;
    let mut message = header;
    message.reserve(usize::try_from(length).unwrap_or(0) + signature::FOOTER_LENGTH);
    let start = message.len();
    for (block, last) in Blocks::new(plaintext, frames.frame_length(), 0) {
        for op in frames.plan(block.len(), last)? {
            frames.confirm(executor.seal(op, block, &mut message)?)?;
        }
    }
    frames.finish()?;
    if let Some(mut signer) = signer {
        signer.update(message.get(start..).unwrap_or_default());
        message.extend_from_slice(&signer.finish()?);
    }
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
