//! The only door for secrets between JavaScript and WASM memory.
//!
//! An ordinary `&[u8]` or `Vec<u8>` in a signature leaves a copy of its bytes in linear memory,
//! where nothing ever wipes it. Here bytes are copied straight into, or out of, memory that is
//! zeroized when it is dropped.

use alloc::{vec, vec::Vec};
use core::hint::black_box;
use js_sys::Uint8Array;
use zeroize::Zeroizing;

/// Copies a secret in.
pub fn secret_in(bytes: &Uint8Array) -> Zeroizing<Vec<u8>> {
    let mut secret = Zeroizing::new(vec![0; length(bytes)]);
    bytes.copy_to(&mut secret);
    secret
}

/// Copies a secret out, into memory that the caller wipes.
pub fn secret_out(secret: &[u8]) -> Uint8Array {
    Uint8Array::from(secret)
}

/// More stack than anything here uses.
const STACK: usize = 32 * 1024;

/// Runs what handles secrets and overwrites the stack it used: a move leaves a copy behind in a
/// dead frame, where no `Drop` reaches it. A test searches the memory for what this would miss.
pub fn wiping_stack<T>(run: impl FnOnce() -> T) -> T {
    let result = deeper(run);
    overwrite_stack();
    result
}

#[inline(never)]
fn deeper<T>(run: impl FnOnce() -> T) -> T {
    run()
}

#[inline(never)]
fn overwrite_stack() {
    black_box(&mut [0_u8; STACK]);
}

/// Copies public bytes in.
pub fn public_in(bytes: &Uint8Array) -> Vec<u8> {
    bytes.to_vec()
}

/// Copies public bytes out.
pub fn public_out(bytes: &[u8]) -> Uint8Array {
    Uint8Array::from(bytes)
}

/// `byteLength` as Rust counts.
pub fn length(bytes: &Uint8Array) -> usize {
    usize::try_from(bytes.length()).unwrap_or(usize::MAX)
}
