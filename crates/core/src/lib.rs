#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![no_std]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

mod arn;
mod block_cipher;
mod codec;
mod commitment_policy;
mod context;
mod derive;
mod description;
mod error;
pub mod executor;
mod frame;
pub mod hazmat;
#[cfg(feature = "std")]
mod io;
mod json;
mod key_policy;
mod keyring;
mod keys;
mod kms;
mod materials;
pub mod message;
mod named;
pub mod object;
mod pairs;
pub mod plan;
mod public_key;
mod retry;
pub mod s3;
pub mod sealed;
pub mod secret;
mod shown;
mod splice;
pub mod suite;
#[cfg(test)]
mod vectors;
mod wrap;

pub use arn::KeyArn;
pub use context::EncryptionContext;
pub use description::MaterialDescription;
pub use error::{Error, Result};
pub use json::{Json, JsonParser};
pub use key_policy::{KeyPolicy, KeyUse, SymmetricUse, key_policy, opener_policy};
pub use keyring::{Keyring, KmsKeyring, KmsRsaKeyring};
#[cfg(feature = "keyrings")]
pub use keyring::{MultiKeyring, RawAesKeyring, RawRsaKeyring, RsaPadding};
pub use keys::{ChunkNonce, ChunkTag, ContentKey, DataKey, HashTag, WrapText};
pub use kms::{
    DecryptParameters, DecryptRequest, DecryptResponse, GenerateDataKeyRequest,
    GenerateDataKeyResponse, KmsFailure,
};
#[cfg(feature = "keyrings")]
pub use kms::{EncryptRequest, EncryptResponse, SealRequest, SealResponse};
pub use materials::EncryptedDataKey;
#[cfg(feature = "keyrings")]
pub use message::seal_with;
pub use message::{
    CommitmentPolicy, Limits, OpenOptions, SealOptions, open_with, seal, sealed_size,
};
#[cfg(feature = "std")]
pub use message::{OpenReader, OpenSeekReader, SealWriter};
pub use public_key::{GetPublicKeyResponse, KeySpec, KmsPublicKey};
pub use retry::Backoff;
pub use wrap::EncryptionAlgorithm;
