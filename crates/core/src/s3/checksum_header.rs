//! The names of checksums and the headers that carry them (docs/formats.md 6.2).

use crate::error::{Error, Result};
use crate::named::named;
use alloc::string::String;

named! {
    /// A checksum that S3 verifies, by S3's name.
    #[non_exhaustive]
    pub enum ChecksumAlgorithm {
        /// CRC-32 of zlib.
        Crc32 = "CRC32",
        /// CRC-32C, Castagnoli's.
        Crc32c = "CRC32C",
        /// CRC-64/NVME, which S3 computes itself when it is sent none.
        Crc64Nvme = "CRC64NVME",
        /// SHA-256.
        Sha256 = "SHA256",
        /// MD5, sent as `Content-MD5`.
        Md5 = "MD5",
    }
    otherwise |_| Error::Input("a checksum is CRC32, CRC32C, CRC64NVME, SHA256 or MD5")
}

/// A checksum of what is uploaded, which is ciphertext.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checksum {
    /// Its kind.
    pub algorithm: ChecksumAlgorithm,
    /// Base64 of the big-endian value; what begins an upload in parts knows none yet.
    pub value: Option<String>,
}

impl ChecksumAlgorithm {
    /// The header that carries it, in lower case.
    #[must_use]
    pub const fn header(self) -> &'static str {
        match self {
            Self::Crc32 => "x-amz-checksum-crc32",
            Self::Crc32c => "x-amz-checksum-crc32c",
            Self::Crc64Nvme => "x-amz-checksum-crc64nvme",
            Self::Sha256 => "x-amz-checksum-sha256",
            Self::Md5 => "content-md5",
        }
    }

    /// Bytes of its value.
    #[must_use]
    pub const fn length(self) -> usize {
        match self {
            Self::Crc32 | Self::Crc32c => 4,
            Self::Crc64Nvme => 8,
            Self::Sha256 => 32,
            Self::Md5 => 16,
        }
    }

    /// How S3 forms an object's checksum of those of its parts: of all bytes where it can.
    ///
    /// # Errors
    /// [`Error::Input`] for MD5, which is for single requests.
    pub const fn multipart_type(self) -> Result<&'static str> {
        match self {
            Self::Crc32 | Self::Crc32c | Self::Crc64Nvme => Ok("FULL_OBJECT"),
            Self::Sha256 => Ok("COMPOSITE"),
            Self::Md5 => Err(Error::Input("an upload in parts has no MD5 of the whole")),
        }
    }
}
