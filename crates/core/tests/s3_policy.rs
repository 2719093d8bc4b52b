//! Bucket policies, what is read in them, and POST policies.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use bongtu::object::Format;
use bongtu::s3::{
    BucketPolicy, Checksum, ChecksumAlgorithm, CustomerKey, CustomerKeyRule, Explanation, KmsKeyId,
    Mode, PostForm, PostKey, PostOptions, PostPolicy, SealedFormat, Sse, bucket_policy,
    explain_policy, explain_policy_text, post_form, post_policy,
};
use serde_json::{Value, json};
use support::{ARN, code};
use zeroize::Zeroizing;

const INBOX: BucketPolicy<'_> = BucketPolicy {
    bucket: "inbox",
    partition: None,
    tls_only: false,
    minimum_tls: None,
    kms_key_arn: None,
    allow_default: false,
    customer_key: None,
    create_only: false,
};

fn statements(rules: &BucketPolicy<'_>) -> Value {
    let text = bucket_policy(rules).unwrap().to_text();
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["Version"], "2012-10-17");
    document["Statement"].clone()
}

fn deny(sid: &str, condition: Value) -> Value {
    json!({
        "Sid": sid, "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::inbox/*", "Condition": condition,
    })
}

fn rules(found: &[bongtu::s3::Finding]) -> Vec<&str> {
    found.iter().map(|finding| finding.rule).collect()
}

fn explain(document: &Value) -> Explanation {
    explain_policy_text(&document.to_string()).unwrap()
}

