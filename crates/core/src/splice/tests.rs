//! Known answers, and random layouts against one-shot AES-GCM.

use super::*;
use crate::error::Error;
use crate::executor::Executor;
use crate::keys::Block;
use crate::vectors::{hex, known_answers};
use alloc::vec::Vec;

fn key(bytes: Vec<u8>) -> ContentKey {
    ContentKey::new(bytes.into())
}

fn known() -> Splice {
    Splice::with_chunks(&key((0..32).collect()), [1; 12], &[0x00, 0x73], BLOCK).unwrap()
}

fn digits(bytes: &[u8; 16]) -> alloc::string::String {
    bytes.iter().map(|byte| alloc::format!("{byte:02x}")).collect()
}

#[test]
fn hash_key_and_its_inverse() {
    let splice = known();
    let HashKey { h, inverse } = &*splice.hash_key;
    assert_eq!(digits(h.as_bytes()), "f29000b62a499fd0a9f39a6add2e7780");
    assert_eq!(digits(inverse.as_bytes()), "c3b5508a86ff2cef4a16f2b83c0e501f");
    assert_eq!(digits(h.power(2).as_bytes()), "45fad2d9766bac97c296ea45e74b9700");
    assert_eq!(h.power(2), h.clone() * h);
    assert_eq!(h.clone() * inverse, Element::ONE);
}

#[test]
fn chunk_nonces() {
    let splice = known();
    for (block, wanted) in [
        (0, "8c9544d7dbee4ca981e27b2a52a9959c"),
        (1, "e70db4f7d4473b3568999f1b701fd879"),
        (4, "a8b404a8318d06871d470b69d4e178ef"),
        (0x40_0000, "136be2e3790786fe85da1fa4859a9350"),
        (0xffff_fffe, "4bed6abbea19e454e4a205fea84356eb"),
    ] {
        assert_eq!(digits(splice.chunk_nonce(block).expose()), wanted, "block {block:#x}");
    }
}

#[test]
fn partial_hashes_of_known_layouts() {
    let set = known_answers("gcm-splice.json");
    for layout in set["splice"].as_array().unwrap() {
        let iv = hex(&layout["iv"]).try_into().unwrap();
        let splice = Splice::new(&key(hex(&layout["key"])), iv, &[]).unwrap();
        assert_eq!(splice.hash_key.h.as_bytes().to_vec(), hex(&layout["H"]));
        for chunk in layout["chunks"].as_array().unwrap() {
            let tag = Element::new(hex(&chunk["tag_prime"]).try_into().unwrap());
            let mask = Element::new(hex(&chunk["ek_j0"]).try_into().unwrap());
            let length = chunk["len"].as_u64().unwrap();
            let found = splice.absorb(tag + &mask, lengths(0, length)).0.0.to_vec();
            assert_eq!(found, hex(&chunk["partial_ghash_X"]));
        }
    }
}

/// xorshift64
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound).unwrap()).unwrap()
    }
}

#[test]
fn the_splice_is_one_shot_aes_gcm() {
    let mut random = Random(0x5eed);
    for round in 0..300 {
        let bytes = (0..[16, 24, 32][round % 3]).map(|_| u8::try_from(random.below(256)).unwrap());
        let key = key(bytes.collect());
        let executor = Executor::new(&key).unwrap();
        let aad: &[u8] = [&[][..], &[0x00, 0x73], &[7; 37]][random.below(3)];
        let chunk = BLOCK * (1 + random.below(5));
        let iv = [u8::try_from(round % 256).unwrap(); 12];
        let splice = Splice::with_chunks(&key, iv, aad, chunk).unwrap();
        let length = random.below(9 * chunk);
        let text: Vec<u8> = (0..length).map(|i| u8::try_from(i * 7 % 251).unwrap()).collect();

        let mut wanted = Vec::new();
        executor.encrypt(splice.iv(), aad, &text, &mut wanted).unwrap();
        let hash_nonces = HashNonces::new(&[&iv]).unwrap();

        let mut order: Vec<usize> = (0..length.div_ceil(chunk)).collect();
        for i in (1..order.len()).rev() {
            order.swap(i, random.below(i + 1));
        }
        let mut tally = Tally::default();
        let mut sealed = alloc::vec![0; length];
        for index in order {
            let number = u32::try_from(index).unwrap();
            let range = index * chunk..length.min((index + 1) * chunk);
            let mut out = Vec::new();
            let nonce = splice.chunk_nonce(number);
            executor.encrypt(nonce.expose(), &[], &text[range.clone()], &mut out).unwrap();
            let tag = ChunkTag::new(&out.split_off(range.len()).try_into().unwrap());
            let pin = splice.absorb_sealed(number, &tag, range.len());
            assert_eq!(splice.sealed_tag(number, &pin, range.len()).expose(), tag.expose());
            tally.pin(index, pin).unwrap();

            let mut hash = Vec::new();
            let nonce = hash_nonces.get(number);
            executor.encrypt(&nonce, &out, &[], &mut hash).unwrap();
            let hash = HashTag::new(&hash.try_into().unwrap());
            let again = splice.absorb_hashed(&nonce, &hash, range.len());
            tally.pin(index, again).unwrap();
            sealed[range].copy_from_slice(&out);
        }
        let tag = splice.finish(tally.iter(), u64::try_from(length).unwrap());
        assert_eq!([&sealed, &tag[..]].concat(), wanted, "round {round}, {length} bytes");
    }
}

#[test]
fn a_tally_takes_no_second_answer() {
    let mut tally = Tally::default();
    assert_eq!(tally.first_missing(3), Some(0));
    tally.pin(2, Pin(Block([2; 16]))).unwrap();
    tally.pin(0, Pin(Block([0; 16]))).unwrap();
    assert_eq!(tally.first_missing(3), Some(1));
    assert!(!tally.is_complete(3));
    tally.pin(1, Pin(Block([1; 16]))).unwrap();
    tally.pin(1, Pin(Block([1; 16]))).unwrap();
    assert!(tally.is_complete(3) && !tally.is_complete(4));
    assert_eq!(tally.pin(1, Pin(Block([3; 16]))), Err(Error::SourceChanged));
}
