//! AWS Encryption SDK messages (docs/formats.md 2): header, then frames, each its own AES-GCM
//! message.

mod frame_opener;
mod frame_sealer;
mod header;
mod header_tag;
mod inspect;
mod limits;
#[cfg(feature = "std")]
mod open_reader;
mod opener;
#[cfg(feature = "keyrings")]
mod required;
mod seal_options;
#[cfg(feature = "std")]
mod seal_writer;
mod sealer;
#[cfg(feature = "std")]
mod seek_reader;
#[cfg(feature = "std")]
mod seen;
mod signature;
mod stranger;
mod unframed;
#[cfg(feature = "std")]
mod unframed_reader;
mod whole;
#[cfg(feature = "keyrings")]
mod wrapping;

pub use crate::commitment_policy::CommitmentPolicy;
pub use crate::frame::{DEFAULT_FRAME_LENGTH, HEAD_LENGTH, MAX_FRAME_LENGTH};
pub use frame_opener::FrameOpener;
pub use frame_sealer::FrameSealer;
pub use header::{ContentType, Header, HeaderReader};
pub use inspect::{
    BodyDescription, Description, EdkDescription, Field, Inspector, SuiteDescription,
};
pub use limits::Limits;
#[cfg(feature = "std")]
pub use open_reader::OpenReader;
pub use opener::{OpenOptions, Opening, UnverifiedHeader, UnwrappedMessage, VerifiedHeader};
pub use seal_options::SealOptions;
#[cfg(feature = "std")]
pub use seal_writer::SealWriter;
pub use sealer::{Sealing, WrappedMessage, sealed_size};
#[cfg(feature = "std")]
pub use seek_reader::OpenSeekReader;
pub use signature::Signer;
pub(crate) use stranger::{SYMMETRIC, is_symmetric};
#[cfg(feature = "keyrings")]
pub use whole::seal_with;
pub use whole::{open_with, seal};
#[cfg(feature = "keyrings")]
pub use wrapping::Wrapping;

#[cfg(test)]
#[cfg(all(feature = "std", feature = "signatures"))]
mod tests;
