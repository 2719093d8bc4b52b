//! Describing messages and objects for JavaScript, without any key: conversions, no logic.

#![allow(
    clippy::missing_errors_doc,
    clippy::must_use_candidate,
    reason = "called from TypeScript only, where every failure is thrown as a BongtuError"
)]

bongtu_wasm_support::small_allocator!();

pub mod message;
pub mod object;
