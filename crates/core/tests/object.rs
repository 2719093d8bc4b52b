//! Sealing and opening S3 objects.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::panic
)]

mod support;

use bongtu::hazmat::AesGcm;
use bongtu::object::{
    CHUNK_LENGTH, Format, MAX_PLAINTEXT_LENGTH, ObjectOpening, ObjectOptions, ObjectSealing,
    OpenObjectOptions, SealedObject, UnwrappedObject, inspect_object, open_object_with,
    seal_object, seal_object_with,
};
use bongtu::plan::OpView;
use bongtu::{
    CommitmentPolicy, DecryptParameters, DecryptResponse, GenerateDataKeyResponse, Json, KeyArn,
    Keyring, KmsFailure, KmsKeyring, KmsPublicKey, KmsRsaKeyring, MaterialDescription,
};
use serde_json::Value;
use support::*;

type Metadata = Vec<(String, String)>;

fn rsa() -> Keyring {
    let key = KmsPublicKey::parse(PUBLIC_2048).unwrap();
    Keyring::KmsRsa(KmsRsaKeyring::new(key, arn(), None).unwrap())
}

fn seal(text: &[u8], options: ObjectOptions) -> SealedObject {
    seal_object(&rsa(), text, options).unwrap()
}

fn metadata(object: &SealedObject) -> Metadata {
    object.head.metadata.iter().map(|(name, value)| ((*name).into(), value.clone())).collect()
}

fn all_versions() -> OpenObjectOptions {
    OpenObjectOptions { commitment_policy: CommitmentPolicy::RequireEncryptAllowDecrypt }
}

fn open(metadata: &[(String, String)], file: Option<&str>, body: &[u8]) -> bongtu::Result<Vec<u8>> {
    let kms = kms();
    open_object_with(&rsa(), metadata, file, body, all_versions(), |request| kms.decrypt(request))
        .map(|(_, text)| text.to_vec())
}

fn reopen(object: &SealedObject) -> bongtu::Result<Vec<u8>> {
    open(&metadata(object), object.head.instruction_file.as_deref(), &object.body)
}

fn options(format: Format, instruction_file: bool) -> ObjectOptions {
    let description =
        MaterialDescription::new([("목적", "검사 \"\\\u{1f4e9}"), ("a", "")]).unwrap();
    ObjectOptions { format, description, instruction_file }
}

#[test]
fn what_is_sealed_opens() {
    for format in [Format::V2, Format::V3] {
        for instruction_file in [false, true] {
            for length in [0, 1, 15, 16, 17, CHUNK_LENGTH - 1, CHUNK_LENGTH, CHUNK_LENGTH + 1] {
                let text = pattern(length);
                let object = seal(&text, options(format, instruction_file));
                assert_eq!(object.body.len(), length + 16);
                assert_eq!(reopen(&object).unwrap(), text, "{format:?}, {length} bytes");
            }
        }
    }
    let text = pattern(3 * CHUNK_LENGTH + 5);
    assert_eq!(reopen(&seal(&text, ObjectOptions::default())).unwrap(), text);
}

#[test]
fn metadata_are_ascii_and_as_the_format_has_them() {
    let names = |format, instruction_file| -> Vec<&str> {
        let object = seal(b"x", options(format, instruction_file));
        assert!(object.head.metadata.iter().all(|(_, value)| value.is_ascii()));
        let mut names: Vec<_> = object.head.metadata.into_iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        names
    };
    assert_eq!(
        names(Format::V3, false),
        ["x-amz-3", "x-amz-c", "x-amz-d", "x-amz-i", "x-amz-m", "x-amz-w"]
    );
    assert_eq!(names(Format::V3, true), ["x-amz-c", "x-amz-d", "x-amz-i"]);
    assert_eq!(
        names(Format::V2, false),
        [
            "x-amz-cek-alg",
            "x-amz-iv",
            "x-amz-key-v2",
            "x-amz-matdesc",
            "x-amz-tag-len",
            "x-amz-unencrypted-content-length",
            "x-amz-wrap-alg"
        ]
    );
    assert_eq!(names(Format::V2, true), ["x-amz-unencrypted-content-length"]);
    let file = seal(b"x", options(Format::V2, true)).head.instruction_file.unwrap();
    let file: Value = serde_json::from_str(&file).unwrap();
    assert_eq!(file["x-amz-tag-len"], "128");
    let description: Value = serde_json::from_str(file["x-amz-matdesc"].as_str().unwrap()).unwrap();
    assert_eq!(description["목적"], "검사 \"\\\u{1f4e9}");
    // Never an empty description: the official readers refuse that.
    let bare = seal(b"x", ObjectOptions::default());
    assert!(bare.head.metadata.iter().all(|(_, value)| !value.is_empty()));
}

