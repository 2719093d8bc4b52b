//! Sealing and opening S3 objects.

#[cfg(feature = "open")]
mod open;
#[cfg(feature = "seal")]
mod seal;

#[cfg(feature = "open")]
pub use open::ObjectOpening;
#[cfg(feature = "seal")]
pub use seal::ObjectSealing;
