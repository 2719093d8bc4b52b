//! The versions of the format.

use crate::error::{Error, Result};
use crate::named::named;

named! {
    /// A version of the format.
    #[derive(Default)]
    pub enum Format {
        /// `x-amz-key-v2`: no key commitment. What older clients read.
        V2 = "v2",
        /// `x-amz-c` and its siblings: with key commitment.
        #[default]
        V3 = "v3",
    }
    otherwise |_| Error::Input("format must be v2 or v3")
}

impl Format {
    /// The name of the content algorithm, to which the wrap binds the data key.
    #[must_use]
    pub const fn content_algorithm(self) -> &'static str {
        match self {
            Self::V2 => "AES/GCM/NoPadding",
            Self::V3 => "115",
        }
    }

    /// Whether a data key may be of `length` bytes: old objects have shorter ones.
    pub(crate) const fn takes_key_of(self, length: usize) -> bool {
        match self {
            Self::V2 => matches!(length, 16 | 24 | 32),
            Self::V3 => length == 32,
        }
    }
}
