//! Knows which operation of S3 takes which kind of header (docs/formats.md 5.1 and 5.2).

use crate::error::{Error, Result};

/// An operation of the S3 API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Operation {
    /// Stores an object in one request.
    PutObject,
    /// Fetches an object.
    GetObject,
    /// Fetches an object's headers.
    HeadObject,
    /// Copies an object within S3.
    CopyObject,
    /// Begins an upload in parts; the object's headers belong here.
    CreateMultipartUpload,
    /// Uploads one part.
    UploadPart,
    /// Copies a part from an object.
    UploadPartCopy,
    /// Makes the object of its parts.
    CompleteMultipartUpload,
    /// Gives up an upload in parts.
    AbortMultipartUpload,
    /// Lists the parts that are there.
    ListParts,
    /// Lists uploads that are not complete.
    ListMultipartUploads,
    /// Fetches size, checksum and parts of an object.
    GetObjectAttributes,
    /// Queries an object.
    SelectObjectContent,
    /// An HTML form's upload; what are headers elsewhere are its fields.
    PostObject,
    /// Deletes an object.
    DeleteObject,
    /// Deletes several.
    DeleteObjects,
    /// Lists objects.
    ListObjectsV2,
    /// Reads an object's tags.
    GetObjectTagging,
    /// Writes an object's tags.
    PutObjectTagging,
    /// Reads who may do what.
    GetObjectAcl,
    /// Writes who may do what.
    PutObjectAcl,
}

/// The headers made here that an operation takes.
struct Traits {
    name: &'static str,
    /// The three of SSE-C.
    customer_key: bool,
    /// The three of SSE-C for the object that is copied from.
    copy_source: bool,
    /// Those of SSE-S3, SSE-KMS and DSSE-KMS.
    mode: bool,
}

const fn plain(name: &'static str) -> Traits {
    Traits { name, customer_key: false, copy_source: false, mode: false }
}

/// Takes a customer key, and a mode where it makes an object.
const fn keyed(name: &'static str, mode: bool) -> Traits {
    Traits { name, customer_key: true, copy_source: false, mode }
}

const fn copying(name: &'static str, mode: bool) -> Traits {
    Traits { name, customer_key: true, copy_source: true, mode }
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 21] = [
        Self::PutObject,
        Self::GetObject,
        Self::HeadObject,
        Self::CopyObject,
        Self::CreateMultipartUpload,
        Self::UploadPart,
        Self::UploadPartCopy,
        Self::CompleteMultipartUpload,
        Self::AbortMultipartUpload,
        Self::ListParts,
        Self::ListMultipartUploads,
        Self::GetObjectAttributes,
        Self::SelectObjectContent,
        Self::PostObject,
        Self::DeleteObject,
        Self::DeleteObjects,
        Self::ListObjectsV2,
        Self::GetObjectTagging,
        Self::PutObjectTagging,
        Self::GetObjectAcl,
        Self::PutObjectAcl,
    ];

    const fn traits(self) -> Traits {
        match self {
            Self::PutObject => keyed("PutObject", true),
            Self::GetObject => keyed("GetObject", false),
            Self::HeadObject => keyed("HeadObject", false),
            Self::CopyObject => copying("CopyObject", true),
            Self::CreateMultipartUpload => keyed("CreateMultipartUpload", true),
            Self::UploadPart => keyed("UploadPart", false),
            Self::UploadPartCopy => copying("UploadPartCopy", false),
            // These two need it only where a checksum algorithm was chosen, and never mind it.
            Self::CompleteMultipartUpload => keyed("CompleteMultipartUpload", false),
            Self::ListParts => keyed("ListParts", false),
            Self::GetObjectAttributes => keyed("GetObjectAttributes", false),
            Self::SelectObjectContent => keyed("SelectObjectContent", false),
            Self::PostObject => keyed("PostObject", true),
            Self::AbortMultipartUpload => plain("AbortMultipartUpload"),
            Self::ListMultipartUploads => plain("ListMultipartUploads"),
            Self::DeleteObject => plain("DeleteObject"),
            Self::DeleteObjects => plain("DeleteObjects"),
            Self::ListObjectsV2 => plain("ListObjectsV2"),
            Self::GetObjectTagging => plain("GetObjectTagging"),
            Self::PutObjectTagging => plain("PutObjectTagging"),
            Self::GetObjectAcl => plain("GetObjectAcl"),
            Self::PutObjectAcl => plain("PutObjectAcl"),
        }
    }

    /// The name by which the S3 API calls it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.traits().name
    }

    /// # Errors
    /// [`Error::Input`] for another name.
    pub fn from_name(name: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|operation| operation.name() == name)
            .ok_or(Error::Input("this is not an S3 operation that bongtu knows, such as PutObject"))
    }

    /// Whether it takes the headers of SSE-C.
    #[must_use]
    pub const fn takes_customer_key(self) -> bool {
        self.traits().customer_key
    }

    /// Whether it takes the headers of SSE-C for the object that it copies.
    #[must_use]
    pub const fn takes_copy_source(self) -> bool {
        self.traits().copy_source
    }

    /// Whether it takes the headers of SSE-S3, SSE-KMS and DSSE-KMS.
    #[must_use]
    pub const fn takes_mode(self) -> bool {
        self.traits().mode
    }
}
