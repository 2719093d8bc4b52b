//! Sealing an object, in pieces.

use crate::OUT_OF_ORDER;
use crate::keyring::Keyring;
use crate::pieces::{Pieces, body_size};
use alloc::{string::String, vec::Vec};
use bongtu::object::{Format, ObjectHead, ObjectOptions, ObjectWrap, WrappedObject};
use bongtu::{GenerateDataKeyRequest, GenerateDataKeyResponse, MaterialDescription};
use bongtu_wasm_support::bytes::{public_in, secret_in, secret_out, wiping_stack};
use bongtu_wasm_support::convert::{byte_count, pairs_of};
use bongtu_wasm_support::error::{Failure, Result};
use bongtu_wasm_support::objects::{object_of, pair_array};
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

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

    /// The text that an RSA wrap encrypts: a secret that the caller wipes.
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
            ObjectWrap::Kms(request) => Ok(generate_data_key_request(request)),
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

/// The request in the AWS SDK's shape, except for the context, which crosses as pairs.
fn generate_data_key_request(request: &GenerateDataKeyRequest) -> JsValue {
    object_of([
        ("KeyId", request.key_id.as_str().into()),
        ("KeySpec", "AES_256".into()),
        ("EncryptionContext", pair_array(request.encryption_context.iter())),
    ])
}
