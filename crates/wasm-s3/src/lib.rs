//! Requests to S3 and policies of buckets for JavaScript: conversions, no logic.
//!
//! Two WebAssembly modules are built of it, by the features `requests` and `policies`: pages upload, and
//! policies are made and explained elsewhere.

#![allow(
    clippy::missing_errors_doc,
    clippy::must_use_candidate,
    reason = "called from TypeScript only, where every failure is thrown as a BongtuError"
)]

#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#[global_allocator]
static ALLOCATOR: bongtu_wasm_support::SmallAllocator = bongtu_wasm_support::SmallAllocator::new();

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
