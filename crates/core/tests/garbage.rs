//! Whatever comes in, nothing panics and nothing is believed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::panic
)]

mod support;

use base64ct::{Base64, Encoding};
use bongtu::message::{HEAD_LENGTH, Inspector};
use bongtu::object::{Format, ObjectOptions, OpenObjectOptions, open_object_with, seal_object};
use bongtu::s3::{
    BucketPolicy, ChecksumRule, CustomerKey, Expected, Mode, OCTET_STREAM, Operation, SealedFormat,
    bucket_policy, check_upload_headers, explain_policy_text,
};
use bongtu::{
    CommitmentPolicy, DecryptRequest, DecryptResponse, EncryptionContext, KeyArn, Keyring,
    KmsFailure, KmsPublicKey, KmsRsaKeyring, MaterialDescription, OpenOptions, OpenReader,
};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use support::{PUBLIC_2048, Random, SHA_256, arn, framed, keyring, pattern};

/// Counts what came of each round, so that a test knows how far its garbage went.
#[derive(Default)]
struct Outcomes(BTreeMap<&'static str, usize>);

impl Outcomes {
    fn add<T>(&mut self, result: &bongtu::Result<T>) {
        let name = result.as_ref().err().map_or("ok", bongtu::Error::code);
        *self.0.entry(name).or_default() += 1;
    }

    fn reached(&self, names: &[&str]) {
        for name in names {
            assert!(self.0.contains_key(name), "{name} never came: {:?}", self.0);
        }
    }
}

/// Unwraps the first key that it is asked for, and from then on no other: RSA would take a minute for all.
fn remembering() -> impl Fn(&DecryptRequest) -> Result<DecryptResponse, KmsFailure> {
    let known = OnceCell::new();
    move |request| {
        let (blob, plaintext) = known.get_or_init(|| {
            let answer = support::kms().decrypt(request).unwrap();
            (request.ciphertext_blob.clone(), answer.plaintext)
        });
        if request.ciphertext_blob == *blob {
            let key_id = request.key_id.as_ref().map_or(support::ARN, KeyArn::as_str).to_owned();
            return Ok(DecryptResponse { key_id, plaintext: plaintext.clone() });
        }
        Err(KmsFailure { name: "InvalidCiphertextException".into() })
    }
}

fn ours() -> Keyring {
    keyring(PUBLIC_2048, SHA_256)
}

#[test]
fn mangled_messages() {
    let mut options = framed(10);
    options.encryption_context = EncryptionContext::new([("목적", "검사"), ("a", "")]).unwrap();
    let text = pattern(35);
    let message = bongtu::seal(&ours(), &text, options).unwrap();
    let kms = remembering();
    bongtu::open_with(&ours(), &message, OpenOptions::default(), &kms).unwrap();
    let mut random = Random(0x5eed);
    let mut outcomes = Outcomes::default();
    for _ in 0..20_000 {
        let mangled = random.mangle(&message);
        let opened = bongtu::open_with(&ours(), &mangled, OpenOptions::default(), &kms);
        outcomes.add(&opened);
        match opened {
            Ok((_, opened)) => assert!(mangled == message && *opened == text),
            Err(_) => assert_ne!(mangled, message),
        }
        let whole = released_is_a_beginning(&mangled, &text, &kms);
        assert_eq!(whole, mangled == message);
        if let Ok(inspector) = Inspector::parse(&mangled) {
            inspected_without_gaps(inspector, &mangled);
        }
    }
    outcomes.reached(&[
        "ERR_AUTHENTICATION",
        "ERR_COMMITMENT",
        "ERR_LIMIT",
        "ERR_MALFORMED",
        "ERR_NO_MATCHING_KEY",
        "ERR_TRAILING_DATA",
        "ERR_TRUNCATED",
        "ERR_UNWRAP",
    ]);
}

/// A stream may release whole frames before it fails, and nothing else. Returns whether it ended well.
fn released_is_a_beginning(
    mangled: &[u8],
    text: &[u8],
    kms: impl Fn(&DecryptRequest) -> Result<DecryptResponse, KmsFailure>,
) -> bool {
    let mut released = Vec::new();
    let ended = OpenReader::new(&ours(), OpenOptions::default(), mangled, kms)
        .and_then(|mut reader| reader.read_to_end(&mut released));
    assert!(text.starts_with(&released));
    ended.is_ok()
}

fn inspected_without_gaps(mut inspector: Inspector, mangled: &[u8]) {
    let body = &mangled[inspector.header_length()..];
    let frames = body.chunks(inspector.stride());
    let heads: Vec<u8> = frames.flat_map(|frame| frame.iter().take(HEAD_LENGTH)).copied().collect();
    let walked = inspector.walk(&heads, body.len(), true);
    let description = inspector.describe();
    assert!(walked.is_err() || description.body.length == body.len() as u64);
    let covered: usize = description.fields.iter().map(|field| field.length).sum();
    assert_eq!(covered, description.header_length, "fields leave no gap");
}

#[test]
fn mangled_objects() {
    let text = pattern(35);
    let mut random = Random(0x0b1ec7);
    let mut outcomes = Outcomes::default();
    for (format, instruction_file) in
        [(Format::V2, false), (Format::V3, false), (Format::V2, true), (Format::V3, true)]
    {
        let description = MaterialDescription::new([("목적", "검사")]).unwrap();
        let options = ObjectOptions { format, description, instruction_file };
        let key = KmsPublicKey::parse(PUBLIC_2048).unwrap();
        let keyring = Keyring::KmsRsa(KmsRsaKeyring::new(key, arn(), None).unwrap());
        let object = seal_object(&keyring, &text, options).unwrap();
        let metadata: Vec<(String, String)> =
            object.head.metadata.iter().map(|(name, it)| ((*name).into(), it.clone())).collect();
        let kms = remembering();
        let open = |metadata: &[(String, String)], file: Option<&str>, body: &[u8]| {
            let options = OpenObjectOptions {
                commitment_policy: CommitmentPolicy::RequireEncryptAllowDecrypt,
            };
            open_object_with(&keyring, metadata, file, body, options, &kms).map(|(_, text)| text)
        };
        let file = object.head.instruction_file.as_deref();
        assert_eq!(*open(&metadata, file, &object.body).unwrap(), text);
        for _ in 0..2000 {
            let (mut metadata, mut file, mut body) =
                (metadata.clone(), file.map(str::to_owned), object.body.clone());
            let which = random.next() % (metadata.len() + 2);
            let part = random.next() % 4;
            match (metadata.get_mut(which), &mut file) {
                (Some((name, _)), _) if part == 0 => *name = random.mangle_text(name),
                (Some((_, value)), _) => *value = random.mangle_text(value),
                (None, Some(file)) if part > 0 => *file = random.mangle_text(file),
                _ => body = random.mangle(&body),
            }
            let opened = open(&metadata, file.as_deref(), &body);
            outcomes.add(&opened);
            // Some of it is a hint, or may be written in more ways than one.
            assert!(opened.is_err() || opened.is_ok_and(|opened| *opened == text));
        }
    }
    outcomes.reached(&[
        "ok",
        "ERR_AUTHENTICATION",
        "ERR_COMMITMENT",
        "ERR_METADATA",
        "ERR_TRUNCATED",
        "ERR_UNSUPPORTED",
        "ERR_UNWRAP",
    ]);
}

#[test]
fn mangled_keys() {
    let key = KmsPublicKey::parse(PUBLIC_2048).unwrap();
    let answer = r#"{"KeyId":"ARN","KeyUsage":"ENCRYPT_DECRYPT","PublicKey":"KEY"}"#;
    let answer =
        answer.replace("ARN", support::ARN).replace("KEY", &Base64::encode_string(key.spki()));
    let mut random = Random(0xfeed);
    for form in [PUBLIC_2048, key.spki(), answer.as_bytes()] {
        let mut outcomes = Outcomes::default();
        for _ in 0..20_000 {
            let parsed = KmsPublicKey::parse(&random.mangle(form));
            outcomes.add(&parsed);
            // If it still parses, it must be a key of a size that KMS has.
            if let Ok(parsed) = parsed {
                assert_eq!(parsed.key_spec().modulus_length(), 256);
                let again = KmsPublicKey::parse(parsed.spki()).unwrap();
                assert_eq!(again.spki(), parsed.spki());
            }
        }
        outcomes.reached(&["ok", "ERR_PUBLIC_KEY"]);
    }
}

#[test]
fn mangled_arns() {
    let mut random = Random(0xa12);
    let mut outcomes = Outcomes::default();
    let replicated = support::ARN.replace("1234abcd-12ab-34cd-56ef-", "mrk-1234abcd12ab34cd56ef");
    for original in [support::ARN, &replicated] {
        let known = KeyArn::parse(original).unwrap();
        for _ in 0..20_000 {
            let mut mangled = original.as_bytes().to_vec();
            match random.next() % 2 {
                0 => mangled = random.mangle(&mangled),
                // The signs are ones that an ARN has, so that many results are ARNs of other keys.
                _ => swap_a_sign(&mut mangled, &mut random),
            }
            let text = String::from_utf8_lossy(&mangled);
            let parsed = KeyArn::parse(&text);
            outcomes.add(&parsed);
            let Ok(arn) = parsed else { continue };
            assert_eq!(arn.as_str(), text.trim());
            assert_eq!(KeyArn::parse(arn.as_str()).unwrap(), arn);
            let parts = shape_of_an_arn(arn.as_str());
            // Only the Region of a multi-Region key may differ.
            let [partition, region, account, id] = shape_of_an_arn(original);
            let region = if id.starts_with("mrk-") { parts[1] } else { region };
            let same = parts == [partition, region, account, id];
            assert_eq!(arn.matches(&known), same, "{arn}");
        }
    }
    outcomes.reached(&["ok", "ERR_KEY_ARN"]);
}

fn swap_a_sign(text: &mut [u8], random: &mut Random) {
    let at = random.next() % text.len();
    text[at] = b"0123456789abcdef-:/"[random.next() % 19];
}

/// Partition, Region, account and id, after the documentation of KMS.
fn shape_of_an_arn(arn: &str) -> [&str; 4] {
    let parts: Vec<&str> = arn.split(':').collect();
    let ["arn", partition, "kms", region, account, resource] = parts[..] else {
        panic!("{arn} has other parts");
    };
    assert!(!partition.is_empty() && !region.is_empty(), "{arn}");
    assert!(account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()), "{arn}");
    let id = resource.strip_prefix("key/").unwrap();
    let digits: String = match id.strip_prefix("mrk-") {
        Some(digits) => digits.into(),
        None => {
            let lengths: Vec<usize> = id.split('-').map(str::len).collect();
            assert_eq!(lengths, [8, 4, 4, 4, 12], "{arn}");
            id.replace('-', "")
        }
    };
    let hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    assert!(digits.len() == 32 && digits.bytes().all(hexadecimal), "{arn}");
    [partition, region, account, id]
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
    let mut outcomes = Outcomes::default();
    let names: Vec<String> = headers.iter().map(|(name, _)| name.clone()).collect();
    assert!(check_upload_headers(&headers, &expected).is_ok());
    let mut random = Random(0x4ead);
    for _ in 0..20_000 {
        let mut mangled = headers.clone();
        let at = random.next() % mangled.len();
        let (name, value) = &mut mangled[at];
        let text = if random.next().is_multiple_of(2) { name } else { value };
        *text = random.mangle_text(text);
        // Headers that are still admitted have the same names; only a number or checksum may differ.
        let checked = check_upload_headers(&mangled, &expected);
        outcomes.add(&checked);
        if let Ok(signed) = checked {
            assert_eq!(signed.headers.len(), names.len());
            for (name, value) in signed.headers.iter() {
                assert!(names.iter().any(|known| known == name), "{name}");
                assert!(value.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
            }
        }
    }
    outcomes.reached(&["ok", "ERR_UPLOAD_HEADERS"]);
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
    let mut outcomes = Outcomes::default();
    for _ in 0..20_000 {
        let explained = explain_policy_text(&random.mangle_text(&policy));
        outcomes.add(&explained);
        if let Ok(explained) = explained {
            let found = explained.enforces.iter().chain(&explained.partly);
            let rules: BTreeSet<&str> = found.map(|finding| finding.rule).collect();
            assert_eq!(rules.len() + explained.not_enforced.len(), 7);
        }
    }
    outcomes.reached(&["ok", "ERR_POLICY"]);
}
