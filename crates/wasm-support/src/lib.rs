//! Shared by the WebAssembly modules: the one door for secrets, errors as JavaScript throws them,
//! and conversions. No logic.

#![allow(
    clippy::missing_errors_doc,
    clippy::must_use_candidate,
    reason = "called by the bindings only, which hand every failure on to TypeScript"
)]
#![no_std]
extern crate alloc;

pub mod bytes;
pub mod convert;
pub mod error;
pub mod json;
pub mod objects;
mod small;

#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
pub use small::SmallAllocator;
