//! Admits what a server may sign for a page: the headers that an upload of sealed data needs, and no
//! others.

mod given;

use self::given::Given;
use super::multipart::MAX_PART;
use super::operation::Operation;
use super::sealed_format::SealedFormat;
use super::sse::Mode;
use super::upload::{CONTENT_LENGTH, CONTENT_TYPE, OBJECT_SIZE, Step, UploadRequest};
use crate::error::{Error, Result};
use crate::json::JsonParser;
use crate::named::named;
use alloc::string::String;
use core::ops::RangeInclusive;

named! {
    /// Whether a checksum is to be there.
    #[derive(Default)]
    pub enum ChecksumRule {
        /// It must.
        Required = "required",
        /// It may.
        #[default]
        Allowed = "allowed",
        /// It must not.
        Forbidden = "forbidden",
    }
    otherwise |_| Error::Input("checksum must be required, allowed or forbidden")
}

/// The rules that a server has for an upload.
#[derive(Clone, Debug)]
pub struct Expected<'a> {
    /// The request to be signed.
    pub operation: Operation,
    /// One of these is uploaded.
    pub formats: &'a [SealedFormat],
    /// Server-side encryption, exactly; [`Mode::AnyCustomerKey`] for a key that the page has.
    pub mode: Mode<'a>,
    /// Whether the upload must not replace an object; one that says so of itself is welcome.
    pub create_only: bool,
    /// Whether S3 is to verify a checksum.
    pub checksum: ChecksumRule,
    /// Exactly this type.
    pub content_type: &'a str,
    /// Bytes of the body: `content-length` must then be there, and be signed. For
    /// CompleteMultipartUpload those of the whole object, by `x-amz-mp-object-size`, which S3 checks.
    pub sizes: Option<RangeInclusive<u64>>,
    /// Parses material descriptions.
    pub json: JsonParser,
}

/// Checks the headers that a page wants to have signed, and returns what to sign.
///
/// # Errors
/// [`Error::UploadHeaders`] for a header that is not needed, is missing or has another value or
/// shape, and for more than 64 or 8 KB of them; [`Error::Limit`] for more metadata than S3 takes;
/// [`Error::Input`] for an expectation that the operation cannot meet.
pub fn check_upload_headers(
    headers: &[(String, String)],
    expected: &Expected<'_>,
) -> Result<UploadRequest> {
    check_upload_headers_with(headers, &[], expected)
}

/// The same, with headers that the server fixes: `cache-control`, `content-disposition`,
/// `content-encoding`, `content-language` and `expires` of the object. S3 takes each of them from
/// whoever uploads, signed or not, unless it is signed with a value. What is fixed here is among
/// what is returned, whether the page has asked for it or not, and so must be sent.
///
/// # Errors
/// As of [`check_upload_headers`], and [`Error::Input`] for another name, for a value that is no
/// visible text, and for an operation that does not begin an object.
pub fn check_upload_headers_with(
    headers: &[(String, String)],
    fixed: &[(String, String)],
    expected: &Expected<'_>,
) -> Result<UploadRequest> {
    let step = Step::of(expected.operation)?;
    if expected.create_only && !step.creates {
        return Err(Error::Input("createOnly is for PutObject and CompleteMultipartUpload"));
    }
    let completes = expected.operation == Operation::CompleteMultipartUpload;
    if expected.sizes.is_some() && !step.body && !completes {
        return Err(Error::Input(
            "the size of an upload in parts is known only when it is completed: limit it there, or limit each part",
        ));
    }
    let mut given = Given::new(headers)?;
    if step.object {
        given.take_exactly(CONTENT_TYPE, expected.content_type)?;
        given.take_envelope(expected)?;
    } else if !fixed.is_empty() {
        return Err(Error::Input("fixed is for PutObject and CreateMultipartUpload"));
    }
    for (name, value) in fixed {
        given.fix(name, value)?;
    }
    given.take_encryption(expected)?;
    if step.creates {
        given.take_create_only(expected.create_only)?;
    }
    given.take_checksum(expected)?;
    let length = step.body && given.take_size(CONTENT_LENGTH, expected, MAX_PART)?;
    if completes {
        given.take_size(OBJECT_SIZE, expected, u64::MAX)?;
    }
    given.finish(length)
}
