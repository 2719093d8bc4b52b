//! S3 objects that must not open, and those that cannot be made.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::panic
)]

mod support;

use bongtu::object::{
    CHUNK_LENGTH, Format, MAX_PLAINTEXT_LENGTH, ObjectOptions, ObjectSealing, OpenObjectOptions,
    SealedObject, open_object_with, seal_object,
};
use bongtu::{Keyring, KmsFailure, KmsPublicKey, KmsRsaKeyring, MaterialDescription};
use support::objects::{Metadata, all_versions, metadata, open, options, rsa, seal};
use support::*;

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
