//! Headers of server-side encryption.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use base64ct::{Base64, Encoding};
use bongtu::s3::{CustomerKey, Headers, KmsKeyId, Operation, Sse};
use bongtu::{EncryptionContext, Keyring, KmsPublicKey, KmsRsaKeyring, MaterialDescription};
use support::code;
use zeroize::Zeroizing;

const KEY_ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

fn key() -> CustomerKey {
    CustomerKey::new(Zeroizing::new((0..32).collect())).unwrap()
}

fn pairs(headers: &Headers) -> Vec<(&str, &str)> {
    headers.iter().collect()
}

#[test]
fn the_three_headers_of_a_customer_key() {
    let key = key();
    // By Python: base64(md5(bytes(range(32))))
    assert_eq!(key.md5(), "tP/LI3N87DFaSk0aoqYgzg==");
    assert_eq!(
        pairs(&key.headers(Operation::PutObject, None).unwrap()),
        [
            ("x-amz-server-side-encryption-customer-algorithm", "AES256"),
            (
                "x-amz-server-side-encryption-customer-key",
                "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
            ),
            ("x-amz-server-side-encryption-customer-key-md5", "tP/LI3N87DFaSk0aoqYgzg=="),
        ]
    );
    let source = key.copy_source_headers(Operation::UploadPartCopy, None).unwrap();
    let prefix = "x-amz-copy-source-server-side-encryption-customer-";
    assert!(source.len() == 3 && source.iter().all(|(name, _)| name.starts_with(prefix)));
}

#[test]
fn which_operation_takes_what() {
    let customer_key = [
        "PutObject",
        "GetObject",
        "HeadObject",
        "CopyObject",
        "CreateMultipartUpload",
        "UploadPart",
        "UploadPartCopy",
        "CompleteMultipartUpload",
        "ListParts",
        "GetObjectAttributes",
        "SelectObjectContent",
        "PostObject",
    ];
    let mode = ["PutObject", "CopyObject", "CreateMultipartUpload", "PostObject"];
    let copy = ["CopyObject", "UploadPartCopy"];
    for operation in Operation::ALL {
        let name = operation.name();
        assert_eq!(Operation::from_name(name), Ok(operation));
        let expect = |result: bongtu::Result<Headers>, takes: bool| match result {
            Ok(headers) => assert!(takes && headers.len() == 3, "{name}"),
            Err(error) => assert!(!takes && error.code() == "ERR_SSE", "{name}"),
        };
        expect(key().headers(operation, None), customer_key.contains(&name));
        expect(key().copy_source_headers(operation, None), copy.contains(&name));
        assert_eq!(Sse::s3().headers(operation).is_empty(), !mode.contains(&name), "{name}");
    }
    assert_eq!(code(Operation::from_name("putObject")), "ERR_INPUT");
}

#[test]
fn keys_of_other_lengths() {
    for length in [0, 16, 31, 33, 44] {
        assert_eq!(code(CustomerKey::new(Zeroizing::new(vec![1; length]))), "ERR_SSE");
    }
    let (a, b) = (CustomerKey::generate().unwrap(), CustomerKey::generate().unwrap());
    assert_ne!(a.expose(), b.expose());
    assert_eq!(format!("{a:?}"), "CustomerKey");
    let headers = a.headers(Operation::GetObject, None).unwrap();
    assert!(!format!("{headers:?}").contains(&Base64::encode_string(a.expose())));
}

#[test]
fn what_the_response_must_echo() {
    let key = key();
    let check = |status: u16, headers: &[(&str, &str)]| {
        key.check_response(status, |name| {
            headers.iter().find(|(found, _)| *found == name).map(|(_, value)| (*value).into())
        })
    };
    let algorithm = ("x-amz-server-side-encryption-customer-algorithm", "AES256");
    let md5 = ("x-amz-server-side-encryption-customer-key-md5", "tP/LI3N87DFaSk0aoqYgzg==");
    assert_eq!(check(200, &[algorithm, md5]), Ok(()));
    assert_eq!(check(206, &[algorithm, md5]), Ok(()));
    for headers in [
        &[][..],
        &[algorithm],
        &[md5],
        &[algorithm, (md5.0, "AAAAAAAAAAAAAAAAAAAAAA==")],
        &[(algorithm.0, "aws:kms"), md5],
    ] {
        assert_eq!(code(check(200, headers)), "ERR_SSE", "{headers:?}");
    }
    let forbidden = check(403, &[]).unwrap_err();
    assert_eq!(forbidden.code(), "ERR_S3");
    for word in ["April 2026", "PutBucketEncryption", "BlockedEncryptionTypes", "NONE"] {
        assert!(forbidden.to_string().contains(word), "{word}");
    }
    for status in [304, 400, 404, 503] {
        assert_eq!(code(check(status, &[algorithm, md5])), "ERR_S3");
    }
}

