//! Opening an object: envelope, unwrap, then chunks as plans, hashed in a first pass and verified
//! one by one in every later one.

use super::envelope::{Content, Envelope, Wrap};
use super::format::Format;
use crate::codec::widen;
use crate::commitment_policy::CommitmentPolicy;
use crate::description::MaterialDescription;
use crate::error::{Error, Result};
use crate::json::JsonParser;
use crate::keyring::Keyring;
use crate::keys::{ChunkTag, ContentKey, DataKey, HashTag};
use crate::kms::{DecryptRequest, DecryptResponse, KmsFailure};
use crate::materials::{Unbind, UnwrapSession};
use crate::plan::{NONCE_LENGTH, Nonce, PieceOp, TAG_LENGTH};
use crate::sealed::check_object_length;
use crate::splice::{CHUNK, HashNonces, Splice, Tally};
use crate::wrap;
use alloc::{boxed::Box, string::String, vec::Vec};
use core::ops::Range;
use subtle::ConstantTimeEq;

/// The options of opening an object.
#[derive(Clone, Copy, Debug, Default)]
pub struct OpenObjectOptions {
    /// Version 2 does not commit to its key and is opened only under `…_ALLOW_DECRYPT`.
    pub commitment_policy: CommitmentPolicy,
}

/// An object whose data key is being unwrapped.
#[derive(Debug)]
pub struct ObjectOpening {
    content: Content,
    description: MaterialDescription,
    session: UnwrapSession,
}

/// The claims of an object. The description is not authenticated unless KMS bound it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedObject {
    /// Version.
    pub format: Format,
    /// Material description or KMS context, **unverified**.
    pub unverified_description: MaterialDescription,
}

/// An object's envelope, read before it is known who opens it: an ARN does not tell what kind of key
/// it is, but the object does.
#[derive(Debug)]
pub struct ObjectEnvelope(Envelope);

impl ObjectEnvelope {
    /// Reads it. `metadata` are names and values as S3 gives them, with or without `x-amz-meta-`;
    /// `instruction_file` is the text of `KEY.instruction`; `json` parses.
    ///
    /// # Errors
    /// [`Error::NotSealed`], [`Error::Metadata`] or [`Error::Unsupported`].
    pub fn parse(
        metadata: &[(String, String)],
        instruction_file: Option<&str>,
        json: JsonParser,
    ) -> Result<Self> {
        Envelope::parse(metadata, instruction_file, json).map(Self)
    }

    /// How the data key is wrapped, in version 2's words: `RSA-OAEP-SHA1`, `kms+context` or `kms`.
    #[must_use]
    pub const fn wrap(&self) -> &'static str {
        self.0.wrap.v2_name()
    }

    /// Begins to unwrap its data key.
    ///
    /// # Errors
    /// [`Error::NoMatchingKey`] when the keyring is of another kind than the wrap, or
    /// [`Error::CommitmentPolicy`].
    pub fn open(self, keyring: &Keyring, options: OpenObjectOptions) -> Result<ObjectOpening> {
        let Envelope { wrapped_key, wrap, description, content, .. } = self.0;
        let format = content.format();
        let request = match (keyring, &wrap) {
            (Keyring::KmsRsa(keyring), Wrap::RsaOaepSha1) => keyring.object_request(wrapped_key)?,
            (Keyring::Kms(keyring), Wrap::KmsContext(context) | Wrap::Kms(context)) => {
                keyring.request(wrapped_key, context.clone())
            }
            _ => return Err(Error::NoMatchingKey),
        };
        if format == Format::V2 && !options.commitment_policy.allows_uncommitted() {
            return Err(Error::CommitmentPolicy("this object (version 2)"));
        }
        let takes = move |length| format.takes_key_of(length);
        let unbind: Unbind = match wrap {
            Wrap::RsaOaepSha1 => {
                Box::new(move |text| wrap::unbind_object(text, format.content_algorithm(), takes))
            }
            Wrap::KmsContext(_) | Wrap::Kms(_) => {
                Box::new(move |text| takes(text.len()).then(|| DataKey::copy(text)))
            }
        };
        let session = UnwrapSession::new([request], unbind);
        Ok(ObjectOpening { content, description, session })
    }
}

