//! Checksums of S3 for JavaScript: no platform has CRCs, and none sums piece by piece.

#![allow(
    clippy::missing_errors_doc,
    clippy::must_use_candidate,
    reason = "called from TypeScript only, where every failure is thrown as a BongtuError"
)]

use bongtu::s3::ChecksumAlgorithm;
use bongtu::s3::checksum::{self, Hasher};
use bongtu_wasm_support::error::Result;
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

/// Bytes copied in at a time, so that a large chunk does not enlarge the memory for good.
const BLOCK: u32 = 64 * 1024;

/// A checksum of bytes that come piece by piece.
#[wasm_bindgen]
pub struct Checksum {
    hasher: Hasher,
    block: Vec<u8>,
}

#[wasm_bindgen]
impl Checksum {
    /// The checksum of no bytes.
    #[wasm_bindgen(constructor)]
    pub fn new(algorithm: &str) -> Result<Self> {
        let algorithm = ChecksumAlgorithm::from_name(algorithm)?;
        Ok(Self { hasher: Hasher::new(algorithm), block: Vec::new() })
    }

    /// Adds bytes to the end.
    pub fn update(&mut self, bytes: &Uint8Array) {
        let mut start = 0;
        while start < bytes.length() {
            let end = start.saturating_add(BLOCK).min(bytes.length());
            let piece = bytes.subarray(start, end);
            self.block.resize(usize::try_from(piece.length()).unwrap_or(0), 0);
            piece.copy_to(&mut self.block);
            self.hasher.update(&self.block);
            start = end;
        }
    }

    /// The value as headers carry it.
    pub fn finish(self) -> String {
        self.hasher.finish()
    }
}

/// The header that carries a value of this algorithm.
#[wasm_bindgen(js_name = checksumHeader)]
pub fn header(algorithm: &str) -> Result<String> {
    Ok(ChecksumAlgorithm::from_name(algorithm)?.header().into())
}

/// The checksum of an object from those of its parts and their sizes in bytes.
#[wasm_bindgen]
pub fn combine(algorithm: &str, values: Vec<String>, sizes: Vec<u64>) -> Result<String> {
    let parts = values.iter().map(String::as_str).zip(sizes);
    Ok(checksum::combine(ChecksumAlgorithm::from_name(algorithm)?, parts)?)
}

/// The checksum over the checksums of parts.
#[wasm_bindgen]
pub fn composite(algorithm: &str, values: Vec<String>) -> Result<String> {
    let values = values.iter().map(String::as_str);
    Ok(checksum::composite(ChecksumAlgorithm::from_name(algorithm)?, values)?)
}
