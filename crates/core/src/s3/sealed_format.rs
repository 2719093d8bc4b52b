//! The formats of uploads.

use crate::error::{Error, Result};
use crate::object::Format;

/// The format of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealedFormat {
    /// A message, which needs no metadata.
    Message,
    /// An object, whose metadata are its envelope.
    Object(Format),
}

impl SealedFormat {
    /// `message`, `v2` or `v3`.
    ///
    /// # Errors
    /// [`Error::Input`] for another name.
    pub fn from_name(name: &str) -> Result<Self> {
        match name {
            "message" => Ok(Self::Message),
            _ => Format::from_name(name)
                .map(Self::Object)
                .map_err(|_| Error::Input("format must be message, v3 or v2")),
        }
    }
}