impl ObjectOpening {
    /// Reads the envelope, as [`ObjectEnvelope::parse`] does, and begins to unwrap its data key.
    ///
    /// # Errors
    /// As [`ObjectEnvelope::parse`] and [`ObjectEnvelope::open`].
    pub fn new(
        keyring: &Keyring,
        metadata: &[(String, String)],
        instruction_file: Option<&str>,
        json: JsonParser,
        options: OpenObjectOptions,
    ) -> Result<Self> {
        ObjectEnvelope::parse(metadata, instruction_file, json)?.open(keyring, options)
    }

    /// The call to make next, `None` when there is none left to make.
    #[must_use]
    pub fn request(&self) -> Option<&DecryptRequest> {
        self.session.request()
    }

    /// Takes the answer to [`ObjectOpening::request`].
    ///
    /// # Errors
    /// [`Error::State`] when nothing was asked for.
    pub fn respond(&mut self, answer: Result<DecryptResponse, KmsFailure>) -> Result<()> {
        self.session.respond(answer)
    }

    /// Ends the unwrap and checks the commitment.
    ///
    /// # Errors
    /// [`Error::Unwrap`], the same whatever is wrong with the wrapped key; [`Error::Kms`];
    /// [`Error::Commitment`]; [`Error::Random`].
    pub fn finish(self) -> Result<UnwrappedObject> {
        let data_key = self.session.finish()?;
        let (content_key, splice) = self.content.keys(&data_key)?;
        let iv = *splice.iv();
        let chunks = ChunkOpener::new(splice, &[&iv])?;
        let object = OpenedObject {
            format: self.content.format(),
            unverified_description: self.description,
        };
        Ok(UnwrappedObject { object, content_key, chunks })
    }
}

/// An object whose data key is unwrapped and whose commitment is checked.
pub struct UnwrappedObject {
    /// The claims of the object.
    pub object: OpenedObject,
    /// The key of the chunks.
    pub content_key: ContentKey,
    /// Plans them.
    pub chunks: ChunkOpener,
}

/// Plans the decryption of an object's chunks.
///
/// At first nothing can verify a chunk by itself, and two encryptions do what there is to do: the
/// ciphertext as associated data of an empty text, [`ChunkOpener::plan_hashes`]'s operation, gives
/// the tag that is its pin; the ciphertext as text of [`ChunkOpener::plan`]'s operation gives the
/// plaintext (and a tag to be wiped), since AES-GCM encrypts and decrypts with the same key stream.
/// (An executor that has AES-CTR may use it for the latter: the operation's prefix is the counter
/// block.) [`ChunkOpener::verify`] then says whether all of it was right. From then on a chunk that
/// is read again is an ordinary AES-GCM message, under its operation's nonce, with the tag
/// [`ChunkOpener::chunk_tag`].
pub struct ChunkOpener {
    splice: Splice,
    hash_nonces: HashNonces,
    tally: Tally,
    /// Bytes of plaintext that the tag was verified over.
    verified: Option<u64>,
    over: bool,
}

impl ChunkOpener {
    /// `others` are the nonces of what else is encrypted or tagged under the same key.
    pub(crate) fn new(splice: Splice, others: &[&[u8; NONCE_LENGTH]]) -> Result<Self> {
        let hash_nonces = HashNonces::new(others)?;
        Ok(Self { splice, hash_nonces, tally: Tally::default(), verified: None, over: false })
    }

    /// Plans a body of one chunk, tag included, as an ordinary AES-GCM decryption of
    /// `body_length` bytes; `None` when it has more chunks.
    ///
    /// # Errors
    /// [`Error::Truncated`] for a body without room for a tag, [`Error::TooLarge`].
    pub fn one_shot(&self, body_length: u64) -> Result<Option<PieceOp>> {
        let text = text_length(body_length)?;
        let body_length = usize::try_from(body_length).unwrap_or(usize::MAX);
        Ok((text <= widen(CHUNK)).then(|| PieceOp {
            id: 0,
            nonce: Nonce::Public(*self.splice.iv()),
            aad: self.splice.aad().to_vec(),
            prefix: Vec::new(),
            text: 0..body_length,
        }))
    }

    /// Plans the chunks of a block of `length` bytes of ciphertext from chunk `first` on.
    ///
    /// # Errors
    /// [`Error::TooLarge`], or [`Error::State`] after a failure.
    pub fn plan(&self, first: usize, length: usize) -> Result<Vec<PieceOp>> {
        self.ops(first, length, false)
    }

    /// Plans the hashes of the same chunks.
    ///
    /// # Errors
    /// As [`ChunkOpener::plan`].
    pub fn plan_hashes(&self, first: usize, length: usize) -> Result<Vec<PieceOp>> {
        self.ops(first, length, true)
    }

