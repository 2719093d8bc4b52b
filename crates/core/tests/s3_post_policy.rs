//! POST policies and the forms that a page makes of them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use bongtu::object::Format;
use bongtu::s3::{
    Checksum, ChecksumAlgorithm, CustomerKey, KmsKeyId, Mode, PostForm, PostKey, PostOptions,
    PostPolicy, SealedFormat, Sse, post_form, post_policy,
};
use serde_json::{Value, json};
use support::{ARN, code};
use zeroize::Zeroizing;

const NOW: u64 = 1_795_520_106_000;
const HOUR: u64 = 3_600_000;

fn post(format: SealedFormat) -> PostOptions<'static> {
    PostOptions {
        bucket: "inbox",
        key: PostKey::Exact("2026/report.sealed"),
        sizes: None,
        now: NOW,
        expires: NOW + HOUR,
        format,
        material_description: false,
        mode: Mode::BucketDefault,
        checksum: None,
        content_type: None,
    }
}

fn conditions(policy: &PostPolicy) -> Value {
    let document: Value = serde_json::from_str(&policy.to_json(&[]).to_text()).unwrap();
    document["conditions"].clone()
}

#[test]
fn a_policy_admits_a_sealed_object() {
    let policy = post_policy(&post(SealedFormat::Object(Format::V3))).unwrap();
    assert_eq!(policy.expiration, "2026-11-24T12:35:06.000Z");
    assert_eq!(
        conditions(&policy),
        json!([
            {"bucket": "inbox"},
            {"key": "2026/report.sealed"},
            ["content-length-range", 16, 5_368_709_120_u64],
            {"Content-Type": "application/octet-stream"},
            {"x-amz-meta-x-amz-c": "115"},
            {"x-amz-meta-x-amz-w": "22"},
            ["starts-with", "$x-amz-meta-x-amz-d", ""],
            ["starts-with", "$x-amz-meta-x-amz-i", ""],
            ["starts-with", "$x-amz-meta-x-amz-3", ""],
        ])
    );
    assert!(policy.warnings.is_empty());
    let extra = policy.to_json(&[("x-amz-algorithm", "AWS4-HMAC-SHA256")]).to_text();
    let extra: Value = serde_json::from_str(&extra).unwrap();
    assert_eq!(extra["conditions"][9], json!({"x-amz-algorithm": "AWS4-HMAC-SHA256"}));
    assert_eq!(extra["expiration"], json!(policy.expiration));

    let v2 = post_policy(&post(SealedFormat::Object(Format::V2))).unwrap();
    assert_eq!(conditions(&v2).as_array().unwrap().len(), 4 + 3 + 4);
    let described =
        PostOptions { material_description: true, ..post(SealedFormat::Object(Format::V3)) };
    let described = conditions(&post_policy(&described).unwrap());
    assert_eq!(described[9], json!(["starts-with", "$x-amz-meta-x-amz-m", "{"]));
}

#[test]
fn modes_prefixes_and_checksums() {
    let key_id = KmsKeyId::parse(ARN).unwrap();
    let sse = Sse::kms(Some(key_id), Default::default(), None).unwrap();
    let options = PostOptions {
        key: PostKey::Prefix("2026/"),
        mode: Mode::Sse(&sse),
        checksum: Some(ChecksumAlgorithm::Crc64Nvme),
        sizes: Some((0, 1000)),
        ..post(SealedFormat::Message)
    };
    let policy = post_policy(&options).unwrap();
    assert_eq!(
        conditions(&policy),
        json!([
            {"bucket": "inbox"},
            ["starts-with", "$key", "2026/"],
            ["content-length-range", 138, 1000],
            {"Content-Type": "application/octet-stream"},
            {"x-amz-server-side-encryption": "aws:kms"},
            {"x-amz-server-side-encryption-aws-kms-key-id": ARN},
            ["starts-with", "$x-amz-checksum-crc64nvme", ""],
        ])
    );
    assert_eq!(policy.warnings.len(), 1);
    assert_eq!(policy.fields[0], ("key".into(), "2026/${filename}".into()));
    let customer_key = CustomerKey::new(Zeroizing::new(vec![7; 32])).unwrap();
    for mode in [Mode::AnyCustomerKey, Mode::CustomerKey(&customer_key)] {
        let policy = post_policy(&PostOptions { mode, ..post(SealedFormat::Message) }).unwrap();
        let text = policy.to_json(&[]).to_text();
        assert!(text.contains("\"$x-amz-server-side-encryption-customer-key-MD5\",\"\""));
        assert!(!text.contains(customer_key.md5()));
    }
}