#[test]
fn the_description_comes_back_unverified() {
    let object = seal(b"x", options(Format::V3, false));
    let kms = kms();
    let ask = |request: &_| kms.decrypt(request);
    let (opened, _) =
        open_object_with(&rsa(), &metadata(&object), None, &object.body, all_versions(), ask)
            .unwrap();
    assert_eq!(opened.format, Format::V3);
    assert_eq!(opened.unverified_description, options(Format::V3, false).description);
}

#[test]
fn version_2_needs_a_policy_that_allows_it() {
    let object = seal(b"x", options(Format::V2, false));
    let default = OpenObjectOptions::default();
    let opened = open_object_with(&rsa(), &metadata(&object), None, &object.body, default, |_| {
        panic!("KMS must not be asked")
    });
    assert_eq!(code(opened), "ERR_COMMITMENT_POLICY");
}

#[test]
fn every_truncation_and_extension_is_refused() {
    for format in [Format::V2, Format::V3] {
        let object = seal(&pattern(40), options(format, false));
        for length in 0..object.body.len() {
            let opened = open(&metadata(&object), None, &object.body[..length]);
            let wanted = if length < 16 { "ERR_TRUNCATED" } else { "ERR_AUTHENTICATION" };
            assert_eq!(code(opened), wanted);
        }
        let longer = [&object.body[..], b"x"].concat();
        assert_eq!(code(open(&metadata(&object), None, &longer)), "ERR_AUTHENTICATION");
    }
}

