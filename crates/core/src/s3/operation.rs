//! Knows which operation of S3 takes which kind of header (docs/formats.md 5.1 and 5.2).

use crate::error::{Error, Result};
use crate::named::named;

named! {
    /// An operation of the S3 API.
    #[non_exhaustive]
    pub enum Operation {
        /// Stores an object in one request.
        PutObject = "PutObject",
        /// Fetches an object.
        GetObject = "GetObject",
        /// Fetches an object's headers.
        HeadObject = "HeadObject",
        /// Copies an object within S3.
        CopyObject = "CopyObject",
        /// Begins an upload in parts; the object's headers belong here.
        CreateMultipartUpload = "CreateMultipartUpload",
        /// Uploads one part.
        UploadPart = "UploadPart",
        /// Copies a part from an object.
        UploadPartCopy = "UploadPartCopy",
        /// Makes the object of its parts.
        CompleteMultipartUpload = "CompleteMultipartUpload",
        /// Gives up an upload in parts.
        AbortMultipartUpload = "AbortMultipartUpload",
        /// Lists the parts that are there.
        ListParts = "ListParts",
        /// Lists uploads that are not complete.
        ListMultipartUploads = "ListMultipartUploads",
        /// Fetches size, checksum and parts of an object.
        GetObjectAttributes = "GetObjectAttributes",
        /// Queries an object.
        SelectObjectContent = "SelectObjectContent",
        /// An HTML form's upload; what are headers elsewhere are its fields.
        PostObject = "PostObject",
        /// Deletes an object.
        DeleteObject = "DeleteObject",
        /// Deletes several.
        DeleteObjects = "DeleteObjects",
        /// Lists objects.
        ListObjectsV2 = "ListObjectsV2",
        /// Reads an object's tags.
        GetObjectTagging = "GetObjectTagging",
        /// Writes an object's tags.
        PutObjectTagging = "PutObjectTagging",
        /// Reads who may do what.
        GetObjectAcl = "GetObjectAcl",
        /// Writes who may do what.
        PutObjectAcl = "PutObjectAcl",
    }
    otherwise |_| Error::Input("this is not an S3 operation that bongtu knows, such as PutObject")
}

impl Operation {
    /// Whether it takes the headers of SSE-C.
    #[must_use]
    pub const fn takes_customer_key(self) -> bool {
        matches!(
            self,
            Self::PutObject
                | Self::GetObject
                | Self::HeadObject
                | Self::CopyObject
                | Self::CreateMultipartUpload
                | Self::UploadPart
                | Self::UploadPartCopy
                // These two need it only where a checksum algorithm was chosen, and never mind it.
                | Self::CompleteMultipartUpload
                | Self::ListParts
                | Self::GetObjectAttributes
                | Self::SelectObjectContent
                | Self::PostObject
        )
    }

    /// Whether it takes the headers of SSE-C for the object that it copies.
    #[must_use]
    pub const fn takes_copy_source(self) -> bool {
        matches!(self, Self::CopyObject | Self::UploadPartCopy)
    }

    /// Whether it takes the headers of SSE-S3, SSE-KMS and DSSE-KMS.
    #[must_use]
    pub const fn takes_mode(self) -> bool {
        matches!(
            self,
            Self::PutObject | Self::CopyObject | Self::CreateMultipartUpload | Self::PostObject
        )
    }
}