#[test]
fn statements_as_the_documentation_has_them() {
    let everything = json!(["arn:aws:s3:::inbox", "arn:aws:s3:::inbox/*"]);
    let mut tls = deny("DenyPlainHttp", json!({"Bool": {"aws:SecureTransport": "false"}}));
    tls["Action"] = json!("s3:*");
    tls["Resource"] = everything.clone();
    let mut version = deny("DenyOldTls", json!({"NumericLessThan": {"s3:TlsVersion": "1.2"}}));
    version["Action"] = json!("s3:*");
    version["Resource"] = everything;
    let key_id = "s3:x-amz-server-side-encryption-aws-kms-key-id";
    let all = BucketPolicy {
        tls_only: true,
        minimum_tls: Some("1.2"),
        kms_key_arn: Some(ARN),
        customer_key: Some(CustomerKeyRule::Forbid),
        create_only: true,
        ..INBOX
    };
    assert_eq!(
        statements(&all),
        json!([
            tls,
            version,
            deny(
                "DenyOtherEncryption",
                json!({"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}})
            ),
            deny("DenyOtherKmsKey", json!({"StringNotEquals": {key_id: ARN}})),
            deny(
                "DenyCustomerKey",
                json!({"Null": {"s3:x-amz-server-side-encryption-customer-algorithm": "false"}})
            ),
            deny(
                "DenyReplacing",
                json!({
                    "Null": {"s3:if-none-match": "true"},
                    "Bool": {"s3:ObjectCreationOperation": "true"},
                })
            ),
        ])
    );
    let default = BucketPolicy { kms_key_arn: Some(ARN), allow_default: true, ..INBOX };
    assert_eq!(
        statements(&default)[0]["Condition"],
        json!({
            "Null": {"s3:x-amz-server-side-encryption": "false"},
            "StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"},
        })
    );
    assert_eq!(
        statements(&default)[1]["Condition"],
        json!({
            "Null": {"s3:x-amz-server-side-encryption": "false"},
            "StringNotEquals": {key_id: ARN},
        })
    );
    let china = BucketPolicy { partition: Some("aws-cn"), create_only: true, ..INBOX };
    assert_eq!(statements(&china)[0]["Resource"], "arn:aws-cn:s3:::inbox/*");
}

#[test]
fn rules_that_make_no_sense() {
    let refused = |rules: BucketPolicy<'_>| code(bucket_policy(&rules));
    assert_eq!(refused(INBOX), "ERR_POLICY");
    let both = BucketPolicy {
        kms_key_arn: Some(ARN),
        customer_key: Some(CustomerKeyRule::Require),
        ..INBOX
    };
    assert_eq!(refused(both), "ERR_POLICY");
    assert_eq!(refused(BucketPolicy { minimum_tls: Some("1.1"), ..INBOX }), "ERR_POLICY");
    assert_eq!(refused(BucketPolicy { allow_default: true, ..INBOX }), "ERR_POLICY");
    let alias = "arn:aws:kms:eu-west-1:111122223333:alias/inbox";
    assert_eq!(refused(BucketPolicy { kms_key_arn: Some(alias), ..INBOX }), "ERR_KEY_ARN");
    for bucket in ["", "ab", "Inbox", "in_box", "-inbox", "in..box", "inbox/*", "*", "in\"box"] {
        assert_eq!(refused(BucketPolicy { bucket, tls_only: true, ..INBOX }), "ERR_POLICY");
    }
    for partition in ["", "gcp", "aws:", "aws*"] {
        let partition = Some(partition);
        assert_eq!(refused(BucketPolicy { partition, tls_only: true, ..INBOX }), "ERR_POLICY");
    }
}

#[test]
fn what_is_made_here_is_recognised() {
    for (asked, found) in [
        (BucketPolicy { tls_only: true, ..INBOX }, &["tls-only"][..]),
        (BucketPolicy { minimum_tls: Some("1.3"), ..INBOX }, &["minimum-tls"]),
        (BucketPolicy { kms_key_arn: Some(ARN), ..INBOX }, &["require-kms", "kms-key"]),
        (
            BucketPolicy { kms_key_arn: Some(ARN), allow_default: true, ..INBOX },
            &["require-kms", "kms-key"],
        ),
        (
            BucketPolicy { customer_key: Some(CustomerKeyRule::Require), ..INBOX },
            &["require-customer-key"],
        ),
        (
            BucketPolicy { customer_key: Some(CustomerKeyRule::Forbid), ..INBOX },
            &["forbid-customer-key"],
        ),
        (BucketPolicy { create_only: true, ..INBOX }, &["create-only"]),
    ] {
        let explanation = explain_policy(&bucket_policy(&asked).unwrap()).unwrap();
        assert_eq!(rules(&explanation.enforces), found);
        assert_eq!(rules(&explanation.partly), [""; 0]);
        assert_eq!(explanation.not_enforced.len(), 7 - found.len());
        assert!(explanation.enforces.iter().all(|finding| finding.sid.is_some()));
        assert!(explanation.cannot_see.contains("No policy sees whether"));
        if asked.allow_default {
            assert!(explanation.enforces.iter().all(|finding| finding.text.contains("default")));
        }
    }
}

#[test]
fn a_rule_for_some_is_no_rule() {
    let null = json!({"Null": {"s3:x-amz-server-side-encryption-customer-algorithm": "true"}});
    let whole = deny("Sse", null.clone());
    let document = |statement: &Value| json!({"Version": "2012-10-17", "Statement": statement});
    assert_eq!(rules(&explain(&document(&whole)).enforces), ["require-customer-key"]);
    for (member, value) in [
        ("Principal", json!({"AWS": "*"})),
        ("Principal", json!({"AWS": ["*"]})),
        ("Action", json!(["s3:GetObject", "s3:putobject"])),
        ("Action", json!("s3:Put*")),
        ("Action", json!("*")),
        ("Resource", json!("*")),
        ("Resource", json!("arn:aws:s3:::*")),
        ("Resource", json!(["arn:aws:s3:::inbox", "arn:aws:s3:::inbox/*"])),
        (
            "Condition",
            json!({"Null": {"S3:X-AMZ-Server-Side-Encryption-Customer-Algorithm": [true]}}),
        ),
    ] {
        let mut statement = whole.clone();
        statement[member] = value;
        let found = explain(&document(&json!([statement])));
        assert_eq!(rules(&found.enforces), ["require-customer-key"], "{statement}");
    }
    let narrowed = json!({
        "Null": {"s3:x-amz-server-side-encryption-customer-algorithm": "true"},
        "IpAddress": {"aws:SourceIp": "192.0.2.0/24"},
    });
    for (member, value) in [
        ("Principal", json!({"AWS": ARN})),
        ("Principal", Value::Null),
        ("Action", json!("s3:PutObjectAcl")),
        ("Action", json!("s3:P*t")),
        ("Action", Value::Null),
        ("Resource", json!("arn:aws:s3:::inbox/public/*")),
        ("Resource", json!("arn:aws:s3:::inbox")),
        ("Resource", Value::Null),
        ("Condition", narrowed),
    ] {
        let mut statement = whole.clone();
        statement[member] = value;
        let found = explain(&document(&json!([statement])));
        assert_eq!(rules(&found.enforces), [""; 0], "{statement}");
        assert_eq!(rules(&found.partly), ["require-customer-key"], "{statement}");
        assert!(found.partly[0].text.starts_with("Only "));
    }
    let mut allowed = whole;
    allowed["Effect"] = json!("Allow");
    assert_eq!(explain(&document(&json!([allowed]))).not_enforced.len(), 7);
    let two_of_one_key = json!({
        "StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"},
        "StringEquals": {"s3:x-amz-server-side-encryption": "AES256"},
    });
    let found = explain(&document(&deny("Kms", two_of_one_key)));
    assert_eq!(rules(&found.partly), ["require-kms"]);
    let if_exists =
        json!({"StringNotEqualsIfExists": {"s3:x-amz-server-side-encryption": "aws:kms"}});
    let found = explain(&document(&deny("Kms", if_exists)));
    assert_eq!(rules(&found.enforces), ["require-kms"]);
    assert!(!found.enforces[0].text.contains("default"), "an absent key is denied as well");
    let mut tls = deny("Tls", json!({"Bool": {"aws:SecureTransport": "false"}}));
    assert_eq!(rules(&explain(&document(&tls)).partly), ["tls-only"]);
    tls["Action"] = json!("s3:*");
    assert_eq!(rules(&explain(&document(&tls)).partly), ["tls-only"]);
    tls["Resource"] = json!(["arn:aws:s3:::inbox", "arn:aws:s3:::inbox/*"]);
    assert_eq!(rules(&explain(&document(&tls)).enforces), ["tls-only"]);
}

