//! Shared by the WebAssembly modules: the one door for secrets, errors as JavaScript throws them,
//! and conversions. No logic.

#![allow(
    clippy::missing_errors_doc,
    clippy::must_use_candidate,
    reason = "called by the bindings only, which hand every failure on to TypeScript"
)]

pub mod bytes;
pub mod convert;
pub mod error;
pub mod json;
pub mod objects;

/// Memory for modules through which no bulk data goes. The standard library's allocator is a tenth
/// of such a module; this one is a fifth of that, and takes constant time whatever it is asked for.
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
pub use rlsf::SmallGlobalTlsf as SmallAllocator;
