//! Opening an object, in chunks.

use crate::OUT_OF_ORDER;
use crate::keyring::Keyring;
use crate::kms::{decrypt_response, next_request};
use crate::records;
use alloc::{string::String, vec::Vec};
use bongtu::object::{ChunkOpener, ObjectEnvelope, OpenObjectOptions, UnwrappedObject};
use bongtu::plan::PieceOp;
use bongtu::{CommitmentPolicy, ContentKey, KmsFailure};
use bongtu_wasm_support::bytes::{public_in, secret_in, secret_out, wiping_stack};
use bongtu_wasm_support::convert::{byte_count, named, pairs_of};
use bongtu_wasm_support::error::{Failure, Result};
use bongtu_wasm_support::json::parse_flat_json;
use bongtu_wasm_support::objects::{object_of, pair_array};
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

/// Opening one object.
#[wasm_bindgen]
pub struct ObjectOpening {
    envelope: Option<ObjectEnvelope>,
    opening: Option<bongtu::object::ObjectOpening>,
    key: Option<ContentKey>,
    chunks: Option<ChunkOpener>,
}

#[wasm_bindgen]
impl ObjectOpening {
    /// Reads the envelope.
    #[wasm_bindgen(constructor)]
    pub fn new(metadata: Vec<String>, instruction_file: Option<String>) -> Result<Self> {
        let metadata = pairs_of(metadata).collect::<Vec<_>>();
        let envelope =
            ObjectEnvelope::parse(&metadata, instruction_file.as_deref(), parse_flat_json)?;
        Ok(Self { envelope: Some(envelope), opening: None, key: None, chunks: None })
    }

    /// How the data key is wrapped, in version 2's words, before a keyring is chosen.
    #[wasm_bindgen(getter)]
    pub fn wrap(&self) -> Option<String> {
        self.envelope.as_ref().map(|envelope| envelope.wrap().into())
    }

    /// Chooses who opens.
    pub fn by(&mut self, keyring: &Keyring, commitment_policy: Option<String>) -> Result<()> {
        let policy = named(commitment_policy, CommitmentPolicy::from_name)?;
        let envelope = self.envelope.take().ok_or(OUT_OF_ORDER)?;
        let options = OpenObjectOptions { commitment_policy: policy.unwrap_or_default() };
        self.opening = Some(envelope.open(keyring.inner(), options)?);
        Ok(())
    }

    /// The next KMS Decrypt request; `undefined` when all is settled.
    pub fn request(&mut self) -> Result<JsValue> {
        Ok(next_request(self.opening()?.request()))
    }

    /// Takes KMS's response; the caller wipes `plaintext` afterwards.
    pub fn respond(&mut self, key_id: Option<String>, plaintext: Option<Uint8Array>) -> Result<()> {
        let opening = self.opening()?;
        Ok(wiping_stack(|| opening.respond(Ok(decrypt_response(key_id, plaintext))))?)
    }

    /// Takes KMS's refusal, by the exception's name.
    pub fn refuse(&mut self, name: String) -> Result<()> {
        Ok(self.opening()?.respond(Err(KmsFailure { name }))?)
    }

    /// The claims of the object, once its key is unwrapped and its commitment checked.
    pub fn unwrapped(&mut self) -> Result<JsValue> {
        let opening = self.opening.take().ok_or(OUT_OF_ORDER)?;
        let UnwrappedObject { object, content_key, chunks } = wiping_stack(|| opening.finish())?;
        self.key = Some(content_key);
        self.chunks = Some(chunks);
        Ok(object_of([
            ("format", object.format.name().into()),
            ("materialDescription", pair_array(object.unverified_description.iter())),
        ]))
    }

    /// The key of the body, once: a secret that the caller wipes.
    #[wasm_bindgen(js_name = takeContentKey)]
    pub fn take_content_key(&mut self) -> Result<Uint8Array> {
        let key = self.key.take().ok_or(OUT_OF_ORDER)?;
        Ok(wiping_stack(|| secret_out(key.expose())))
    }

    /// `pieceLength`, bytes of a chunk but the last.
    pub fn layout(&self) -> JsValue {
        object_of([("pieceLength", bongtu::object::CHUNK_LENGTH.into())])
    }

    /// Plans a body of one chunk, tag included, as one decryption; 0 when it has more chunks.
    #[wasm_bindgen(js_name = planOneShot)]
    pub fn plan_one_shot(&mut self, body_length: f64, records: &Uint8Array) -> Result<usize> {
        let op = self.chunks()?.one_shot(byte_count(body_length)?)?;
        records::write(op.iter().map(PieceOp::view).collect(), records)
    }

    /// Plans the chunks of a block of `length` bytes, from number `first` on, or their hashes. The
    /// nonces of the chunks are secrets that the caller wipes.
    pub fn plan(
        &mut self,
        first: usize,
        length: usize,
        hashes: bool,
        records: &Uint8Array,
    ) -> Result<usize> {
        let chunks = self.chunks()?;
        let plan = if hashes { ChunkOpener::plan_hashes } else { ChunkOpener::plan };
        let ops = wiping_stack(|| plan(chunks, first, length))?;
        records::write_secret(ops.iter().map(PieceOp::view).collect(), records)
    }

    /// Takes the hashes' tags of a block's chunks.
    pub fn pin(&mut self, first: usize, length: usize, tags: &Uint8Array) -> Result<()> {
        let chunks = self.chunks()?;
        Ok(wiping_stack(|| chunks.pin(first, length, &secret_in(tags)))?)
    }

    /// Verifies the tag over all chunks of a body of `body_length` bytes.
    pub fn verify(&mut self, tag: &Uint8Array, body_length: f64) -> Result<()> {
        let (tag, length) = (public_in(tag), byte_count(body_length)?);
        let chunks = self.chunks()?;
        Ok(wiping_stack(|| chunks.verify(&tag, length))?)
    }

    /// Once it is verified, the tag of one chunk by itself: a secret that the caller wipes.
    #[wasm_bindgen(js_name = chunkTag)]
    pub fn chunk_tag(&mut self, index: usize) -> Result<Uint8Array> {
        let chunks = self.chunks()?;
        wiping_stack(|| Ok(secret_out(chunks.chunk_tag(index)?.expose())))
    }

    fn opening(&mut self) -> Result<&mut bongtu::object::ObjectOpening> {
        self.opening.as_mut().ok_or(Failure::from(OUT_OF_ORDER))
    }

    fn chunks(&mut self) -> Result<&mut ChunkOpener> {
        self.chunks.as_mut().ok_or(Failure::from(OUT_OF_ORDER))
    }
}
