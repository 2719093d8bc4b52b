//! AWS Encryption SDK messages (docs/formats.md 2): header, then frames, each its own AES-GCM
//! message.

mod header;
mod header_tag;
mod inspect;
mod limits;
mod opener;
mod sealer;
mod stranger;
#[cfg(feature = "std")]
mod stream;
mod whole;

pub use crate::frame::{DEFAULT_FRAME_LENGTH, HEAD_LENGTH, MAX_FRAME_LENGTH};
pub use header::{ContentType, Header, HeaderReader};
pub use inspect::{
    BodyDescription, Description, EdkDescription, Field, Inspector, SuiteDescription,
};
pub use limits::Limits;
pub use opener::{
    CommitmentPolicy, FrameOpener, OpenOptions, Opening, UnverifiedHeader, UnwrappedMessage,
    VerifiedHeader,
};
pub use sealer::{FrameSealer, SealOptions, Sealing, WrappedMessage, sealed_size};
pub(crate) use stranger::{SYMMETRIC, is_symmetric};
#[cfg(feature = "std")]
pub use stream::{OpenReader, SealWriter};
pub use whole::{open_with, seal};
