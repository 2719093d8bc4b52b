//! Bucket policies (docs/formats.md 5.3). Each rule is a Deny: what it refuses, no Allow elsewhere
//! can permit.

use crate::arn::KeyArn;
use crate::error::{Error, Result};
use crate::json::Json;
use crate::named::named;
use alloc::{format, string::String, vec, vec::Vec};

pub(super) const SECURE_TRANSPORT: &str = "aws:SecureTransport";
pub(super) const TLS_VERSION: &str = "s3:TlsVersion";
pub(super) const SSE: &str = "s3:x-amz-server-side-encryption";
pub(super) const SSE_KEY_ID: &str = "s3:x-amz-server-side-encryption-aws-kms-key-id";
pub(super) const CUSTOMER_ALGORITHM: &str = "s3:x-amz-server-side-encryption-customer-algorithm";
pub(super) const IF_NONE_MATCH: &str = "s3:if-none-match";
pub(super) const CREATION: &str = "s3:ObjectCreationOperation";

named! {
    /// Whether objects must, or must not, be encrypted with keys of those who upload them.
    pub enum CustomerKeyRule {
        /// Uploads without a customer key are denied.
        Require = "require",
        /// Uploads with one are.
        Forbid = "forbid",
    }
    otherwise |_| Error::Input("customerKey must be require or forbid")
}

/// The rules that a bucket policy is to enforce.
#[derive(Clone, Copy, Debug, Default)]
pub struct BucketPolicy<'a> {
    /// The bucket's name.
    pub bucket: &'a str,
    /// `aws` unless set; `aws-cn` and others have their own.
    pub partition: Option<&'a str>,
    /// Denies plain HTTP.
    pub tls_only: bool,
    /// Denies versions of TLS below `1.2` or `1.3`.
    pub minimum_tls: Option<&'a str>,
    /// Denies uploads under another KMS key than this one's ARN, and those that name none.
    ///
    /// In an upload in parts only CreateMultipartUpload names a key; UploadPart, which is the same
    /// action, carries no such header, and S3 is reported to deny it then. For uploads in parts make
    /// this key the bucket's default encryption, and set `allow_default`.
    pub kms_key_arn: Option<&'a str>,
    /// Lets uploads pass that name no encryption, and so are encrypted as the bucket does by
    /// default, which is then to be the same.
    pub allow_default: bool,
    /// SSE-C.
    pub customer_key: Option<CustomerKeyRule>,
    /// Denies uploads that could replace an object: they must say `If-None-Match: *`.
    pub create_only: bool,
}

/// A policy document that enforces the rules asked for.
///
/// # Errors
/// [`Error::Policy`] for no rules, for rules that exclude each other, and for a bucket or TLS
/// version that there cannot be; [`Error::KeyArn`] for text that is not a key ARN.
pub fn bucket_policy(rules: &BucketPolicy<'_>) -> Result<Json> {
    let bucket = Bucket::new(rules)?;
    let mut statements = Vec::new();
    if rules.tls_only {
        let insecure = [("Bool", SECURE_TRANSPORT, "false")];
        statements.push(bucket.deny("DenyPlainHttp", Reach::Everything, insecure));
    }
    if let Some(version) = rules.minimum_tls {
        if !matches!(version, "1.2" | "1.3") {
            return Err(Error::Policy("minimum TLS must be 1.2 or 1.3".into()));
        }
        let older = [("NumericLessThan", TLS_VERSION, version)];
        statements.push(bucket.deny("DenyOldTls", Reach::Everything, older));
    }
    if let Some(arn) = rules.kms_key_arn {
        let arn = KeyArn::parse(arn)?;
        statements.extend(bucket.require_kms(arn.as_str(), rules.allow_default));
    } else if rules.allow_default {
        return Err(Error::Policy("allowDefault needs a KMS key".into()));
    }
    match rules.customer_key {
        Some(CustomerKeyRule::Require) if rules.kms_key_arn.is_some() => {
            return Err(Error::Policy(
                "an object is encrypted under a KMS key or a customer key; no upload could satisfy both rules"
                    .into(),
            ));
        }
        Some(CustomerKeyRule::Require) => {
            let absent = [("Null", CUSTOMER_ALGORITHM, "true")];
            statements.push(bucket.deny("DenyWithoutCustomerKey", Reach::Uploads, absent));
        }
        Some(CustomerKeyRule::Forbid) => {
            let present = [("Null", CUSTOMER_ALGORITHM, "false")];
            statements.push(bucket.deny("DenyCustomerKey", Reach::Uploads, present));
        }
        None => {}
    }
    if rules.create_only {
        // In an upload in parts, only its completion makes the object and carries the header.
        let replacing = [("Null", IF_NONE_MATCH, "true"), ("Bool", CREATION, "true")];
        statements.push(bucket.deny("DenyReplacing", Reach::Uploads, replacing));
    }
    if statements.is_empty() {
        return Err(Error::Policy("a policy needs at least one rule".into()));
    }
    Ok(Json::object([("Version", Json::text("2012-10-17")), ("Statement", Json::List(statements))]))
}

