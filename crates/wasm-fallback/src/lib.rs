//! AES-GCM and RSA-OAEP for JavaScript where the platform has none (insecure contexts; keys of 192
//! bits in Chromium): a quarter of what a page would download, so it is fetched only there.

#![allow(clippy::must_use_candidate, reason = "called from TypeScript only")]

use bongtu::hazmat::{self, AesGcm};
use bongtu::{ContentKey, EncryptionAlgorithm};
use bongtu_wasm_support::bytes::{public_in, public_out, secret_in, secret_out, wiping_stack};
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

/// AES-GCM under one key.
#[wasm_bindgen]
pub struct Aes(AesGcm);

#[wasm_bindgen]
impl Aes {
    /// Takes a key of 16, 24 or 32 bytes; `undefined` for any other.
    pub fn import(key: &Uint8Array) -> Option<Self> {
        wiping_stack(|| AesGcm::new(&ContentKey::new(secret_in(key)))).ok().map(Self)
    }

    /// Ciphertext and tag; `undefined` for a nonce that is not of 12 or 16 bytes.
    pub fn seal(
        &self,
        nonce: &Uint8Array,
        aad: &Uint8Array,
        text: &Uint8Array,
    ) -> Option<Uint8Array> {
        let text = secret_in(text);
        // Objects are opened with it too: it may be plaintext, and nonce and tag secrets.
        let mut out = Zeroizing::new(Vec::with_capacity(text.len() + 16));
        let (nonce, aad) = (secret_in(nonce), public_in(aad));
        wiping_stack(|| self.0.encrypt(&nonce, &aad, &text, &mut out)).ok()?;
        Some(secret_out(&out))
    }

    /// The plaintext once the tag has verified, `undefined` when it does not.
    pub fn open(
        &self,
        nonce: &Uint8Array,
        aad: &Uint8Array,
        sealed: &Uint8Array,
    ) -> Option<Uint8Array> {
        // Nonce and tag of an object's chunk are secrets.
        let sealed = secret_in(sealed);
        let mut out = Zeroizing::new(Vec::with_capacity(sealed.len()));
        let (nonce, aad) = (secret_in(nonce), public_in(aad));
        wiping_stack(|| self.0.decrypt(&nonce, &aad, &sealed, &mut out)).ok()?;
        Some(secret_out(&out))
    }
}

/// RSA-OAEP to a DER SubjectPublicKeyInfo with `hash` (`SHA-1` or `SHA-256`) for MGF1 too and an
/// empty label; `undefined` when it cannot be done.
#[wasm_bindgen(js_name = rsaOaepEncrypt)]
pub fn rsa_oaep_encrypt(spki: &Uint8Array, hash: &str, text: &Uint8Array) -> Option<Uint8Array> {
    let mut algorithms = EncryptionAlgorithm::ALL.into_iter();
    let algorithm = algorithms.find(|algorithm| algorithm.hash() == hash)?;
    let spki = public_in(spki);
    let encrypt = || hazmat::oaep_encrypt(&spki, algorithm, &secret_in(text));
    wiping_stack(encrypt).ok().map(|encrypted| public_out(&encrypted))
}
