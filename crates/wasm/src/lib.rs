//! bongtu for JavaScript: handles and conversions, no logic. The TypeScript beside it (`js/`) owns
//! streams, WebCrypto and the public API; nothing here is meant to be called by anybody else.

mod bytes;
pub mod error;
pub mod inspect;
pub mod keyring;
pub mod message;
pub mod records;
pub mod rust_executor;
