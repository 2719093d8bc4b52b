//! S3 Encryption Client objects (docs/formats.md 4): one AES-GCM message as the body, and an
//! envelope in the object's metadata.

mod encoded_words;
mod envelope;
mod format;
mod inspect;
mod metadata;
pub(crate) mod metadata_rules;
#[cfg(feature = "json")]
mod open;
mod opener;
#[cfg(all(feature = "std", feature = "json"))]
mod reader;
mod seal;
mod sealer;
#[cfg(feature = "std")]
mod writer;

pub use format::Format;
pub use inspect::{ObjectDescription, inspect_object};
pub use metadata::ObjectHead;
#[cfg(feature = "json")]
pub use open::open_object_with;
pub use opener::{
    ChunkOpener, ObjectEnvelope, ObjectOpening, OpenObjectOptions, OpenedObject, UnwrappedObject,
};
#[cfg(all(feature = "std", feature = "json"))]
pub use reader::OpenReader;
pub use seal::{SealedObject, seal_object, seal_object_with};
pub use sealer::{ObjectOptions, ObjectSealing, ObjectWrap, WrappedObject};
#[cfg(feature = "std")]
pub use writer::SealWriter;

/// Bytes of plaintext per chunk, but for the last: the grid for slices and multipart uploads.
pub const CHUNK_LENGTH: usize = crate::splice::CHUNK;
/// The longest plaintext of an object.
pub const MAX_PLAINTEXT_LENGTH: u64 = crate::splice::MAX_TEXT;
