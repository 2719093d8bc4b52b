//! Requests to S3 and policies of buckets for JavaScript: conversions, no logic.
//!
//! Two WebAssembly modules are built of it, by the features `requests` and `policies`: pages upload, and
//! policies are made and explained elsewhere.

#![allow(
    clippy::missing_errors_doc,
    clippy::must_use_candidate,
    reason = "called from TypeScript only, where every failure is thrown as a BongtuError"
)]
#![no_std]
extern crate alloc;

bongtu_wasm_support::small_allocator!();
bongtu_wasm_support::without_std!();

#[cfg(feature = "requests")]
pub mod encryption;
#[cfg(feature = "policies")]
pub mod key_policy;
mod options;
#[cfg(feature = "policies")]
pub mod policy;
#[cfg(feature = "requests")]
pub mod post;
#[cfg(feature = "requests")]
pub mod upload;
