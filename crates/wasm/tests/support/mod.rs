//! SubtleCrypto, driven from Rust.

use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Crypto, CryptoKey, SubtleCrypto};

/// An AES-GCM key of the platform's own.
pub(crate) async fn aes_key(raw: &Uint8Array) -> CryptoKey {
    let usages = ["encrypt", "decrypt"].into_iter().map(JsValue::from).collect::<Array>();
    let algorithm = object(&[("name", "AES-GCM".into())]);
    let key = subtle().import_key_with_object("raw", raw, &algorithm, false, &usages);
    JsFuture::from(key.unwrap()).await.unwrap().unchecked_into()
}

/// WebCrypto's parameters of a call under `nonce`.
pub(crate) fn aes_gcm(nonce: &[u8], aad: &[u8]) -> Object {
    object(&[
        ("name", "AES-GCM".into()),
        ("iv", Uint8Array::from(nonce).into()),
        ("additionalData", Uint8Array::from(aad).into()),
        ("tagLength", 128.into()),
    ])
}

/// `globalThis.crypto.subtle`, in a window and in Node alike.
pub(crate) fn subtle() -> SubtleCrypto {
    let crypto = Reflect::get(&js_sys::global(), &"crypto".into()).unwrap();
    crypto.unchecked_into::<Crypto>().subtle()
}

pub(crate) fn object(members: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in members {
        Reflect::set(&object, &(*name).into(), value).unwrap();
    }
    object
}

/// The bytes of a promise of an ArrayBuffer; `None` if it is rejected.
pub(crate) async fn bytes(promise: Promise) -> Option<Vec<u8>> {
    let buffer = JsFuture::from(promise).await.ok()?;
    Some(Uint8Array::new(&buffer).to_vec())
}
