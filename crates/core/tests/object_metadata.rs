//! Metadata of objects as S3 and other storages give them back, and metadata of other things.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use bongtu::object::{
    Format, ObjectOptions, OpenObjectOptions, SealedObject, inspect_object, open_object_with,
};
use bongtu::{CommitmentPolicy, Json, Keyring, KmsFailure, KmsKeyring, MaterialDescription};
use serde_json::Value;
use support::objects::{Metadata, metadata, rsa, seal};
use support::*;

fn options(format: Format, instruction_file: bool) -> ObjectOptions {
    let description = MaterialDescription::new([("a", "b")]).unwrap();
    ObjectOptions { format, description, instruction_file }
}

fn with(object: &SealedObject, name: &str, value: &str) -> Metadata {
    let mut metadata = metadata(object);
    metadata.retain(|(found, _)| found != name);
    metadata.push((name.into(), value.into()));
    metadata
}

/// Its description and its plaintext.
fn open_described(
    metadata: &[(String, String)],
    file: Option<&str>,
    body: &[u8],
) -> bongtu::Result<(MaterialDescription, Vec<u8>)> {
    let kms = kms();
    let policy = CommitmentPolicy::RequireEncryptAllowDecrypt;
    let options = OpenObjectOptions { commitment_policy: policy };
    open_object_with(&rsa(), metadata, file, body, options, |request| kms.decrypt(request))
        .map(|(opened, text)| (opened.unverified_description, text.to_vec()))
}

fn open(metadata: &[(String, String)], file: Option<&str>, body: &[u8]) -> bongtu::Result<Vec<u8>> {
    open_described(metadata, file, body).map(|(_, text)| text)
}

#[test]
fn what_nobody_sealed_is_told_from_what_is_broken() {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let plain = [pair("author", "x"), pair("x-amz-meta-x-amz-custom", "y"), pair("x-amz-4", "z")];
    for metadata in [&[][..], &plain[..1], &plain] {
        assert_eq!(code(open(metadata, None, b"plain")), "ERR_NOT_SEALED");
        // Somebody has said that it is sealed.
        assert_eq!(code(open(metadata, Some("{}"), b"plain")), "ERR_METADATA");
    }
    let error = open(&[pair("X-Amz-Crypto-Instr-File", "")], None, b"{}").unwrap_err();
    assert_eq!(error.code(), "ERR_NOT_SEALED");
    assert!(error.to_string().contains("instruction file"), "{error}");
    for format in [Format::V2, Format::V3] {
        // Each of a sealed object's names by itself, with a value or without.
        for (name, value) in metadata(&seal(b"x", options(format, false))) {
            for value in [value.as_str(), ""] {
                let name = format!("X-AMZ-META-{}", name.to_uppercase());
                assert_eq!(code(open(&[pair(&name, value)], None, b"")), "ERR_METADATA", "{name}");
            }
        }
    }
}

const EMPTY: [&str; 8] = ["", " ", "null", "[]", " [ ] ", "{}", "{ }", "=?UTF-8?B?e30=?="];
const UNREADABLE: [&str; 8] =
    ["{", "[1]", "\"text\"", "1", "{\"a\":1}", "{\"\":\"x\"}", "nul", "=?UTF-8?B?e30?="];

/// The object's metadata with this description, and the same in an instruction file.
fn described(format: Format, text: &str) -> [(Metadata, Option<String>, Vec<u8>); 2] {
    let name = if format == Format::V2 { "x-amz-matdesc" } else { "x-amz-m" };
    let object = seal(b"x", options(format, false));
    let beside = seal(b"x", options(format, true));
    let file = beside.head.instruction_file.clone().unwrap();
    let mut file: serde_json::Map<String, Value> = serde_json::from_str(&file).unwrap();
    file.insert(name.into(), text.into());
    let file = serde_json::to_string(&file).unwrap();
    [
        (with(&object, name, text), None, object.body.clone()),
        (metadata(&beside), Some(file), beside.body.clone()),
    ]
}

#[test]
fn under_rsa_no_description_keeps_anybody_from_an_object() {
    for format in [Format::V2, Format::V3] {
        for (texts, unreadable) in [(EMPTY, false), (UNREADABLE, true)] {
            for text in texts {
                for (metadata, file, body) in described(format, text) {
                    let opened = open_described(&metadata, file.as_deref(), &body).unwrap();
                    assert_eq!(opened, (MaterialDescription::default(), b"x".to_vec()), "{text}");
                    let found = inspect_object(&metadata, file.as_deref(), Json::parse).unwrap();
                    let raw = unreadable.then(|| text.to_owned());
                    assert_eq!(
                        (found.unreadable_description, found.description.is_empty()),
                        (raw, true)
                    );
                }
            }
        }
    }
}