#[test]
fn tls_over_a_bucket_and_the_objects_of_another_is_not_enforced() {
    for (resource, whole) in [
        (json!(["arn:aws:s3:::inbox", "arn:aws:s3:::inbox/*"]), true),
        (json!(["arn:aws:s3:::inbox/*", "arn:aws:s3:::inbox"]), true),
        (json!("*"), true),
        (json!("arn:aws:s3:::*"), true),
        (json!(["arn:aws:s3:::inbox", "arn:aws:s3:::*/*"]), true),
        (json!(["arn:aws:s3:::other/*", "arn:aws:s3:::inbox", "arn:aws:s3:::inbox/*"]), true),
        (json!(["arn:aws:s3:::inbox", "arn:aws:s3:::outbox/*"]), false),
        (json!(["arn:aws:s3:::inbox/*", "arn:aws:s3:::outbox"]), false),
        (json!(["arn:aws:s3:::inbox", "arn:aws:s3:::inbox2/*"]), false),
        (json!(["arn:aws-cn:s3:::inbox", "arn:aws:s3:::inbox/*"]), false),
        (json!(["arn:aws:s3:::inbox", "arn:aws:s3:::inbox/public/*"]), false),
        (json!(["arn:aws:s3:::inbox/*"]), false),
        (json!(["arn:aws:s3:::inbox"]), false),
    ] {
        let mut tls = deny("Tls", json!({"Bool": {"aws:SecureTransport": "false"}}));
        tls["Action"] = json!("s3:*");
        tls["Resource"] = resource;
        let found = explain(&json!({"Statement": tls}));
        assert_eq!(rules(&found.enforces) == ["tls-only"], whole, "{tls}");
        assert_eq!(rules(&found.partly) == ["tls-only"], !whole, "{tls}");
    }
}

#[test]
fn parts_carry_no_header_of_encryption() {
    for (allow_default, noted) in [(false, true), (true, false)] {
        let rules = BucketPolicy { kms_key_arn: Some(ARN), allow_default, ..INBOX };
        let found = explain_policy(&bucket_policy(&rules).unwrap()).unwrap();
        for finding in found.enforces {
            assert_eq!(finding.text.contains("UploadPart"), noted, "{}", finding.text);
            assert_eq!(finding.text.contains("allowDefault"), noted, "{}", finding.text);
        }
    }
}

