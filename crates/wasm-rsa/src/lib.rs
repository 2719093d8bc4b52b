//! RSA-OAEP for JavaScript without SubtleCrypto (insecure contexts). Arithmetic on numbers of
//! thousands of bits is a fifth of what a page would download, so it is fetched only there.

#[expect(dead_code, reason = "the bindings' one door for secrets; half of it is enough here")]
#[path = "../../wasm/src/bytes.rs"]
mod bytes;

use bongtu::{EncryptionAlgorithm, hazmat};
use bytes::{public_in, public_out, secret_in, wiping_stack};
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

/// RSA-OAEP to a DER SubjectPublicKeyInfo with `hash` (`SHA-1` or `SHA-256`) for MGF1 too and an
/// empty label; `undefined` when it cannot be done.
#[must_use]
#[wasm_bindgen(js_name = rsaOaepEncrypt)]
pub fn rsa_oaep_encrypt(spki: &Uint8Array, hash: &str, text: &Uint8Array) -> Option<Uint8Array> {
    let algorithms = [EncryptionAlgorithm::RsaesOaepSha1, EncryptionAlgorithm::RsaesOaepSha256];
    let algorithm = algorithms.into_iter().find(|algorithm| algorithm.hash() == hash)?;
    let spki = public_in(spki);
    let encrypt = || hazmat::oaep_encrypt(&spki, algorithm, &secret_in(text));
    wiping_stack(encrypt).ok().map(|encrypted| public_out(&encrypted))
}
