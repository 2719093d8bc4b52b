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
    CHUNK_LENGTH, Format, ObjectOpening, ObjectOptions, UnwrappedObject, inspect_object,
    open_object_with, seal_object, seal_object_with,
};
use bongtu::plan::OpView;
use bongtu::{
    DecryptParameters, DecryptResponse, GenerateDataKeyResponse, Json, KeyArn, Keyring, KmsKeyring,
    MaterialDescription,
};
use serde_json::Value;
use support::objects::{all_versions, metadata, options, reopen, rsa, seal};
use support::*;

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
    // Nothing beyond its end was verified.
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