#[test]
fn a_sealed_key_is_for_one_object() {
    let public_key = KmsPublicKey::parse(support::PUBLIC_2048).unwrap();
    let arn = bongtu::KeyArn::parse(support::ARN).unwrap();
    let keyring = Keyring::KmsRsa(KmsRsaKeyring::new(public_key, arn, None).unwrap());
    let place = ("inbox", "2026/report.pdf");
    let context = EncryptionContext::new([("purpose", "scan")]).unwrap();
    let sealed = key().seal(&keyring, place, &context).unwrap();
    let open = |place| {
        let kms = support::kms();
        CustomerKey::open_with(&keyring, &sealed, place, Default::default(), |r| kms.decrypt(r))
    };
    assert_eq!(open(place).unwrap().expose(), key().expose());
    for other in [("inbox", "2026/other.pdf"), ("outbox", "2026/report.pdf")] {
        assert_eq!(code(open(other)), "ERR_CONTEXT_MISMATCH");
    }
    let doubled = EncryptionContext::new([("bucket", "another")]).unwrap();
    assert_eq!(code(key().seal(&keyring, place, &doubled)), "ERR_CONTEXT");
}

#[test]
fn the_other_modes() {
    assert_eq!(
        pairs(&Sse::s3().headers(Operation::PutObject)),
        [("x-amz-server-side-encryption", "AES256")]
    );
    let context = MaterialDescription::new([("b", "2"), ("a", "é\"")]).unwrap();
    let key_id = KmsKeyId::parse(KEY_ID).unwrap();
    let kms = Sse::kms(Some(key_id.clone()), context, Some(true)).unwrap();
    let headers = kms.headers(Operation::CreateMultipartUpload);
    assert_eq!(
        pairs(&headers),
        [
            ("x-amz-server-side-encryption", "aws:kms"),
            ("x-amz-server-side-encryption-aws-kms-key-id", KEY_ID),
            (
                "x-amz-server-side-encryption-context",
                Base64::encode_string(br#"{"a":"\u00e9\"","b":"2"}"#).as_str()
            ),
            ("x-amz-server-side-encryption-bucket-key-enabled", "true"),
        ]
    );
    let dsse = Sse::dsse(Some(key_id), MaterialDescription::default()).unwrap();
    assert_eq!(dsse.mode(), "aws:kms:dsse");
    assert_eq!(dsse.headers(Operation::PostObject).len(), 2);
    let reserved = MaterialDescription::new([("aws:s3:arn", "x")]).unwrap();
    assert_eq!(code(Sse::kms(None, reserved, None)), "ERR_SSE");
    let long = MaterialDescription::new([("a", "x".repeat(8000))]).unwrap();
    assert_eq!(code(Sse::dsse(None, long)), "ERR_SSE");
}

#[test]
fn names_of_kms_keys() {
    let arn = format!("arn:aws:kms:eu-west-1:111122223333:key/{KEY_ID}");
    for id in [
        KEY_ID,
        "mrk-0123456789abcdef0123456789abcdef",
        "alias/inbox",
        "alias/aws/s3",
        arn.as_str(),
        "arn:aws-cn:kms:cn-north-1:111122223333:alias/inbox",
    ] {
        assert!(KmsKeyId::parse(id).is_ok(), "{id}");
    }
    for id in [
        "",
        "inbox",
        "alias/",
        "alias/a b",
        "1234abcd-12ab-34cd-56ef-1234567890a",
        "mrk-0123",
        "arn:aws:kms:eu-west-1:111122223333:key/",
        "arn:aws:s3:eu-west-1:111122223333:key/1",
        "arn:aws:kms:eu-west-1:111122223333:key/1:2",
        "alias/x\r\nx-amz-acl: public-read",
    ] {
        assert_eq!(code(KmsKeyId::parse(id)), "ERR_SSE", "{id}");
    }
    assert!(KmsKeyId::described(&arn, "SYMMETRIC_DEFAULT").is_ok());
    for spec in ["RSA_2048", "RSA_4096", "HMAC_256", "ECC_NIST_P256", ""] {
        assert_eq!(code(KmsKeyId::described(&arn, spec)), "ERR_SSE", "{spec}");
    }
}
