//! Whatever comes in, nothing panics and nothing is believed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::as_conversions
)]

mod support;

use base64ct::{Base64, Encoding};
use bongtu::message::{HEAD_LENGTH, Inspector};
use bongtu::s3::{
    BucketPolicy, ChecksumRule, CustomerKey, Expected, Mode, OCTET_STREAM, Operation, SealedFormat,
    bucket_policy, check_upload_headers, explain_policy_text,
};
use bongtu::{EncryptionContext, KeyArn, KmsPublicKey, OpenOptions};
use std::collections::BTreeSet;
use support::{PUBLIC_2048, SHA_256, framed, keyring, pattern};

/// xorshift64: the same garbage on every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize
    }

    /// `bytes` with a few of them changed, inserted, removed or cut off.
    fn mangle(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.next() % 4 {
            let at = self.next() % bytes.len().max(1);
            match self.next() % 5 {
                0 if at < bytes.len() => bytes[at] = self.next() as u8,
                1 if at < bytes.len() => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][self.next() % 5],
                2 => bytes.insert(at, self.next() as u8),
                3 if at < bytes.len() => drop(bytes.remove(at)),
                _ => bytes.truncate(at),
            }
        }
        bytes
    }
}

#[test]
fn mangled_messages() {
    let mut options = framed(10);
    options.encryption_context = EncryptionContext::new([("목적", "검사"), ("a", "")]).unwrap();
    let keyring = keyring(PUBLIC_2048, SHA_256);
    let message = bongtu::seal(&keyring, &pattern(35), options).unwrap();
    let mut random = Random(0x5eed);
    for _ in 0..20_000 {
        let mangled = random.mangle(&message);
        let refuse = |_: &_| Err(bongtu::KmsFailure { name: "InvalidCiphertextException".into() });
        let opened = bongtu::open_with(&keyring, &mangled, OpenOptions::default(), refuse);
        assert!(opened.is_err());
        if let Ok(mut inspector) = Inspector::parse(&mangled) {
            let body = &mangled[inspector.header_length()..];
            let stride = inspector.stride();
            let heads: Vec<u8> = body
                .chunks(stride)
                .flat_map(|frame| frame.iter().take(HEAD_LENGTH))
                .copied()
                .collect();
            let walked = inspector.walk(&heads, body.len(), true);
            let description = inspector.describe();
            assert!(walked.is_err() || description.body.length == body.len() as u64);
            let covered: usize = description.fields.iter().map(|field| field.length).sum();
            assert_eq!(covered, description.header_length, "fields leave no gap");
        }
    }
}

#[test]
fn mangled_keys() {
    let key = KmsPublicKey::parse(PUBLIC_2048).unwrap();
    let answer = r#"{"KeyId":"ARN","KeyUsage":"ENCRYPT_DECRYPT","PublicKey":"KEY"}"#;
    let answer =
        answer.replace("ARN", support::ARN).replace("KEY", &Base64::encode_string(key.spki()));
    let mut random = Random(0xfeed);
    for _ in 0..20_000 {
        for form in [PUBLIC_2048, key.spki(), answer.as_bytes()] {
            // What still parses must still be a key of a size that KMS has.
            if let Ok(parsed) = KmsPublicKey::parse(&random.mangle(form)) {
                assert_eq!(parsed.key_spec().modulus_length(), 256);
            }
        }
    }
}

#[test]
fn mangled_arns() {
    let mut random = Random(0xa12);
    for _ in 0..20_000 {
        let mangled = random.mangle(support::ARN.as_bytes());
        let text = String::from_utf8_lossy(&mangled);
        if let Ok(arn) = KeyArn::parse(&text) {
            assert_eq!(arn.as_str(), text.trim());
            assert!(arn.matches(&arn));
        }
    }
}

#[test]
fn mangled_headers() {
    let key = CustomerKey::generate().unwrap();
    let mut headers = vec![
        ("content-type".to_owned(), OCTET_STREAM.to_owned()),
        ("content-length".into(), "1000".into()),
        ("if-none-match".into(), "*".into()),
        ("x-amz-checksum-crc32".into(), "y/Q5Jg==".into()),
    ];
    let sse_c = key.headers(Operation::PutObject, None).unwrap();
    headers.extend(sse_c.iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
    let expected = Expected {
        operation: Operation::PutObject,
        formats: &[SealedFormat::Message],
        mode: Mode::CustomerKey(&key),
        create_only: true,
        checksum: ChecksumRule::Required,
        content_type: OCTET_STREAM,
        sizes: Some(0..=1000),
        json: |_| None,
    };
    let names: Vec<String> = headers.iter().map(|(name, _)| name.clone()).collect();
    assert!(check_upload_headers(&headers, &expected).is_ok());
    let mut random = Random(0x4ead);
    for _ in 0..20_000 {
        let mut mangled = headers.clone();
        let at = random.next() % mangled.len();
        let (name, value) = &mut mangled[at];
        let text = if random.next().is_multiple_of(2) { name } else { value };
        *text = String::from_utf8_lossy(&random.mangle(text.as_bytes())).into_owned();
        // What is still admitted has the same names, and another number or checksum at most.
        if let Ok(signed) = check_upload_headers(&mangled, &expected) {
            assert_eq!(signed.headers.len(), names.len());
            for (name, value) in signed.headers.iter() {
                assert!(names.iter().any(|known| known == name), "{name}");
                assert!(value.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
            }
        }
    }
}

#[test]
fn mangled_policies() {
    let rules = BucketPolicy {
        bucket: "inbox",
        tls_only: true,
        kms_key_arn: Some(support::ARN),
        create_only: true,
        ..BucketPolicy::default()
    };
    let policy = bucket_policy(&rules).unwrap().to_text();
    let mut random = Random(0x901);
    for _ in 0..20_000 {
        let mangled = random.mangle(policy.as_bytes());
        if let Ok(explained) = explain_policy_text(&String::from_utf8_lossy(&mangled)) {
            let found = explained.enforces.iter().chain(&explained.partly);
            let rules: BTreeSet<&str> = found.map(|finding| finding.rule).collect();
            assert_eq!(rules.len() + explained.not_enforced.len(), 7);
        }
    }
}
