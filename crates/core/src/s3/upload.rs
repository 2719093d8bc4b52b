//! The headers of an upload, and which of them must be signed.

use super::checksum_header::Checksum;
use super::headers::Headers;
use super::multipart::MAX_PART;
use super::operation::Operation;
use super::shape::{check_base64, object_metadata};
use super::sse::Mode;
use crate::error::{Error, Result};
use crate::object::metadata_rules::META;
use alloc::{format, string::String, vec::Vec};

/// The content type of sealed bytes.
pub const OCTET_STREAM: &str = "application/octet-stream";
pub(super) const IF_NONE_MATCH: &str = "if-none-match";
pub(super) const CONTENT_TYPE: &str = "content-type";
pub(super) const CONTENT_LENGTH: &str = "content-length";
pub(super) const CHECKSUM_ALGORITHM: &str = "x-amz-checksum-algorithm";
pub(super) const CHECKSUM_TYPE: &str = "x-amz-checksum-type";
pub(super) const OBJECT_SIZE: &str = "x-amz-mp-object-size";

/// Describes an upload.
#[derive(Clone, Debug)]
pub struct Upload<'a> {
    /// PutObject; or CreateMultipartUpload, UploadPart and CompleteMultipartUpload.
    pub operation: Operation,
    /// User metadata of a sealed object, with or without `x-amz-meta-`; a message has none.
    pub metadata: &'a [(String, String)],
    /// Bytes of this request's body; of CompleteMultipartUpload those of the whole object.
    pub size: Option<u64>,
    /// Server-side encryption.
    pub mode: Mode<'a>,
    /// Refuse to replace an object of the same name.
    pub create_only: bool,
    /// The checksum that S3 verifies.
    pub checksum: Option<Checksum>,
    /// [`OCTET_STREAM`] unless set.
    pub content_type: Option<&'a str>,
    /// The URL that the request goes to; checked if a customer key travels with it.
    pub endpoint: Option<&'a str>,
}

/// Headers to send, and the names of those that must be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadRequest {
    /// Send these headers exactly as they are.
    pub headers: Headers,
    /// Lower case, sorted: all of `headers`, and `content-length` where the body's is known. `host`,
    /// which every signer adds, is not among them.
    pub signed_headers: Vec<String>,
}

/// The headers that a step of an upload has.
pub(super) struct Step {
    /// The object's own: type, metadata, mode.
    pub(super) object: bool,
    /// The body is sealed bytes.
    pub(super) body: bool,
    /// The object comes into being.
    pub(super) creates: bool,
}

impl Step {
    pub(super) const fn of(operation: Operation) -> Result<Self> {
        let (object, body, creates) = match operation {
            Operation::PutObject => (true, true, true),
            Operation::CreateMultipartUpload => (true, false, false),
            Operation::UploadPart => (false, true, false),
            Operation::CompleteMultipartUpload => (false, false, true),
            _ => {
                return Err(Error::Input(
                    "operation must be PutObject, CreateMultipartUpload, UploadPart or CompleteMultipartUpload",
                ));
            }
        };
        Ok(Self { object, body, creates })
    }
}

/// The headers of one request of an upload.
///
/// # Errors
/// [`Error::Input`] for what the operation has no header for, [`Error::TooLarge`] for a body over
/// 5 GiB, [`Error::Sse`] for a customer key that may not go to `endpoint`, [`Error::UploadHeaders`]
/// for metadata or a checksum that S3 would refuse.
pub fn upload_request(upload: &Upload<'_>) -> Result<UploadRequest> {
    let Upload { operation, size, .. } = *upload;
    let step = Step::of(operation)?;
    let mut headers = Headers::default();
    if step.object {
        let content_type = upload.content_type.unwrap_or(OCTET_STREAM);
        headers.push(CONTENT_TYPE, checked_content_type(content_type)?);
        for (name, value) in object_metadata(upload.metadata)? {
            headers.push(format!("{META}{name}"), value);
        }
    } else if upload.content_type.is_some() {
        return Err(Error::Input("contentType belongs to PutObject and CreateMultipartUpload"));
    }
    headers.append(encryption(upload.mode, operation, upload.endpoint)?);
    if upload.create_only {
        if !step.creates {
            return Err(Error::Input(
                "createOnly belongs to PutObject and CompleteMultipartUpload",
            ));
        }
        headers.push(IF_NONE_MATCH, "*");
    }
    if let Some(checksum) = &upload.checksum {
        push_checksum(&mut headers, checksum, operation)?;
    }
    match (operation, size) {
        (Operation::CompleteMultipartUpload, Some(size)) => {
            headers.push(OBJECT_SIZE, format!("{size}"));
        }
        (_, Some(size)) if step.body && size > MAX_PART => {
            return Err(Error::TooLarge("one request takes at most 5 GiB; upload in parts"));
        }
        _ => {}
    }
    Ok(UploadRequest::new(headers, step.body && size.is_some()))
}

impl UploadRequest {
    pub(super) fn new(headers: Headers, length: bool) -> Self {
        let names = headers.iter().map(|(name, _)| name);
        let mut signed_headers: Vec<String> = Vec::new();
        for name in names.chain(length.then_some(CONTENT_LENGTH)) {
            // Few, and a sort would weigh more than all else here.
            let place = signed_headers.partition_point(|before| before.as_str() < name);
            if signed_headers.get(place).is_none_or(|next| next != name) {
                signed_headers.insert(place, name.into());
            }
        }
        Self { headers, signed_headers }
    }
}

pub(super) fn encryption(
    mode: Mode<'_>,
    operation: Operation,
    endpoint: Option<&str>,
) -> Result<Headers> {
    match mode {
        Mode::BucketDefault => Ok(Headers::default()),
        Mode::Sse(sse) => Ok(sse.headers(operation)),
        Mode::CustomerKey(key) => key.headers(operation, endpoint),
        Mode::AnyCustomerKey => Err(Error::Input("the customer key itself is needed")),
    }
}

fn push_checksum(headers: &mut Headers, checksum: &Checksum, operation: Operation) -> Result<()> {
    let Checksum { algorithm, value } = checksum;
    if operation == Operation::CreateMultipartUpload {
        if value.is_some() {
            return Err(Error::Input(
                "a request that begins an upload in parts cannot have the value of a checksum yet",
            ));
        }
        headers.push(CHECKSUM_ALGORITHM, algorithm.name());
        headers.push(CHECKSUM_TYPE, algorithm.multipart_type()?);
        return Ok(());
    }
    let value = value.as_deref().ok_or(Error::Input("checksum.value is missing"))?;
    if operation == Operation::CompleteMultipartUpload {
        headers.push(CHECKSUM_TYPE, algorithm.multipart_type()?);
        // A composite value ends in the number of parts.
        let raw = value.rsplit_once('-').map_or(value, |(raw, _)| raw);
        check_base64(algorithm.header(), raw, algorithm.length())?;
    } else {
        check_base64(algorithm.header(), value, algorithm.length())?;
    }
    headers.push(algorithm.header(), value);
    Ok(())
}

/// `type/subtype`, with parameters or without.
pub(super) fn checked_content_type(text: &str) -> Result<&str> {
    let visible = text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) && text.trim() == text;
    match text.split_once('/') {
        Some((kind, subtype)) if visible && !kind.is_empty() && !subtype.is_empty() => Ok(text),
        _ => Err(Error::Input("contentType must be type/subtype")),
    }
}
