//! Bucket policies: what is written in them, and what is recognised in those of others.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use bongtu::s3::{
    BucketPolicy, CustomerKeyRule, Explanation, bucket_policy, explain_policy, explain_policy_text,
};
use serde_json::{Value, json};
use support::{ARN, code};

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