#[test]
fn post_policies_that_make_no_sense() {
    let message = || post(SealedFormat::Message);
    let refused = |options: PostOptions<'_>| code(post_policy(&options));
    for expires in [0, NOW - 1, NOW, NOW + 7 * 24 * HOUR + 1, u64::MAX] {
        assert_eq!(refused(PostOptions { expires, ..message() }), "ERR_POLICY");
    }
    assert!(post_policy(&PostOptions { expires: NOW + 7 * 24 * HOUR, ..message() }).is_ok());
    let long = "x".repeat(1025);
    for key in ["", long.as_str(), "${filename}", "in/${filename}"] {
        assert_eq!(refused(PostOptions { key: PostKey::Exact(key), ..message() }), "ERR_POLICY");
        assert_eq!(refused(PostOptions { key: PostKey::Prefix(key), ..message() }), "ERR_POLICY");
    }
    for sizes in [(2000, 1000), (0, 100), (0, (5 << 30) + 1), (u64::MAX, u64::MAX)] {
        assert_eq!(refused(PostOptions { sizes: Some(sizes), ..message() }), "ERR_POLICY");
    }
    assert_eq!(refused(PostOptions { bucket: "In", ..message() }), "ERR_POLICY");
}

fn form(signed: &[(String, String)]) -> PostForm<'_> {
    PostForm {
        signed,
        metadata: &[],
        mode: Mode::BucketDefault,
        checksum: None,
        key: None,
        endpoint: None,
    }
}

fn refused(form: PostForm<'_>) -> &'static str {
    code(post_form(&form))
}

#[test]
fn fields_of_a_form() {
    let customer_key = CustomerKey::new(Zeroizing::new(vec![7; 32])).unwrap();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let signed = |more: &[(&str, &str)]| {
        let mut fields =
            vec![pair("x-amz-signature", "00"), pair("policy", "e30="), pair("key", "k")];
        fields.extend(more.iter().map(|(name, value)| pair(name, value)));
        fields
    };
    let object = signed(&[("x-amz-meta-x-amz-c", "115")]);
    let metadata = [pair("x-amz-c", "115"), pair("x-amz-d", "AA==")];
    let fields = PostForm {
        metadata: &metadata,
        mode: Mode::CustomerKey(&customer_key),
        checksum: Some(Checksum {
            algorithm: ChecksumAlgorithm::Crc32,
            value: Some("y/Q5Jg==".into()),
        }),
        ..form(&object)
    };
    let fields = post_form(&fields).unwrap();
    assert_eq!(
        fields.iter().map(|(name, _)| name).collect::<Vec<_>>(),
        [
            "key",
            "x-amz-signature",
            "policy",
            "x-amz-meta-x-amz-c",
            "x-amz-meta-x-amz-d",
            "x-amz-server-side-encryption-customer-algorithm",
            "x-amz-server-side-encryption-customer-key",
            "x-amz-server-side-encryption-customer-key-MD5",
            "x-amz-checksum-crc32",
        ]
    );
    let plain = signed(&[]);
    assert_eq!(refused(form(&object)), "ERR_POLICY");
    assert_eq!(refused(PostForm { metadata: &metadata, ..form(&plain) }), "ERR_POLICY");
    let other = [pair("x-amz-c", "116")];
    assert_eq!(refused(PostForm { metadata: &other, ..form(&object) }), "ERR_POLICY");
    for missing in ["policy", "x-amz-signature", "key"] {
        let fields: Vec<_> = plain.iter().filter(|(name, _)| name != missing).cloned().collect();
        assert_eq!(refused(form(&fields)), "ERR_POLICY");
    }
    assert_eq!(refused(PostForm { key: Some("other"), ..form(&plain) }), "ERR_POLICY");
    let prefix =
        [pair("policy", "e30="), pair("x-amz-signature", "00"), pair("key", "in/${filename}")];
    let chosen = |key| {
        post_form(&PostForm { key, ..form(&prefix) })
            .map(|fields| fields.get("key").unwrap().to_owned())
    };
    assert_eq!(chosen(Some("in/a")), Ok("in/a".into()));
    assert_eq!(chosen(None), Ok("in/${filename}".into()));
    assert_eq!(code(chosen(Some("out/a"))), "ERR_POLICY");
    for (length, fits) in [(15_000, true), (21_000, false), (1 << 20, false)] {
        let long = signed(&[("x-amz-security-token", &"x".repeat(length))]);
        assert_eq!(post_form(&form(&long)).is_ok(), fits, "{length}");
    }
    let clear = PostForm {
        mode: Mode::CustomerKey(&customer_key),
        endpoint: Some("http://example.com"),
        ..form(&plain)
    };
    assert_eq!(refused(clear), "ERR_SSE");
}
