//! bongtu for JavaScript: handles and conversions, no logic. The TypeScript in `js/` owns
//! streams, WebCrypto and the public API; nothing here is meant to be called by anybody else.
//!
//! Two WebAssembly modules are built of it, by the features `seal` and `open`, so that a page downloads
//! what it uses.

#![allow(
    clippy::missing_errors_doc,
    clippy::must_use_candidate,
    reason = "called from TypeScript only, where every failure is thrown as a BongtuError"
)]
#![no_std]
extern crate alloc;

bongtu_wasm_support::small_allocator!();
bongtu_wasm_support::without_std!();

pub mod keyring;
#[cfg(feature = "open")]
pub mod kms;
pub mod message;
pub mod object;
#[cfg(feature = "seal")]
pub mod pieces;
#[cfg(feature = "seal")]
pub mod public_key;
pub mod records;
pub mod secret;

const OUT_OF_ORDER: bongtu::Error = bongtu::Error::State("the session was used out of order");
