//! AES-GCM for JavaScript, where the platform has none of its own to offer (insecure contexts,
//! 192-bit keys in Chromium). RSA is in a module of its own, crates/wasm-rsa.

use crate::bytes::{public_in, secret_in, secret_out, wiping_stack};
use crate::error::Result;
use bongtu::ContentKey;
use bongtu::executor::Executor;
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

/// AES-GCM under one key.
#[wasm_bindgen]
pub struct RustAes(Executor);

#[wasm_bindgen]
impl RustAes {
    /// Takes a key of 16, 24 or 32 bytes.
    #[wasm_bindgen(constructor)]
    pub fn new(key: &Uint8Array) -> Result<Self> {
        Ok(Self(wiping_stack(|| Executor::new(&ContentKey::new(secret_in(key))))?))
    }

    /// Ciphertext and tag.
    pub fn seal(
        &self,
        nonce: &Uint8Array,
        aad: &Uint8Array,
        text: &Uint8Array,
    ) -> Result<Uint8Array> {
        let text = secret_in(text);
        // Objects are opened with it too: it may be plaintext, and the tag a secret.
        let mut out = Zeroizing::new(Vec::with_capacity(text.len() + 16));
        self.0.encrypt(&public_in(nonce), &public_in(aad), &text, &mut out)?;
        Ok(secret_out(&out))
    }

    /// The plaintext, once the tag has verified.
    pub fn open(
        &self,
        nonce: &Uint8Array,
        aad: &Uint8Array,
        sealed: &Uint8Array,
    ) -> Result<Uint8Array> {
        let sealed = public_in(sealed);
        let mut out = Zeroizing::new(Vec::with_capacity(sealed.len()));
        self.0.decrypt(&public_in(nonce), &public_in(aad), &sealed, &mut out)?;
        Ok(secret_out(&out))
    }
}