enum Reach {
    /// Every request to the bucket or an object of it.
    Everything,
    /// The requests that store objects: PUT, POST, copies and parts.
    Uploads,
}

struct Bucket {
    arn: String,
}

impl Bucket {
    fn new(rules: &BucketPolicy<'_>) -> Result<Self> {
        let partition = rules.partition.unwrap_or("aws");
        let letters = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
        if !partition.starts_with("aws") || !partition.bytes().all(letters) {
            return Err(Error::Policy("the partition must be aws, aws-cn or the like".into()));
        }
        Ok(Self { arn: format!("arn:{partition}:s3:::{}", checked_bucket(rules.bucket)?) })
    }

    fn require_kms(&self, arn: &str, allow_default: bool) -> Vec<Json> {
        let other_mode = ("StringNotEquals", SSE, "aws:kms");
        let other_key = ("StringNotEquals", SSE_KEY_ID, arn);
        if allow_default {
            // An absent key does not equal anything, and so is denied, with IfExists too: hence Null.
            let named = ("Null", SSE, "false");
            return vec![
                self.deny("DenyOtherEncryption", Reach::Uploads, [named, other_mode]),
                self.deny("DenyOtherKmsKey", Reach::Uploads, [named, other_key]),
            ];
        }
        vec![
            self.deny("DenyOtherEncryption", Reach::Uploads, [other_mode]),
            self.deny("DenyOtherKmsKey", Reach::Uploads, [other_key]),
        ]
    }

    fn deny<const N: usize>(
        &self,
        sid: &str,
        reach: Reach,
        conditions: [(&str, &str, &str); N],
    ) -> Json {
        let objects = format!("{}/*", self.arn);
        let (action, resource) = match reach {
            Reach::Everything => ("s3:*", Json::list([self.arn.as_str(), objects.as_str()])),
            Reach::Uploads => ("s3:PutObject", Json::Text(objects)),
        };
        let conditions = conditions
            .map(|(operator, key, value)| (operator, Json::object([(key, Json::text(value))])));
        Json::object([
            ("Sid", Json::text(sid)),
            ("Effect", Json::text("Deny")),
            ("Principal", Json::text("*")),
            ("Action", Json::text(action)),
            ("Resource", resource),
            ("Condition", Json::object(conditions)),
        ])
    }
}

/// A name that a general purpose bucket can have.
pub(super) fn checked_bucket(name: &str) -> Result<&str> {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let labels = name.split('.').all(|label| {
        !label.is_empty()
            && label.bytes().all(inner)
            && !label.starts_with('-')
            && !label.ends_with('-')
    });
    if (3..=63).contains(&name.len()) && labels {
        return Ok(name);
    }
    Err(Error::Policy(
        "a bucket's name has 3 to 63 lower-case letters, digits, dots and hyphens".into(),
    ))
}
