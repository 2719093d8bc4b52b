//! The checks of a secret before its message or block is opened.

use alloc::string::String;
use bongtu::secret::{Form, SecretValue};
use bongtu_wasm_support::bytes::{public_out, secret_in, wiping_stack};
use bongtu_wasm_support::convert::named;
use bongtu_wasm_support::error::Result;
use bongtu_wasm_support::objects::object_of;
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

/// Decodes a sealed secret out of text in UTF-8, which nobody may have sealed: `direct`, and the
/// `bytes` of its block or message.
#[wasm_bindgen(js_name = readSecret)]
pub fn read_secret(text: &Uint8Array, form: Option<String>) -> Result<JsValue> {
    let form = named(form, Form::from_name)?;
    let value = wiping_stack(|| SecretValue::parse(&*secret_in(text)))?;
    value.demand(form)?;
    let direct = value.form() == Form::Direct;
    let (SecretValue::Direct(bytes) | SecretValue::Message(bytes)) = value;
    Ok(object_of([("direct", direct.into()), ("bytes", public_out(&bytes).into())]))
}