#[test]
fn policies_as_long_as_s3_takes() {
    // White space does not count.
    let short = bucket_policy(&BucketPolicy { tls_only: true, ..INBOX }).unwrap().to_text();
    let spread = short.replace(',', &format!(",{}", " ".repeat(5000)));
    assert_eq!(rules(&explain_policy_text(&spread).unwrap().enforces), ["tls-only"]);
    let of =
        |sid: usize| format!(r#"{{"Statement":{{"Effect":"Allow","Sid":"{}"}}}}"#, "x".repeat(sid));
    let around = of(0).len();
    assert!(explain_policy_text(&of(20 * 1024 - around)).is_ok());
    assert_eq!(code(explain_policy_text(&of(20 * 1024 - around + 1))), "ERR_POLICY");
    let nested = |depth: usize| {
        let value = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        format!(r#"{{"Statement":{{"Effect":"Allow","Sid":{value}}}}}"#)
    };
    assert!(explain_policy_text(&nested(14)).is_ok());
    for depth in [15, 100, 10_000] {
        assert_eq!(code(explain_policy_text(&nested(depth))), "ERR_POLICY");
    }
}

#[test]
fn what_is_denied_in_other_ways() {
    let document = |statement: &Value| json!({"Version": "2012-10-17", "Statement": statement});
    for condition in [Value::Null, json!({})] {
        let mut statement = deny("All", condition);
        if statement["Condition"].is_null() {
            statement.as_object_mut().unwrap().remove("Condition");
        }
        let found = explain(&document(&statement));
        assert_eq!(found.enforces.len(), 5, "all but TLS, since it denies uploads only");
        statement["Action"] = json!("s3:*");
        statement["Resource"] = json!("*");
        assert_eq!(explain(&document(&statement)).enforces.len(), 7);
        statement["Principal"] = json!({"AWS": ARN});
        assert_eq!(explain(&document(&statement)).not_enforced.len(), 7);
    }
    let (sse, key) =
        ("s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id");
    for (condition, rule) in [
        (json!({"StringEquals": {sse: "aws:kms"}}), "require-kms"),
        (json!({"StringNotEquals": {sse: ["aws:kms", "AES256"]}}), "require-kms"),
        (json!({"StringNotLikeIfExists": {key: ARN}}), "kms-key"),
        (json!({"ArnNotEqualsIfExists": {key: ARN}}), "kms-key"),
        (json!({"NumericLessThan": {"s3:TlsVersion": "0"}}), "minimum-tls"),
        (json!({"BoolIfExists": {"aws:SecureTransport": "true"}}), "tls-only"),
    ] {
        let found = explain(&document(&deny("Other", condition.clone())));
        assert_eq!(rules(&found.enforces), [""; 0], "{condition}");
        assert_eq!(rules(&found.partly), [rule], "{condition}");
        assert!(found.partly[0].text.contains("not understood"), "{condition}");
    }
    let mut tls = deny("Tls", json!({"Bool": {"aws:SecureTransport": "False"}}));
    tls["Action"] = json!("s3:*");
    tls["Resource"] = json!("*");
    assert_eq!(rules(&explain(&document(&tls)).enforces), ["tls-only"]);
    let alias = json!({"StringNotEquals": {key: "arn:aws:kms:eu-west-1:111122223333:alias/a"}});
    let found = explain(&document(&deny("Key", alias)));
    assert!(found.enforces[0].text.contains("all uploads are denied"));
}

#[test]
fn what_is_no_policy() {
    for text in [
        "",
        "{",
        "[]",
        "null",
        "\"text\"",
        "{}",
        r#"{"Statement": "x"}"#,
        r#"{"Statement": [1]}"#,
        r#"{"Statement": {}}"#,
        r#"{"Statement": {"Effect": "deny"}}"#,
        r#"{"Statement": {"Effect": "Deny", "Condition": []}}"#,
        r#"{"Statement": {"Effect": "Deny", "Condition": {"Bool": "x"}}}"#,
        r#"{"Statement": {"Effect": "Deny", "Condition": {"Bool": {"a": {}}}}}"#,
        r#"{"expiration": "2026-01-01T00:00:00Z", "conditions": []}"#,
    ] {
        assert_eq!(code(explain_policy_text(text)), "ERR_POLICY", "{text}");
    }
}

// ---- POST policies -------------------------------------------------------------------------------

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
