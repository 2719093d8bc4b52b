//! The steps of sealing a secret; TypeScript runs the cryptography.

use crate::keyring::{Keyring, context};
use crate::public_key::PublicKey;
use alloc::{string::String, vec::Vec};
use bongtu::EncryptionAlgorithm;
use bongtu::secret::{self, Form, Target, direct_wrap, direct_wrap_to};
use bongtu_wasm_support::bytes::{secret_in, wiping_stack};
use bongtu_wasm_support::convert::{byte_count, named};
use bongtu_wasm_support::error::Result;
use bongtu_wasm_support::objects::object_of;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;

/// The names of all `forms` and `targets`.
#[wasm_bindgen(js_name = secretNames)]
pub fn secret_names() -> JsValue {
    let forms = Form::ALL.into_iter().map(|form| JsValue::from(form.name()));
    let targets = Target::ALL.into_iter().map(|target| JsValue::from(target.name()));
    object_of([
        ("forms", forms.collect::<Array>().into()),
        ("targets", targets.collect::<Array>().into()),
    ])
}

/// Whether a secret of this form is a direct one; a target that there is not is refused.
#[wasm_bindgen(js_name = isDirectSecret)]
pub fn is_direct_secret(form: &str, target: Option<String>) -> Result<bool> {
    named(target, Target::from_name)?;
    Ok(Form::from_name(form)? == Form::Direct)
}

/// Refuses what a direct secret cannot have.
#[wasm_bindgen(js_name = checkDirectContext)]
pub fn check_direct_context(pairs: Vec<String>) -> Result<()> {
    Ok(Form::Direct.check_context(&context(pairs)?)?)
}

/// Checks that the target takes base64 of a message of `size` bytes.
#[wasm_bindgen(js_name = checkCharacters)]
pub fn check_characters(target: Option<String>, size: f64) -> Result<()> {
    Ok(secret::check_characters(named(target, Target::from_name)?, byte_count(size)?)?)
}

#[wasm_bindgen]
impl Keyring {
    /// Checks that `secret` can be sealed directly, and says by which OAEP hash, in WebCrypto's
    /// spelling.
    #[wasm_bindgen(js_name = directHash)]
    pub fn direct_hash(&self, secret: &Uint8Array) -> Result<String> {
        let wrap = wiping_stack(|| direct_wrap(self.inner(), &secret_in(secret)))?;
        Ok(wrap.algorithm().hash().into())
    }
}

#[wasm_bindgen]
impl PublicKey {
    /// The same for a key of which no ARN needs to be known.
    #[wasm_bindgen(js_name = directHash)]
    pub fn direct_hash(&self, algorithm: Option<String>, secret: &Uint8Array) -> Result<String> {
        let (key, algorithm) = (
            self.inner().clone(),
            named(algorithm, EncryptionAlgorithm::from_name)?.unwrap_or_default(),
        );
        let wrap = wiping_stack(|| direct_wrap_to(key, algorithm, &secret_in(secret)))?;
        Ok(wrap.algorithm().hash().into())
    }
}
