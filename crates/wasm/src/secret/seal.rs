//! The steps of sealing a secret; TypeScript runs the cryptography.

use crate::keyring::{Keyring, context, named};
use crate::public_key::PublicKey;
use bongtu::secret::{Form, SecretOptions, Target, direct_wrap_to};
use bongtu_wasm_support::bytes::{secret_in, wiping_stack};
use bongtu_wasm_support::convert::byte_count;
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

/// Checks the options of a secret to be sealed, and says whether it is a direct one.
#[wasm_bindgen(js_name = isDirectSecret)]
pub fn is_direct_secret(form: &str, target: Option<String>, pairs: Vec<String>) -> Result<bool> {
    let options = options(form, target, pairs)?;
    options.check()?;
    Ok(options.form == Form::Direct)
}

/// Checks that the keyring seals such a secret of `length` bytes, and that its target takes it.
#[wasm_bindgen(js_name = checkSecret)]
pub fn check_secret(
    keyring: &Keyring,
    form: &str,
    target: Option<String>,
    pairs: Vec<String>,
    length: f64,
) -> Result<()> {
    let options = options(form, target, pairs)?;
    Ok(options.check_for(keyring.inner(), byte_count(length)?)?)
}

fn options(form: &str, target: Option<String>, pairs: Vec<String>) -> Result<SecretOptions> {
    let form = Form::from_name(form)?;
    let target = target.map(|name| Target::from_name(&name)).transpose()?;
    Ok(SecretOptions { form, target, encryption_context: context(pairs)? })
}

/// Checks that `secret` can be sealed directly with a key, and says by which OAEP hash, in WebCrypto's
/// spelling.
#[wasm_bindgen(js_name = directHash)]
pub fn direct_hash(
    key: &PublicKey,
    algorithm: Option<String>,
    secret: &Uint8Array,
) -> Result<String> {
    let (key, algorithm) = (key.inner().clone(), named(algorithm)?.unwrap_or_default());
    let wrap = wiping_stack(|| direct_wrap_to(key, algorithm, &secret_in(secret)))?;
    Ok(wrap.algorithm().hash().into())
}