#[test]
fn under_kms_a_description_is_the_context_and_must_be_readable() {
    let metadata = |wrap: &str, text: &str| {
        let object = with(&seal(b"x", options(Format::V2, false)), "x-amz-matdesc", text);
        object
            .into_iter()
            .map(|(name, value)| match name.as_str() {
                "x-amz-wrap-alg" => (name, wrap.into()),
                _ => (name, value),
            })
            .collect::<Metadata>()
    };
    for text in UNREADABLE {
        for wrap in ["kms", "kms+context"] {
            let refused = inspect_object(&metadata(wrap, text), None, Json::parse);
            assert_eq!(code(refused), "ERR_METADATA", "{wrap} {text}");
        }
    }
    for text in EMPTY {
        assert!(
            inspect_object(&metadata("kms", text), None, Json::parse)
                .unwrap()
                .description
                .is_empty()
        );
        // The pair that names the content algorithm is missing.
        assert_eq!(
            code(inspect_object(&metadata("kms+context", text), None, Json::parse)),
            "ERR_METADATA"
        );
    }
    let context = r#"{"aws:x-amz-cek-alg":"115","부서":"회계"}"#;
    let object = with(&seal(b"x", ObjectOptions::default()), "x-amz-w", "12");
    for (name, text, code) in [
        // Members that belong to the other wrap are ignored.
        ("x-amz-m", "{", None),
        ("x-amz-t", "{", Some("ERR_METADATA")),
    ] {
        let mut metadata = object.clone();
        metadata.push(("x-amz-t".into(), context.into()));
        metadata.retain(|(found, _)| found != name);
        metadata.push((name.into(), text.into()));
        assert_eq!(
            inspect_object(&metadata, None, Json::parse).err().map(|error| error.code()),
            code
        );
    }
}

#[test]
fn metadata_that_storages_encoded_are_read() {
    use base64ct::{Base64, Encoding};
    let description = MaterialDescription::new([("부서", "회계 ö?_="), ("b", "")]).unwrap();
    let text = r#"{"b":"","부서":"회계 ö?_="}"#;
    let latin: String = text.bytes().map(char::from).collect();
    let word = |text: &str| format!("=?UTF-8?B?{}?=", Base64::encode_string(text.as_bytes()));
    let q = |text: &str| {
        let encode = |byte| match byte {
            b' ' => "_".into(),
            b'a'..=b'z' => char::from(byte).to_string(),
            _ => format!("={byte:02X}"),
        };
        format!("=?utf-8?q?{}?=", text.bytes().map(encode).collect::<String>())
    };
    let pieces = |text: &str| {
        let encode = |piece: &[u8]| format!("=?UTF-8?B?{}?=", Base64::encode_string(piece));
        text.as_bytes().chunks(7).map(encode).collect::<Vec<_>>().join(" ")
    };
    for stored in [
        text.to_owned(),
        latin.clone(),
        word(text),
        word(&latin),
        word(&word(text)),
        word(&word(&latin)),
        q(text),
        q(&latin),
        pieces(text),
        pieces(&latin),
    ] {
        for format in [Format::V2, Format::V3] {
            for (metadata, file, body) in described(format, &stored) {
                let (found, _) = open_described(&metadata, file.as_deref(), &body).unwrap();
                assert_eq!(found, description, "{stored}");
            }
        }
    }
    // Every value, since some storages encode all of them.
    for format in [Format::V2, Format::V3] {
        let object = seal(b"x", options(format, false));
        let encoded: Metadata =
            metadata(&object).into_iter().map(|(name, value)| (name, word(&value))).collect();
        assert_eq!(open(&encoded, None, &object.body).unwrap(), b"x");
    }
}

#[test]
fn no_description_of_ours_reads_as_encoded() {
    let pairs = [("a", "x =?UTF-8?Q?b?= y"), ("=?UTF-8?Q?b?=", "=?")];
    let description = MaterialDescription::new(pairs).unwrap();
    for format in [Format::V2, Format::V3] {
        let sealing = ObjectOptions { description: description.clone(), ..options(format, false) };
        let object = seal(b"x", sealing);
        let (found, _) = open_described(&metadata(&object), None, &object.body).unwrap();
        assert_eq!(found, description);
    }
}

#[test]
fn another_keys_object_is_called_so_before_its_policy() {
    let keyring = Keyring::Kms(KmsKeyring::new(arn()));
    let object = seal(b"x", options(Format::V2, false));
    let refuse = |_: &_| Err(KmsFailure { name: "AccessDeniedException".into() });
    let options = OpenObjectOptions::default();
    let opened =
        open_object_with(&keyring, &metadata(&object), None, &object.body, options, refuse);
    assert_eq!(code(opened), "ERR_NO_MATCHING_KEY");
}
