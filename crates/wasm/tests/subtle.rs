//! The plans, driven from Rust: every operation is run by the platform's SubtleCrypto and by the
//! Rust executor, and both must yield the same bytes. The same tests run in Node and in a browser.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::as_conversions)]

mod support;

use base64ct::{Base64, Encoding};
use bongtu_wasm::keyring::Keyring;
use bongtu_wasm::message::{MessageSealing, OpenSession};
use bongtu_wasm::public_key::PublicKey;
use bongtu_wasm::records::{MAX_RECORDS, RECORD};
use bongtu_wasm_fallback::{Aes, rsa_oaep_encrypt};
use js_sys::{Array, Object, Reflect, Uint8Array};
use support::{aes_gcm, aes_key, bytes, object, subtle};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::CryptoKey;

#[cfg(feature = "browser")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

const ARN: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const PUBLIC: &str = include_str!("../../core/tests/data/rsa2048-public.pem");
const PRIVATE: &str = include_str!("../../core/tests/data/rsa2048-private.pem");
const FRAME: usize = 100;

#[wasm_bindgen_test]
async fn subtle_crypto_and_rust_seal_the_same_bytes_and_open_them() {
    for length in [0, 1, FRAME - 1, FRAME, FRAME + 1, 5 * FRAME + 7] {
        let text: Vec<u8> = (0..length).map(|i| (i * 7 % 251) as u8).collect();
        let message = seal(&text).await;
        assert_eq!(open(&message).await.unwrap(), text, "{length} bytes");
        for bit in [0, 7] {
            let mut broken = message.clone();
            let last = broken.len() - 1;
            broken[last] ^= 1 << bit;
            assert!(open(&broken).await.is_none(), "{length} bytes, bit {bit} of the last tag");
        }
    }
}

#[wasm_bindgen_test]
async fn what_rust_wraps_subtle_crypto_unwraps() {
    for hash in ["SHA-1", "SHA-256"] {
        let secret: Vec<u8> = (0..80).collect();
        let spki = public_key().spki();
        let wrapped = rsa_oaep_encrypt(&spki, hash, &Uint8Array::from(&secret[..])).unwrap();
        let key = rsa_key("pkcs8", &der(PRIVATE), hash, "decrypt").await;
        let decrypted =
            subtle().decrypt_with_object_and_js_u8_array(&rsa_oaep(hash), &key, &wrapped);
        assert_eq!(bytes(decrypted.unwrap()).await.unwrap(), secret);
    }
}

async fn seal(text: &[u8]) -> Vec<u8> {
    let keyring = Keyring::kms_rsa(&public_key(), ARN, None, false).unwrap();
    let context = vec!["목적".into(), "검사".into()];
    let mut sealing = MessageSealing::new(&keyring, context, Some(FRAME as f64), None).unwrap();
    sealing.begin().unwrap();
    let hash = sealing.wrap_hash().unwrap();
    let key = rsa_key("spki", &der(PUBLIC), &hash, "encrypt").await;
    let plaintext = sealing.wrap_plaintext().unwrap();
    let wrapped = subtle().encrypt_with_object_and_js_u8_array(&rsa_oaep(&hash), &key, &plaintext);
    let wrapped = Uint8Array::from(&bytes(wrapped.unwrap()).await.unwrap()[..]);
    let mut session = sealing.wrapped(&wrapped).unwrap();

    let mut message = session.header().to_vec();
    let (platform, rust) = content_key(&session.take_content_key().unwrap()).await;
    let records = Uint8Array::new_with_length((RECORD * MAX_RECORDS) as u32);
    let no_heads = Uint8Array::new_with_length(0);
    let count = session.plan(&no_heads, text.len(), true, &records).unwrap();
    for op in Record::all(&records, count) {
        let input = Uint8Array::from(&text[op.start..op.start + op.length]);
        let sealed = subtle().encrypt_with_object_and_js_u8_array(&op.aes_gcm(), &platform, &input);
        let sealed = bytes(sealed.unwrap()).await.unwrap();
        let same = rust.seal(&op.nonce, &op.aad, &input).unwrap();
        assert_eq!(sealed, same.to_vec(), "operation {}", op.id);
        message.extend_from_slice(&op.prefix);
        message.extend_from_slice(&sealed);
        session.confirm(op.id, 1).unwrap();
    }
    session.finish().unwrap();
    message
}

