//! What TypeScript, which opens direct secrets, asks about them.

use bongtu_wasm_support::bytes::{secret_in, wiping_stack};
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

/// Whether a plaintext has the shape of what messages and objects wrap, and so must not be taken
/// for a direct secret.
#[wasm_bindgen(js_name = isWrappedKey)]
pub fn is_wrapped_key(text: &Uint8Array) -> bool {
    wiping_stack(|| bongtu::secret::is_wrapped_key(&secret_in(text)))
}