#[test]
fn every_flipped_bit_of_a_body_is_refused() {
    let object = seal(&pattern(20), options(Format::V3, false));
    for bit in 0..object.body.len() * 8 {
        let mut body = object.body.clone();
        body[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(code(open(&metadata(&object), None, &body)), "ERR_AUTHENTICATION");
    }
    // Across the grid, with and without moving bytes between chunks.
    let object = seal(&pattern(CHUNK_LENGTH + 100), ObjectOptions::default());
    for at in [0, CHUNK_LENGTH - 1, CHUNK_LENGTH, CHUNK_LENGTH + 99, CHUNK_LENGTH + 115] {
        let mut body = object.body.clone();
        body[at] ^= 1;
        assert_eq!(code(open(&metadata(&object), None, &body)), "ERR_AUTHENTICATION");
    }
}

#[test]
fn every_flipped_bit_of_the_metadata_is_refused_or_harmless() {
    for format in [Format::V2, Format::V3] {
        let object = seal(b"x", ObjectOptions { format, ..ObjectOptions::default() });
        let original = metadata(&object);
        for (n, (name, value)) in original.iter().enumerate() {
            // The length is a hint that nobody trusts; a wrapped key's bits are sampled, RSA is slow.
            // Neither is a description, under this wrap.
            if ["x-amz-unencrypted-content-length", "x-amz-matdesc"].contains(&name.as_str()) {
                continue;
            }
            let step = if value.len() > 100 { 97 } else { 1 };
            for bit in (0..value.len() * 8).step_by(step) {
                let mut bytes = value.clone().into_bytes();
                bytes[bit / 8] ^= 1 << (bit % 8);
                let Ok(text) = String::from_utf8(bytes) else { continue };
                let mut broken = original.clone();
                broken[n].1 = text.clone();
                assert!(open(&broken, None, &object.body).is_err(), "{name} = {text}");
            }
        }
    }
}

#[test]
fn metadata_must_be_whole_single_and_of_one_version() {
    for format in [Format::V2, Format::V3] {
        let object = seal(b"x", options(format, false));
        let whole = metadata(&object);
        for (n, (name, value)) in whole.iter().enumerate() {
            let harmless =
                ["x-amz-m", "x-amz-matdesc", "x-amz-unencrypted-content-length"].contains(&&**name);
            let mut missing = whole.clone();
            missing.remove(n);
            assert_eq!(open(&missing, None, &object.body).is_ok(), harmless, "without {name}");
            if name == "x-amz-unencrypted-content-length" {
                continue;
            }
            let mut doubled = whole.clone();
            doubled.push((format!("X-Amz-Meta-{name}"), value.clone()));
            assert_eq!(code(open(&doubled, None, &object.body)), "ERR_METADATA", "two {name}");
        }
    }
    let (v2, v3) = (seal(b"x", options(Format::V2, false)), seal(b"x", ObjectOptions::default()));
    for (base, other) in [(&v2, &v3), (&v3, &v2)] {
        for added in metadata(other) {
            if added.0 == "x-amz-unencrypted-content-length" {
                continue;
            }
            let mut mixed = metadata(base);
            mixed.push(added.clone());
            assert_eq!(code(open(&mixed, None, &base.body)), "ERR_METADATA", "with {}", added.0);
        }
    }
}

fn with(object: &SealedObject, name: &str, value: &str) -> Metadata {
    let mut metadata = metadata(object);
    metadata.retain(|(found, _)| found != name);
    metadata.push((name.into(), value.into()));
    metadata
}

#[test]
fn wrong_values_are_refused_by_name() {
    let v2 = seal(b"x", options(Format::V2, false));
    let v3 = seal(b"x", options(Format::V3, false));
    let zeros = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==";
    for (object, name, value, wanted) in [
        (&v2, "x-amz-cek-alg", "AES/CBC/PKCS5Padding", "ERR_UNSUPPORTED"),
        (&v2, "x-amz-cek-alg", "AES/CTR/NoPadding", "ERR_UNSUPPORTED"),
        (&v2, "x-amz-wrap-alg", "AESWrap", "ERR_UNSUPPORTED"),
        (&v2, "x-amz-wrap-alg", "AES/GCM", "ERR_UNSUPPORTED"),
        (&v2, "x-amz-wrap-alg", "kms", "ERR_NO_MATCHING_KEY"),
        (&v2, "x-amz-wrap-alg", "kms+context", "ERR_METADATA"),
        (&v2, "x-amz-tag-len", "96", "ERR_METADATA"),
        (&v2, "x-amz-tag-len", "0128", "ERR_METADATA"),
        (&v2, "x-amz-iv", "AAAAAAAAAAAAAAAA", "ERR_METADATA"),
        (&v2, "x-amz-iv", "AQID", "ERR_METADATA"),
        (&v2, "x-amz-iv", "not base64", "ERR_METADATA"),
        (&v2, "x-amz-key-v2", "AQID", "ERR_UNWRAP"),
        (&v2, "x-amz-key", "AQID", "ERR_METADATA"),
        (&v3, "x-amz-c", "114", "ERR_UNSUPPORTED"),
        (&v3, "x-amz-w", "02", "ERR_UNSUPPORTED"),
        (&v3, "x-amz-w", "12", "ERR_METADATA"),
        (&v3, "x-amz-w", "22 ", "ERR_UNSUPPORTED"),
        (&v3, "x-amz-i", zeros, "ERR_METADATA"),
        (&v3, "x-amz-d", zeros, "ERR_COMMITMENT"),
        (&v3, "x-amz-d", "AQID", "ERR_METADATA"),
        (&v3, "x-amz-3", "AQID", "ERR_UNWRAP"),
    ] {
        let opened = open(&with(object, name, value), None, &object.body);
        assert_eq!(code(opened), wanted, "{name}: {value}");
    }
    let mut v1 = metadata(&v2);
    v1.retain(|(name, _)| name != "x-amz-key-v2");
    v1.push(("x-amz-key".into(), "AQID".into()));
    assert_eq!(code(open(&v1, None, &v2.body)), "ERR_UNSUPPORTED");
}

#[test]
fn instruction_files_cannot_say_what_the_object_must() {
    for format in [Format::V2, Format::V3] {
        let object = seal(b"x", options(format, true));
        let file = object.head.instruction_file.clone().unwrap();
        let metadata = metadata(&object);
        assert_eq!(code(open(&metadata, None, &object.body)), "ERR_METADATA");
        for (bad, why) in [
            ("[]".into(), "no object"),
            ("{".into(), "no JSON"),
            (file.replacen('{', "{\"x-amz-c\":\"115\",", 1), "a claim"),
            (file.replacen('{', "{\"x-amz-d\":\"AA==\",", 1), "a claim"),
            (file.replacen('{', "{\"unknown\":\"1\",", 1), "an unknown member"),
            (file.replacen(":\"", ":1,\"y\":\"", 1), "a number"),
        ] {
            assert_eq!(code(open(&metadata, Some(&bad), &object.body)), "ERR_METADATA", "{why}");
        }
        let both = self::metadata(&seal(b"x", options(format, false)));
        assert_eq!(code(open(&both, Some(&file), &object.body)), "ERR_METADATA");
    }
    // Old writers have the tag's length as a number.
    let object = seal(b"x", options(Format::V2, true));
    let file = object.head.instruction_file.clone().unwrap().replace("\"128\"", "128");
    assert_eq!(open(&metadata(&object), Some(&file), &object.body).unwrap(), b"x");
}

#[test]
fn failed_unwraps_all_look_alike() {
    let object = seal(b"x", ObjectOptions::default());
    let kms = kms();
    let opened = |change: fn(&mut Vec<u8>)| {
        let ask = |request: &_| {
            let mut response = kms.decrypt(request)?;
            change(&mut response.plaintext);
            Ok(response)
        };
        open_object_with(&rsa(), &metadata(&object), None, &object.body, all_versions(), ask)
            .unwrap_err()
    };
    let changes: [fn(&mut Vec<u8>); 7] = [
        Vec::clear,
        |text| text.truncate(1),
        |text| text.truncate(35),
        |text| text.push(b'0'),
        |text| text[0] = 16,
        |text| text[33] ^= 1,
        |text| text[35] ^= 0x80,
    ];
    for change in changes {
        assert_eq!(opened(change), bongtu::Error::Unwrap);
    }
    assert_eq!(opened(|text| text[1] ^= 1), bongtu::Error::Commitment);
    for name in ["InvalidCiphertextException", "IncorrectKeyException"] {
        let ask = |_: &_| Err(KmsFailure { name: name.into() });
        let opened =
            open_object_with(&rsa(), &metadata(&object), None, &object.body, all_versions(), ask);
        assert_eq!(opened, Err(bongtu::Error::Unwrap));
    }
}

#[test]
fn a_keyring_of_another_algorithm_makes_no_objects() {
    let key = KmsPublicKey::parse(PUBLIC_2048).unwrap();
    let keyring = Keyring::KmsRsa(KmsRsaKeyring::new(key, arn(), SHA_256).unwrap());
    let sealed = seal_object(&keyring, b"x", ObjectOptions::default());
    assert_eq!(code(sealed), "ERR_KEY_ALGORITHM");
}

#[test]
fn limits_are_known_before_a_byte_is_read() {
    let keyring = rsa();
    let sealing = |length| ObjectSealing::new(&keyring, ObjectOptions::default(), Some(length));
    assert!(sealing(MAX_PLAINTEXT_LENGTH).is_ok());
    assert_eq!(code(sealing(MAX_PLAINTEXT_LENGTH + 1)), "ERR_TOO_LARGE");
    let description = MaterialDescription::new([("a", "x".repeat(1600))]).unwrap();
    let options = ObjectOptions { description, ..ObjectOptions::default() };
    let sealed = seal_object(&keyring, b"x", options);
    let Err(bongtu::Error::Limit { found, limit, .. }) = sealed else { panic!("{sealed:?}") };
    assert!(found > 2048 && limit == 2048);
}

/// A symmetric KMS key whose wraps are its context and the key, side by side.
fn symmetric() -> Keyring {
    Keyring::Kms(KmsKeyring::new(KeyArn::parse(ARN).unwrap()))
}

#[test]
fn symmetric_kms_keys_wrap_under_a_context() {
    for format in [Format::V2, Format::V3] {
        let options = options(format, false);
        let description = options.description.clone();
        let text = pattern(100);
        let object = seal_object_with(&symmetric(), &text, options, |request| {
            assert_eq!(request.encryption_context.get("a"), Some(""));
            Ok(GenerateDataKeyResponse {
                key_id: ARN.into(),
                plaintext: vec![7; 32].into(),
                ciphertext_blob: format!("{:?}", request.encryption_context).into_bytes(),
            })
        })
        .unwrap();
        let ask = |request: &bongtu::DecryptRequest| {
            let DecryptParameters::Symmetric(context) = &request.parameters else { panic!() };
            let algorithm = if format == Format::V2 { "AES/GCM/NoPadding" } else { "115" };
            assert_eq!(context.get("aws:x-amz-cek-alg"), Some(algorithm));
            assert_eq!(request.ciphertext_blob, format!("{context:?}").into_bytes());
            Ok(DecryptResponse { key_id: ARN.into(), plaintext: vec![7; 32].into() })
        };
        let (opened, found) = open_object_with(
            &symmetric(),
            &metadata(&object),
            None,
            &object.body,
            all_versions(),
            ask,
        )
        .unwrap();
        assert_eq!(*found, text);
        assert!(description.iter().all(|(n, v)| opened.unverified_description.get(n) == Some(v)));
        assert_eq!(code(reopen(&object)), "ERR_NO_MATCHING_KEY");
    }
    let description = MaterialDescription::new([("aws:x-amz-cek-alg", "115")]).unwrap();
    let options = ObjectOptions { description, ..ObjectOptions::default() };
    let sealed = seal_object_with(&symmetric(), b"x", options, |_| panic!("no KMS"));
    assert_eq!(code(sealed), "ERR_CONTEXT");
    let offline = seal_object(&symmetric(), b"x", ObjectOptions::default());
    assert_eq!(code(offline), "ERR_NO_KMS");
    let sealed = bongtu::seal(&symmetric(), b"x", framed(10));
    assert_eq!(code(sealed), "ERR_NO_KMS");
}

#[test]
fn once_an_object_is_verified_each_chunk_of_it_can_be_by_itself() {
    let text = pattern(CHUNK_LENGTH + 100);
    let object = seal(&text, ObjectOptions::default());
    let kms = kms();
    let mut opening =
        ObjectOpening::new(&rsa(), &metadata(&object), None, Json::parse, all_versions()).unwrap();
    let answer = kms.decrypt(opening.request().unwrap());
    opening.respond(answer).unwrap();
    let UnwrappedObject { content_key: key, mut chunks, .. } = opening.finish().unwrap();
    let executor = AesGcm::new(&key).unwrap();
    let (body, tag) = object.body.split_at(text.len());
    let hashes = chunks.plan_hashes(0, body.len()).unwrap();
    let mut tags = Vec::new();
    for (index, op) in hashes.iter().enumerate() {
        let OpView { id, nonce, aad, prefix, start, length } = op.view();
        assert_eq!((id as usize, aad.len(), prefix.len()), (index, 0, 0));
        let chunk = &body[start..start + length];
        let mut tag = Vec::new();
        executor.encrypt(nonce, chunk, &[], &mut tag).unwrap();
        assert_eq!(code(chunks.chunk_tag(index)), "ERR_STATE", "before");
        chunks.pin(index, chunk.len(), &tag).unwrap();
        tags.push(tag);
    }
    chunks.verify(tag, object.body.len() as u64).unwrap();
    assert_eq!(code(chunks.pin(0, CHUNK_LENGTH, &tags[0])), "ERR_STATE");

    let mut found = Vec::new();
    for op in chunks.plan(0, body.len()).unwrap() {
        let OpView { id, nonce, aad, start, length, .. } = op.view();
        let mut sealed = body[start..start + length].to_vec();
        sealed.extend_from_slice(chunks.chunk_tag(id as usize).unwrap().expose());
        sealed[7] ^= 1;
        assert_eq!(code(executor.decrypt(nonce, aad, &sealed, &mut found)), "ERR_AUTHENTICATION");
        sealed[7] ^= 1;
        executor.decrypt(nonce, aad, &sealed, &mut found).unwrap();
    }
    assert_eq!(*found, text);
    // What lies beyond its end was not verified.
    assert_eq!(code(chunks.chunk_tag(2)), "ERR_SOURCE_CHANGED");
}

#[test]
fn an_envelope_is_described_without_a_key() {
    for format in [Format::V2, Format::V3] {
        for instruction_file in [false, true] {
            let object = seal(b"hello", options(format, instruction_file));
            let mut metadata = metadata(&object);
            let file = object.head.instruction_file.as_deref();
            let found = inspect_object(&metadata, file, Json::parse).unwrap();
            assert_eq!(found.format, format);
            assert_eq!(found.wrap, "RSA-OAEP-SHA1");
            assert_eq!(found.wrapped_key_length, 256);
            assert_eq!(found.description, options(format, false).description);
            assert_eq!(found.plaintext_length, (format == Format::V2).then_some(5));

            // Nothing makes that number true.
            metadata.retain(|(name, _)| name != "x-amz-unencrypted-content-length");
            metadata.push(("X-Amz-Meta-X-Amz-Unencrypted-Content-Length".into(), "-7".into()));
            assert_eq!(
                inspect_object(&metadata, file, Json::parse).unwrap().plaintext_length,
                None
            );
        }
    }
    assert_eq!(inspect_object(&[], None, Json::parse).unwrap_err().code(), "ERR_NOT_SEALED");
}
