//! Sealing and opening S3 objects.

use crate::keyring::Keyring;
use crate::kms;
use crate::pieces::{Pieces, body_size};
use crate::records;
use bongtu::object::{
    ChunkOpener, Format, ObjectHead, ObjectOptions, ObjectWrap, OpenObjectOptions, UnwrappedObject,
    WrappedObject,
};
use bongtu::plan::PieceOp;
use bongtu::{
    CommitmentPolicy, ContentKey, Error, GenerateDataKeyResponse, KmsFailure, MaterialDescription,
};
use bongtu_wasm_support::bytes::{public_in, secret_in, secret_out, wiping_stack};
use bongtu_wasm_support::convert::{byte_count, pairs_of};
use bongtu_wasm_support::error::{Failure, Result};
use bongtu_wasm_support::json::json_members;
use bongtu_wasm_support::objects::{object_of, pair_array};
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

const OUT_OF_ORDER: Error = Error::State("the session was used out of order");

/// Sealing one object.
#[wasm_bindgen]
pub struct ObjectSealing {
    sealing: Option<bongtu::object::ObjectSealing>,
    length: Option<u64>,
    head: Option<ObjectHead>,
}

#[wasm_bindgen]
impl ObjectSealing {
    /// Plans the wrap; without a length it is a stream's.
    #[wasm_bindgen(constructor)]
    pub fn new(
        keyring: &Keyring,
        format: &str,
        description: Vec<String>,
        instruction_file: bool,
        plaintext_length: Option<f64>,
    ) -> Result<Self> {
        let options = ObjectOptions {
            format: Format::from_name(format)?,
            description: MaterialDescription::new(pairs_of(description))?,
            instruction_file,
        };
        let length = plaintext_length.map(byte_count).transpose()?;
        let plan = || bongtu::object::ObjectSealing::new(keyring.inner(), options, length);
        let sealing = wiping_stack(plan)?;
        Ok(Self { sealing: Some(sealing), length, head: None })
    }

    /// The OAEP hash of an RSA wrap, in WebCrypto's spelling; `undefined` when KMS wraps.
    #[wasm_bindgen(js_name = wrapHash)]
    pub fn wrap_hash(&self) -> Result<Option<String>> {
        Ok(match self.sealing()?.wrap() {
            ObjectWrap::Rsa(op) => Some(op.algorithm().hash().into()),
            ObjectWrap::Kms(_) => None,
        })
    }

    /// What an RSA wrap encrypts: a secret that the caller wipes.
    #[wasm_bindgen(js_name = wrapPlaintext)]
    pub fn wrap_plaintext(&self) -> Result<Uint8Array> {
        match self.sealing()?.wrap() {
            ObjectWrap::Rsa(op) => Ok(wiping_stack(|| secret_out(op.text().expose()))),
            ObjectWrap::Kms(_) => Err(OUT_OF_ORDER.into()),
        }
    }

    /// Takes the RSA-wrapped data key.
    pub fn wrapped(&mut self, ciphertext: &Uint8Array) -> Result<Pieces> {
        let sealing = self.sealing.take().ok_or(OUT_OF_ORDER)?;
        let ciphertext = public_in(ciphertext);
        let sealed = wiping_stack(|| sealing.wrapped(&ciphertext))?;
        self.pieces(sealed)
    }

    /// The GenerateDataKey request where KMS wraps.
    pub fn request(&self) -> Result<JsValue> {
        match self.sealing()?.wrap() {
            ObjectWrap::Rsa(_) => Err(OUT_OF_ORDER.into()),
            ObjectWrap::Kms(request) => Ok(kms::generate_data_key_request(request)),
        }
    }

    /// Takes KMS's response; the caller wipes `plaintext` afterwards.
    pub fn generated(
        &mut self,
        key_id: Option<String>,
        plaintext: Option<Uint8Array>,
        ciphertext_blob: Option<Uint8Array>,
    ) -> Result<Pieces> {
        let sealing = self.sealing.take().ok_or(OUT_OF_ORDER)?;
        let sealed = wiping_stack(|| {
            sealing.generated(GenerateDataKeyResponse {
                key_id: key_id.unwrap_or_default(),
                plaintext: plaintext.as_ref().map(secret_in).unwrap_or_default(),
                ciphertext_blob: ciphertext_blob.as_ref().map(public_in).unwrap_or_default(),
            })
        })?;
        self.pieces(sealed)
    }

    /// `metadata`, names without prefix (`[[name, value], …]`), and `instructionFile`, its body,
    /// where there is to be one.
    pub fn head(&self) -> Result<JsValue> {
        let ObjectHead { metadata, instruction_file } = self.head.as_ref().ok_or(OUT_OF_ORDER)?;
        Ok(object_of([
            ("metadata", pair_array(metadata.iter().map(|(name, value)| (*name, value.as_str())))),
            ("instructionFile", instruction_file.as_deref().into()),
        ]))
    }

    fn pieces(&mut self, wrapped: WrappedObject) -> Result<Pieces> {
        let WrappedObject { head, content_key, chunks } = wrapped;
        self.head = Some(head);
        let size = self.length.map(body_size).transpose()?;
        Ok(Pieces::new(Vec::new(), content_key, chunks, size))
    }

    fn sealing(&self) -> Result<&bongtu::object::ObjectSealing> {
        self.sealing.as_ref().ok_or(Failure::from(OUT_OF_ORDER))
    }
}

/// Opening one object.
#[wasm_bindgen]
pub struct ObjectOpening {
    opening: Option<bongtu::object::ObjectOpening>,
    key: Option<ContentKey>,
    chunks: Option<ChunkOpener>,
}

#[wasm_bindgen]
impl ObjectOpening {
    /// Reads the envelope.
    #[wasm_bindgen(constructor)]
    pub fn new(
        keyring: &Keyring,
        metadata: Vec<String>,
        instruction_file: Option<String>,
        commitment_policy: Option<String>,
    ) -> Result<Self> {
        let policy =
            commitment_policy.map(|name| CommitmentPolicy::from_name(&name)).transpose()?;
        let opening = bongtu::object::ObjectOpening::new(
            keyring.inner(),
            &pairs_of(metadata).collect::<Vec<_>>(),
            instruction_file.as_deref(),
            json_members,
            OpenObjectOptions { commitment_policy: policy.unwrap_or_default() },
        )?;
        Ok(Self { opening: Some(opening), key: None, chunks: None })
    }

    /// The next KMS Decrypt request; `undefined` when all is settled.
    pub fn request(&mut self) -> Result<JsValue> {
        Ok(kms::next_request(self.opening()?.request()))
    }

    /// Takes KMS's response; the caller wipes `plaintext` afterwards.
    pub fn respond(&mut self, key_id: Option<String>, plaintext: Option<Uint8Array>) -> Result<()> {
        let opening = self.opening()?;
        Ok(wiping_stack(|| opening.respond(Ok(kms::decrypt_response(key_id, plaintext))))?)
    }

    /// Takes KMS's refusal, by the exception's name.
    pub fn refuse(&mut self, name: String) -> Result<()> {
        Ok(self.opening()?.respond(Err(KmsFailure { name }))?)
    }

    /// What the object says of itself, once its key is unwrapped and its commitment checked.
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
