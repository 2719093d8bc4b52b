//! Known answers for the tests of this crate's inner parts.

use alloc::{string::String, vec::Vec};
use base64ct::{Base64, Encoding};
use serde_json::Value;

/// Published vectors are kept beside the repository, not in it.
pub(crate) fn published(path: &str) -> Value {
    read("/../../../shared/vectors/", path)
}

/// The vectors that were made for this repository.
pub(crate) fn known_answers(path: &str) -> Value {
    read("/../../tests/vectors/known-answers/", path)
}

fn read(folder: &str, path: &str) -> Value {
    let file = String::from(env!("CARGO_MANIFEST_DIR")) + folder + path;
    serde_json::from_slice(&std::fs::read(&file).expect(&file)).unwrap()
}

pub(crate) fn base64(value: &Value) -> Vec<u8> {
    Base64::decode_vec(value.as_str().unwrap()).unwrap()
}

pub(crate) fn hex(value: &Value) -> Vec<u8> {
    let digits =
        value.as_str().unwrap().as_bytes().chunks(2).map(|two| str::from_utf8(two).unwrap());
    digits.map(|two| u8::from_str_radix(two, 16).unwrap()).collect()
}
