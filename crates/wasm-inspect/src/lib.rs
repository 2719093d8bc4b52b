//! Describing messages and objects for JavaScript, without any key: conversions, no logic.

#![allow(
    clippy::missing_errors_doc,
    clippy::must_use_candidate,
    reason = "called from TypeScript only, where every failure is thrown as a BongtuError"
)]

#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#[global_allocator]
static ALLOCATOR: bongtu_wasm_support::SmallAllocator = bongtu_wasm_support::SmallAllocator::new();

pub mod message;
pub mod object;
