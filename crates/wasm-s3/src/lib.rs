//! Requests to S3 for JavaScript: conversions, no logic.

#![allow(
    clippy::missing_errors_doc,
    clippy::must_use_candidate,
    reason = "called from TypeScript only, where every failure is thrown as a BongtuError"
)]

#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#[path = "../../wasm/src/allocator.rs"]
mod allocator;
#[expect(dead_code, reason = "the bindings' one door for secrets; not all of it is needed here")]
#[path = "../../wasm/src/bytes.rs"]
mod bytes;
#[expect(dead_code, reason = "of numbers and pairs, pairs are enough here")]
#[path = "../../wasm/src/convert.rs"]
mod convert;
pub mod encryption;
#[path = "../../wasm/src/error.rs"]
pub mod error;
#[path = "../../wasm/src/json.rs"]
mod json;
#[expect(dead_code, reason = "of plain objects, pairs are enough here")]
#[path = "../../wasm/src/objects.rs"]
mod objects;
mod options;
pub mod policy;
pub mod upload;
