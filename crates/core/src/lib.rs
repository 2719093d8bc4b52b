//! bongtu (봉투, "envelope") seals data where it is born, offline and without any AWS credential,
//! to the public half of an AWS KMS RSA key, in formats that AWS's own SDKs open and only
//! `kms:Decrypt` unlocks.
//!
//! This crate is pure: it does no I/O and knows no async. Data flows one way,
//!
//! > public key → keyring → data key and wrap → header → plan of the body → executor → bytes
//!
//! and back: bytes → unverified header → keyring unwraps → verified header → plan → executor →
//! plaintext. KMS is a value out and a value in, so that the same code serves native programs,
//! Node and browsers.
//!
//! Sealing needs a public key only:
//!
//! ```
//! # fn main() -> bongtu::Result<()> {
//! # let pem = include_bytes!("../tests/data/rsa2048-public.pem");
//! use bongtu::{KeyArn, KmsPublicKey, KmsRsaKeyring, Keyring, SealOptions};
//!
//! let arn = KeyArn::parse("arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab")?;
//! let keyring = KmsRsaKeyring::new(KmsPublicKey::parse(pem)?, arn, None)?;
//! let message = bongtu::seal(&Keyring::KmsRsa(keyring), b"hello", SealOptions::default())?;
//! # assert_eq!(message.len(), 440 + 40 + 5);
//! # Ok(())
//! # }
//! ```
//!
//! Opening asks its caller to make the KMS call, see [`open_with`].

#![no_std]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

mod arn;
mod block_cipher;
mod codec;
mod context;
mod derive;
mod description;
mod envelope;
mod error;
pub mod executor;
pub mod hazmat;
mod header_tag;
#[cfg(feature = "json")]
mod json;
mod keyring;
mod keys;
mod kms;
mod materials;
pub mod message;
pub mod object;
mod pairs;
pub mod plan;
mod public_key;
pub mod s3;
pub mod sealed;
pub mod secret;
mod splice;
#[cfg(feature = "std")]
mod stream;
pub mod suite;
#[cfg(test)]
mod vectors;
mod wrap;

pub use arn::KeyArn;
pub use context::EncryptionContext;
pub use description::MaterialDescription;
pub use envelope::{open_with, seal};
pub use error::{Error, Result};
pub use keyring::{Keyring, KmsKeyring, KmsRsaKeyring};
pub use keys::{ChunkNonce, ChunkTag, ContentKey, DataKey, HashTag, WrapText};
pub use kms::{
    DecryptParameters, DecryptRequest, DecryptResponse, GenerateDataKeyRequest,
    GenerateDataKeyResponse, KmsFailure,
};
pub use materials::EncryptedDataKey;
pub use message::{CommitmentPolicy, Limits, OpenOptions, SealOptions, sealed_size};
pub use public_key::{GetPublicKeyResponse, KeySpec, KmsPublicKey};
#[cfg(feature = "std")]
pub use stream::{OpenReader, SealWriter};
pub use wrap::EncryptionAlgorithm;