/// The plaintext, `None` when a frame does not verify; both executors must agree on that.
async fn open(message: &[u8]) -> Option<Vec<u8>> {
    let keyring = Keyring::kms_rsa_open_only(ARN, None, false).unwrap();
    let mut session = OpenSession::new(&keyring, vec![], None, None, None, None).unwrap();
    let header = session.header(&Uint8Array::from(message), true).unwrap();
    let request = session.request().unwrap();
    let blob: Uint8Array =
        Reflect::get(&request, &"CiphertextBlob".into()).unwrap().unchecked_into();
    let key = rsa_key("pkcs8", &der(PRIVATE), "SHA-256", "decrypt").await;
    let plaintext = subtle().decrypt_with_object_and_js_u8_array(&rsa_oaep("SHA-256"), &key, &blob);
    let plaintext = Uint8Array::from(&bytes(plaintext.unwrap()).await.unwrap()[..]);
    session.respond(Some(ARN.into()), Some(plaintext)).unwrap();
    session.unwrapped().unwrap();

    let (platform, rust) = content_key(&session.take_content_key().unwrap()).await;
    let body = &message[header..];
    let layout = session.layout().unwrap();
    let [stride, head_length] = ["stride", "headLength"]
        .map(|name| Reflect::get(&layout, &name.into()).unwrap().as_f64().unwrap() as usize);
    let heads: Vec<u8> =
        body.chunks(stride).flat_map(|frame| frame.iter().take(head_length)).copied().collect();
    let records = Uint8Array::new_with_length((RECORD * MAX_RECORDS) as u32);
    let heads = Uint8Array::from(&heads[..]);
    let count = session.plan(&heads, body.len(), true, &records).unwrap();
    let mut text = Vec::new();
    for op in Record::all(&records, count) {
        let input = Uint8Array::from(&body[op.start..op.start + op.length]);
        let opened = subtle().decrypt_with_object_and_js_u8_array(&op.aes_gcm(), &platform, &input);
        let opened = bytes(opened.unwrap()).await;
        let same = rust.open(&op.nonce, &op.aad, &input).map(|bytes| bytes.to_vec());
        assert_eq!(opened, same, "operation {}", op.id);
        text.extend_from_slice(&opened?);
        session.confirm(op.id, 1).unwrap();
    }
    session.finish().unwrap();
    Some(text)
}

/// An operation as JavaScript reads it out of the record buffer.
struct Record {
    id: u32,
    start: usize,
    length: usize,
    nonce: Uint8Array,
    prefix: Vec<u8>,
    aad: Uint8Array,
}

impl Record {
    fn all(records: &Uint8Array, count: usize) -> Vec<Self> {
        records.to_vec().chunks(RECORD).take(count).map(Self::read).collect()
    }

    fn read(record: &[u8]) -> Self {
        let u32_at = |at: usize| u32::from_le_bytes(record[at..at + 4].try_into().unwrap());
        let (prefix_length, aad_length) = (usize::from(record[12]), usize::from(record[13]));
        Self {
            id: u32_at(0),
            start: u32_at(4) as usize,
            length: u32_at(8) as usize,
            nonce: Uint8Array::from(&record[16..16 + usize::from(record[14])]),
            prefix: record[32..32 + prefix_length].to_vec(),
            aad: Uint8Array::from(&record[56..56 + aad_length]),
        }
    }

    fn aes_gcm(&self) -> Object {
        aes_gcm(&self.nonce.to_vec(), &self.aad.to_vec())
    }
}

async fn content_key(raw: &Uint8Array) -> (CryptoKey, Aes) {
    (aes_key(raw).await, Aes::import(raw).unwrap())
}

async fn rsa_key(format: &str, der: &[u8], hash: &str, usage: &str) -> CryptoKey {
    let usages = [usage].into_iter().map(JsValue::from).collect::<Array>();
    let der = Uint8Array::from(der);
    let key = subtle().import_key_with_object(format, &der, &rsa_oaep(hash), false, &usages);
    JsFuture::from(key.unwrap()).await.unwrap().unchecked_into()
}

fn rsa_oaep(hash: &str) -> Object {
    object(&[("name", "RSA-OAEP".into()), ("hash", hash.into())])
}

fn public_key() -> PublicKey {
    PublicKey::parse(&Uint8Array::from(PUBLIC.as_bytes()), None, None).unwrap()
}

fn der(pem: &str) -> Vec<u8> {
    let lines: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    Base64::decode_vec(&lines).unwrap()
}
