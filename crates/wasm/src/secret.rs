//! Small secrets.

#[cfg(feature = "open")]
mod open;
#[cfg(feature = "seal")]
mod seal;

#[cfg(feature = "open")]
pub use open::read_secret;
#[cfg(feature = "seal")]
pub use seal::{check_characters, check_direct_context, is_direct_secret, secret_names};
