//! Everything that is sent to S3 beside sealed bytes: headers of server-side encryption, of uploads and of
//! their parts, POST policies and bucket policies (docs/formats.md 5 and 7). Values in, values out:
//! no request is made here and nothing is signed.
//!
//! ```
//! # fn main() -> bongtu::Result<()> {
//! use bongtu::s3::{CustomerKey, Mode, Operation, Upload, upload_request};
//!
//! let key = CustomerKey::generate()?;
//! let request = upload_request(&Upload {
//!     operation: Operation::PutObject,
//!     metadata: &[],
//!     size: Some(1000),
//!     mode: Mode::CustomerKey(&key),
//!     create_only: true,
//!     checksum: None,
//!     content_type: None,
//!     endpoint: Some("https://inbox.s3.eu-west-1.amazonaws.com"),
//! })?;
//! assert_eq!(request.headers.get("if-none-match"), Some("*"));
//! assert!(request.signed_headers.contains(&"content-length".into()));
//! # Ok(())
//! # }
//! ```

mod check;
#[cfg(feature = "checksum")]
pub mod checksum;
mod checksum_header;
mod customer_key;
mod endpoint;
mod explain;
mod headers;
mod key;
mod multipart;
mod operation;
mod policy;
mod post;
mod post_form;
mod sealed_format;
mod shape;
mod sse;
mod time;
mod upload;

pub use check::{ChecksumRule, Expected, check_upload_headers, check_upload_headers_with};
pub use checksum_header::{Checksum, ChecksumAlgorithm};
pub use customer_key::CustomerKey;
#[cfg(feature = "json")]
pub use explain::explain_policy_text;
pub use explain::{Explanation, Finding, MAX_POLICY_DEPTH, MAX_POLICY_LENGTH, explain_policy};
pub use headers::Headers;
pub use key::encode_key;
pub use multipart::{MultipartPlan, multipart_plan};
pub use operation::Operation;
pub use policy::{BucketPolicy, CustomerKeyRule, bucket_policy};
pub use post::{Condition, PostKey, PostOptions, PostPolicy, post_policy};
pub use post_form::{PostForm, post_form};
pub use sealed_format::SealedFormat;
pub use sse::{KmsKeyId, Mode, Sse};
pub use upload::{OCTET_STREAM, Upload, UploadRequest, upload_request};
