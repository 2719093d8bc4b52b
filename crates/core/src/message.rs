//! AWS Encryption SDK messages (docs/formats.md 2): header, then frames, each its own AES-GCM
//! message.

mod frame;
mod header;
mod inspect;
mod limits;
mod opener;
mod sealer;
mod stranger;

pub use frame::{DEFAULT_FRAME_LENGTH, HEAD_LENGTH, MAX_FRAME_LENGTH};
pub use header::{ContentType, Header, HeaderReader, cut_short};
pub use inspect::{
    BodyDescription, Description, EdkDescription, Field, Inspector, SuiteDescription,
};
pub use limits::Limits;
pub use opener::{
    CommitmentPolicy, FrameOpener, OpenOptions, Opening, UnverifiedHeader, VerifiedHeader,
};
pub(crate) use sealer::FrameLayout;
pub use sealer::{FrameSealer, SealOptions, Sealing, sealed_size};
pub(crate) use stranger::{SYMMETRIC, is_symmetric};