    fn ops(&self, first: usize, length: usize, hashes: bool) -> Result<Vec<PieceOp>> {
        self.check_sound()?;
        grid(first, length)
            .map(|(index, text)| {
                let id = number(index)?;
                let (nonce, prefix) = if hashes {
                    (Nonce::Public(self.hash_nonces.get(id)), Vec::new())
                } else {
                    let counter = self.splice.first_counter(id);
                    (Nonce::Secret(self.splice.chunk_nonce(id)), counter.to_vec())
                };
                Ok(PieceOp { id, nonce, aad: Vec::new(), prefix, text })
            })
            .collect()
    }

    /// Takes the hashes' tags of the chunks of a block of `length` bytes from chunk `first` on.
    ///
    /// # Errors
    /// [`Error::SourceChanged`] when a chunk is not what it was before: all is over then.
    /// [`Error::TooLarge`], or [`Error::State`] once the tag was verified.
    pub fn pin(&mut self, first: usize, length: usize, tags: &[u8]) -> Result<()> {
        self.check_sound()?;
        let (tags, rest) = tags.as_chunks::<TAG_LENGTH>();
        if !rest.is_empty() || tags.len() != length.div_ceil(CHUNK) {
            return Err(Error::State("a pin is missing or not of 16 bytes"));
        }
        if self.verified.is_some() {
            return Err(Error::State("all chunks are pinned already"));
        }
        for ((index, chunk), tag) in grid(first, length).zip(tags) {
            let chunk = chunk.len();
            // A body that never ends must not be hashed for ever.
            check_object_length(widen(index).saturating_mul(widen(CHUNK)) + widen(chunk))?;
            let nonce = self.hash_nonces.get(number(index)?);
            let pin = self.splice.absorb_hashed(&nonce, &HashTag::new(tag), chunk);
            self.tally.pin(index, pin).inspect_err(|_| self.over = true)?;
        }
        Ok(())
    }

    /// Verifies the object's tag over all its chunks.
    ///
    /// # Errors
    /// [`Error::Authentication`]; [`Error::State`] when chunks are missing.
    pub fn verify(&mut self, tag: &[u8], body_length: u64) -> Result<()> {
        self.check_sound()?;
        let length = text_length(body_length)?;
        let count = usize::try_from(length.div_ceil(widen(CHUNK))).unwrap_or(usize::MAX);
        if !self.tally.is_complete(count) {
            return Err(Error::State("the tag needs every chunk"));
        }
        let wanted = self.splice.finish(self.tally.iter(), length);
        if bool::from(wanted.ct_eq(tag)) {
            self.verified = Some(length);
            return Ok(());
        }
        self.over = true;
        Err(Error::Authentication)
    }

    /// The tag of chunk `index` as an AES-GCM message of its own, without associated data. It is a
    /// secret like the key: together with the ciphertext it reveals the hash key.
    ///
    /// # Errors
    /// [`Error::State`] unless the object's tag was verified, [`Error::SourceChanged`] for a chunk
    /// that it was not verified over.
    pub fn chunk_tag(&self, index: usize) -> Result<ChunkTag> {
        self.check_sound()?;
        let length = self.verified.ok_or(Error::State("the object is not verified yet"))?;
        let pin = self.tally.get(index).ok_or(Error::SourceChanged)?;
        let before = widen(index).saturating_mul(widen(CHUNK));
        let chunk = usize::try_from(length.saturating_sub(before)).unwrap_or(CHUNK).min(CHUNK);
        Ok(self.splice.sealed_tag(number(index)?, pin, chunk))
    }

    fn check_sound(&self) -> Result<()> {
        if self.over { Err(Error::State("the object was found to be wrong")) } else { Ok(()) }
    }
}

/// The chunks of a block of `length` bytes from chunk `first` on, and where they lie in it.
fn grid(first: usize, length: usize) -> impl Iterator<Item = (usize, Range<usize>)> {
    let place = move |n| n * CHUNK..length.min((n + 1) * CHUNK);
    (0..length.div_ceil(CHUNK)).map(move |n| (first.saturating_add(n), place(n)))
}

/// Bytes of plaintext in a body.
fn text_length(body_length: u64) -> Result<u64> {
    let length = body_length.checked_sub(widen(TAG_LENGTH)).ok_or(Error::Truncated)?;
    check_object_length(length)?;
    Ok(length)
}

fn number(index: usize) -> Result<u32> {
    u32::try_from(index).map_err(|_| Error::TooLarge("more chunks than an object has"))
}
