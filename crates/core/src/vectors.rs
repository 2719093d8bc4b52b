//! Published vectors for the tests of this crate's inner parts. They are kept beside the repository,
//! not in it.

use alloc::{string::String, vec::Vec};
use base64ct::{Base64, Encoding};
use serde_json::Value;

pub(crate) fn vector(path: &str) -> Option<Value> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors/");
    match std::fs::read(String::from(root) + path) {
        Ok(bytes) => Some(serde_json::from_slice(&bytes).unwrap()),
        Err(_) => {
            std::println!("SKIPPED without ../shared/vectors/{path}");
            None
        }
    }
}

pub(crate) fn base64(value: &Value) -> Vec<u8> {
    Base64::decode_vec(value.as_str().unwrap()).unwrap()
}

pub(crate) fn hex(value: &Value) -> Vec<u8> {
    let digits =
        value.as_str().unwrap().as_bytes().chunks(2).map(|two| str::from_utf8(two).unwrap());
    digits.map(|two| u8::from_str_radix(two, 16).unwrap()).collect()
}
