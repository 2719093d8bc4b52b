//! Describing messages and objects for JavaScript, without any key: conversions, no logic.

#![allow(
    clippy::missing_errors_doc,
    clippy::must_use_candidate,
    reason = "called from TypeScript only, where every failure is thrown as a BongtuError"
)]

#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#[path = "../../wasm/src/allocator.rs"]
mod allocator;
#[expect(dead_code, reason = "there are no secrets here")]
#[path = "../../wasm/src/bytes.rs"]
mod bytes;
#[expect(dead_code, reason = "of numbers and pairs, half is enough here")]
#[path = "../../wasm/src/convert.rs"]
mod convert;
#[path = "../../wasm/src/error.rs"]
pub mod error;
#[path = "../../wasm/src/json.rs"]
mod json;
pub mod message;
pub mod object;
#[path = "../../wasm/src/objects.rs"]
mod objects;
