//! The splice through the platform's SubtleCrypto equals its own one-shot AES-GCM, whatever the layout.
//! The same tests run in Node and in a browser.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::as_conversions)]

mod support;

use bongtu::hazmat::Splice;
use bongtu::{ChunkTag, HashTag};
use js_sys::Uint8Array;
use support::{aes_gcm, aes_key, bytes, subtle};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::CryptoKey;

#[cfg(feature = "browser")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

const ROUNDS: usize = 300;
const BLOCK: usize = 16;
static AAD: [u8; 64] = [0x5a; 64];

#[wasm_bindgen_test]
async fn a_splice_in_any_layout_and_order_is_one_shot_aes_gcm() {
    let mut random = Random(0x5eed);
    for round in 0..ROUNDS {
        // Chromium's WebCrypto has no keys of 192 bits.
        let raw = random.bytes([16, 32][round % 2]);
        let iv: [u8; 12] = random.bytes(12).try_into().unwrap();
        let aad = &AAD[..random.below(AAD.len() + 1)];
        let chunk = BLOCK * (1 + random.below(40));
        let length = random.below(9 * chunk);
        let text = random.bytes(length);
        let key = aes_key(&Uint8Array::from(&raw[..])).await;
        let whole = encrypt(&key, &iv, aad, &text).await;

        let mut splice = Splice::new(&raw, iv, aad, chunk).unwrap();
        let chunks = length.div_ceil(chunk);
        let mut sealed = vec![0; length];
        for index in random.order(chunks) {
            let range = index * chunk..length.min((index + 1) * chunk);
            let index = index as u32;
            let nonce = splice.chunk_nonce(index);
            let nonce = nonce.expose();
            let mut output = encrypt(&key, nonce, &[], &text[range.clone()]).await;
            let tag = output.split_off(range.len()).try_into().unwrap();
            splice.sealed(index, &ChunkTag::new(&tag), range.len()).unwrap();

            // Opening finds the same partial hash, or the splice would refuse it here.
            let hash = encrypt(&key, &splice.hash_nonce(index), &output, &[]).await;
            let hash = HashTag::new(&hash.try_into().unwrap());
            splice.hashed(index, &hash, range.len()).unwrap();
            let opened = encrypt(&key, nonce, &[], &output).await;
            assert_eq!(opened[..range.len()], text[range.clone()]);
            sealed[range].copy_from_slice(&output);
        }
        let tag = splice.finish(chunks, length as u64).unwrap();
        assert_eq!([&sealed, &tag[..]].concat(), whole, "round {round}, {length} bytes");
    }
}

#[wasm_bindgen_test]
async fn a_chunk_that_changed_is_refused_and_so_is_a_gap() {
    let raw = [7; 32];
    let key = aes_key(&Uint8Array::from(&raw[..])).await;
    let mut splice = Splice::new(&raw, [1; 12], &[], BLOCK).unwrap();
    for (text, fits) in [([1; BLOCK], true), ([1; BLOCK], true), ([2; BLOCK], false)] {
        let nonce = splice.chunk_nonce(1);
        let tag = encrypt(&key, nonce.expose(), &[], &text).await.split_off(BLOCK);
        let tag = ChunkTag::new(&tag.try_into().unwrap());
        assert_eq!(splice.sealed(1, &tag, BLOCK).is_ok(), fits);
    }
    assert!(splice.finish(2, 2 * BLOCK as u64).is_err());
    assert!(Splice::new(&raw, [1; 12], &[], BLOCK + 1).is_err());
}

/// Ciphertext and tag.
async fn encrypt(key: &CryptoKey, nonce: &[u8], aad: &[u8], text: &[u8]) -> Vec<u8> {
    let text = Uint8Array::from(text);
    let sealed = subtle().encrypt_with_object_and_js_u8_array(&aes_gcm(nonce, aad), key, &text);
    bytes(sealed.unwrap()).await.unwrap()
}

/// xorshift64
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.below(256) as u8).collect()
    }

    /// The numbers below `count`, shuffled.
    fn order(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        for i in (1..count).rev() {
            order.swap(i, self.below(i + 1));
        }
        order
    }
}
