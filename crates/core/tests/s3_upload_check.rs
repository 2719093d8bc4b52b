//! The headers of an upload that a server admits.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use base64ct::{Base64, Encoding};
use bongtu::object::Format;
use bongtu::s3::{
    Checksum, ChecksumAlgorithm, ChecksumRule, CustomerKey, Expected, KmsKeyId, Mode, OCTET_STREAM,
    Operation, SealedFormat, Sse, Upload, check_upload_headers, check_upload_headers_with,
    upload_request,
};
use bongtu::{Json, MaterialDescription, Result};
use support::code;
use support::uploads::*;

fn expected(formats: &[SealedFormat]) -> Expected<'_> {
    Expected {
        operation: Operation::PutObject,
        formats,
        mode: Mode::BucketDefault,
        create_only: false,
        checksum: ChecksumRule::Allowed,
        content_type: OCTET_STREAM,
        sizes: None,
        json: Json::parse,
    }
}

fn changed(pairs: &[(String, String)], name: &str, value: Option<&str>) -> Vec<(String, String)> {
    let others = pairs.iter().filter(|(found, _)| found != name).cloned();
    others.chain(value.map(|value| (name.into(), value.into()))).collect()
}

#[test]
fn headers_that_the_server_fixes() {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let asked = pairs(&upload_request(&upload(Operation::PutObject)).unwrap());
    let fixed = [pair("Cache-Control", "no-store"), pair("content-disposition", "attachment")];
    let message = expected(&[SealedFormat::Message]);
    let check = |headers: &[_], fixed: &[_]| check_upload_headers_with(headers, fixed, &message);
    // Whether the page names them or not.
    for more in [vec![], vec![pair("cache-control", "no-store")]] {
        let request = check(&[asked.clone(), more].concat(), &fixed).unwrap();
        assert_eq!(request.headers.get("cache-control"), Some("no-store"));
        let names = ["cache-control", "content-disposition", "content-type"];
        assert_eq!(request.signed_headers, names);
        assert_eq!(request.headers.len(), names.len());
    }
    for name in ["cache-control", "content-disposition", "expires", "content-language"] {
        let other = [asked.clone(), vec![pair(name, "other")]].concat();
        assert_eq!(code(check(&other, &fixed)), "ERR_UPLOAD_HEADERS", "{name}");
    }
    for fixed in [
        pair("content-type", "text/html"),
        pair("x-amz-acl", "public-read"),
        pair("if-none-match", "*"),
        pair("", "a"),
        pair("expires", ""),
        pair("expires", " 0"),
        pair("expires", "0\r\na: b"),
        pair("content-disposition", "attachment; filename=봉투"),
    ] {
        assert_eq!(code(check(&asked, std::slice::from_ref(&fixed))), "ERR_INPUT", "{fixed:?}");
    }
    let twice = [pair("expires", "0"), pair("Expires", "0")];
    assert_eq!(code(check(&asked, &twice)), "ERR_INPUT");
    let part = Expected { operation: Operation::UploadPart, ..expected(&[V3]) };
    assert_eq!(code(check_upload_headers_with(&[], &fixed, &part)), "ERR_INPUT");
}

#[test]
fn more_headers_than_any_upload_has_are_not_looked_at() {
    // If a single one had been looked at, the error would say what is wrong with it.
    let many = |count: usize| vec![("not a name".to_owned(), String::new()); count];
    let why = |headers: &[(String, String)]| {
        check_upload_headers(headers, &expected(&[V3])).unwrap_err().to_string()
    };
    assert!(why(&many(64)).contains("invalid header name"));
    for count in [65, 100_000] {
        assert!(why(&many(count)).contains("more than 64"));
    }
    let long = |length: usize| vec![("not a name".to_owned(), "x".repeat(length))];
    assert!(why(&long(8192 - 10)).contains("invalid header name"));
    for length in [8192 - 9, 1 << 20] {
        let error = check_upload_headers(&long(length), &expected(&[V3])).unwrap_err();
        assert_eq!(error.code(), "ERR_UPLOAD_HEADERS");
        assert!(error.to_string().contains("8 KB"));
    }
}

#[test]
fn what_is_made_here_is_admitted() {
    let (customer_key, kms) = (key(), KmsKeyId::parse("alias/inbox").unwrap());
    let sse = Sse::kms(Some(kms), MaterialDescription::default(), Some(true)).unwrap();
    let objects = [
        (V3, metadata(Format::V3, &[])),
        (V3, metadata(Format::V3, &[("a", "b")])),
        (V2, metadata(Format::V2, &[])),
        (SealedFormat::Message, Vec::new()),
    ];
    for (format, metadata) in &objects {
        for (made, checked) in [
            (Mode::BucketDefault, Mode::BucketDefault),
            (Mode::Sse(&sse), Mode::Sse(&sse)),
            (Mode::CustomerKey(&customer_key), Mode::CustomerKey(&customer_key)),
            (Mode::CustomerKey(&customer_key), Mode::AnyCustomerKey),
        ] {
            for operation in [
                Operation::PutObject,
                Operation::CreateMultipartUpload,
                Operation::UploadPart,
                Operation::CompleteMultipartUpload,
            ] {
                let create_only =
                    matches!(operation, Operation::PutObject | Operation::CompleteMultipartUpload);
                let checksum = match operation {
                    Operation::CreateMultipartUpload => {
                        Some(Checksum { algorithm: ChecksumAlgorithm::Sha256, value: None })
                    }
                    _ => crc("rosUhgp5mIg="),
                };
                let made =
                    Upload { metadata, mode: made, create_only, checksum, ..upload(operation) };
                let request = upload_request(&made).unwrap();
                let formats = [*format];
                let rules = Expected {
                    operation,
                    mode: checked,
                    create_only,
                    checksum: ChecksumRule::Required,
                    ..expected(&formats)
                };
                let signed = check_upload_headers(&pairs(&request), &rules).unwrap();
                for (name, value) in request.headers.iter() {
                    assert_eq!(signed.headers.get(name), Some(value));
                }
                assert_eq!(signed.headers.len(), request.headers.len());
                let without_length: Vec<_> = request
                    .signed_headers
                    .iter()
                    .filter(|name| *name != "content-length")
                    .collect();
                assert_eq!(signed.signed_headers.iter().collect::<Vec<_>>(), without_length);
            }
        }
    }
}

#[test]
fn headers_that_nobody_sealing_needs() {
    let plain = pairs(&upload_request(&upload(Operation::PutObject)).unwrap());
    for (name, value) in [
        ("x-amz-acl", "public-read"),
        ("x-amz-grant-full-control", "id=1"),
        ("x-amz-tagging", "a=b"),
        ("x-amz-website-redirect-location", "https://example.com"),
        ("x-amz-storage-class", "GLACIER"),
        ("x-amz-server-side-encryption", "AES256"),
        ("x-amz-server-side-encryption-customer-algorithm", "AES256"),
        ("x-amz-object-lock-mode", "COMPLIANCE"),
        ("x-amz-copy-source", "other/object"),
        ("x-amz-meta-x-amz-c", "115"),
        ("x-amz-meta-owner", "me"),
        ("x-amz-checksum-algorithm", "CRC32"),
        ("x-amz-security-token", "token"),
        ("cache-control", "no-store"),
        ("content-encoding", "gzip"),
        ("authorization", "AWS4-HMAC-SHA256"),
        ("host", "example.com"),
        ("if-none-match", "\"etag\""),
        ("if-match", "*"),
        ("content-md5", "AAAA"),
        ("x y", "z"),
        ("", "z"),
    ] {
        for format in [&[SealedFormat::Message][..], &[V3, V2]] {
            let given = changed(&plain, name, Some(value));
            assert_eq!(code(check_upload_headers(&given, &expected(format))), "ERR_UPLOAD_HEADERS");
        }
    }
    let twice = changed(&plain, "Content-Type", Some(OCTET_STREAM));
    assert_eq!(
        code(check_upload_headers(&twice, &expected(&[SealedFormat::Message]))),
        "ERR_UPLOAD_HEADERS"
    );
    for content_type in
        [None, Some("text/html"), Some("application/octet-stream\r\nx-amz-acl: public-read")]
    {
        let given = changed(&plain, "content-type", content_type);
        assert_eq!(
            code(check_upload_headers(&given, &expected(&[SealedFormat::Message]))),
            "ERR_UPLOAD_HEADERS"
        );
    }
}

#[test]
fn envelopes_that_are_not_whole() {
    for (format, object, needed) in [
        (V3, Format::V3, &["c", "d", "i", "w", "3"][..]),
        (V2, Format::V2, &["iv", "cek-alg", "wrap-alg", "tag-len", "key-v2"]),
    ] {
        let metadata = metadata(object, &[]);
        let made = Upload { metadata: &metadata, ..upload(Operation::PutObject) };
        let headers = pairs(&upload_request(&made).unwrap());
        let check = |given: &[(String, String)], formats: &[SealedFormat]| {
            check_upload_headers(given, &expected(formats)).map(|_| ())
        };
        assert_eq!(check(&headers, &[SealedFormat::Message, V2, V3]), Ok(()));
        assert_eq!(code(check(&headers, &[SealedFormat::Message])), "ERR_UPLOAD_HEADERS");
        for name in needed {
            let name = format!("x-amz-meta-x-amz-{name}");
            for value in [None, Some("AAAA"), Some("not base64!")] {
                let given = changed(&headers, &name, value);
                assert_eq!(
                    code(check(&given, &[format])),
                    "ERR_UPLOAD_HEADERS",
                    "{name} {value:?}"
                );
            }
        }
        for (name, value) in [("owner", "me"), ("x-amz-t", "{}"), ("x-amz-meta-x-amz-c", "115")] {
            let given = changed(&headers, &format!("x-amz-meta-{name}"), Some(value));
            assert_eq!(code(check(&given, &[format])), "ERR_UPLOAD_HEADERS", "{name}");
        }
        // Opening reads such a description, but a server does not sign it.
        let description = if format == V2 { "matdesc" } else { "m" };
        for (name, value) in [
            (description, "{"),
            (description, "{\"a\":1}"),
            (description, "=?UTF-8?B?e30=?="),
            (needed[0], " =?UTF-8?Q?=31=31=35?="),
        ] {
            let given = changed(&headers, &format!("x-amz-meta-x-amz-{name}"), Some(value));
            assert_eq!(code(check(&given, &[format])), "ERR_UPLOAD_HEADERS", "{value}");
        }
        let long = changed(&headers, "x-amz-meta-x-amz-m", Some(&"x".repeat(2000)));
        assert_eq!(code(check(&long, &[format])), "ERR_LIMIT");
    }
    assert_eq!(
        code(check_upload_headers(
            &[("content-type".into(), OCTET_STREAM.into())],
            &expected(&[V3])
        )),
        "ERR_UPLOAD_HEADERS"
    );
}

#[test]
fn lengths_checksums_and_conditions_that_are_asked_for() {
    let message = [SealedFormat::Message];
    let plain = pairs(&upload_request(&upload(Operation::PutObject)).unwrap());
    let check = |given: &[(String, String)], rules: Expected<'_>| -> Result<Vec<String>> {
        check_upload_headers(given, &rules).map(|signed| signed.signed_headers)
    };
    let sized = || Expected { sizes: Some(100..=1000), ..expected(&message) };
    let with_length = |length| changed(&plain, "content-length", Some(length));
    assert_eq!(check(&with_length("1000"), sized()).unwrap(), ["content-length", "content-type"]);
    for length in ["99", "1001", "+500", "5e2", "", "18446744073709551716"] {
        assert_eq!(code(check(&with_length(length), sized())), "ERR_UPLOAD_HEADERS", "{length}");
    }
    assert_eq!(code(check(&plain, sized())), "ERR_UPLOAD_HEADERS");
    assert!(check(&with_length("5368709120"), expected(&message)).is_ok());
    assert_eq!(code(check(&with_length("5368709121"), expected(&message))), "ERR_UPLOAD_HEADERS");

    let whole = |sizes| Expected {
        operation: Operation::CompleteMultipartUpload,
        sizes,
        ..expected(&message)
    };
    let of_size = |size: &str| vec![("x-amz-mp-object-size".into(), size.into())];
    assert_eq!(check(&of_size("1000"), whole(Some(100..=1000))).unwrap(), ["x-amz-mp-object-size"]);
    assert!(check(&of_size("1001"), whole(None)).is_ok() && check(&[], whole(None)).is_ok());
    for given in [&of_size("1001")[..], &of_size("99"), &[]] {
        assert_eq!(code(check(given, whole(Some(100..=1000)))), "ERR_UPLOAD_HEADERS", "{given:?}");
    }
    let begins = Operation::CreateMultipartUpload;
    let unknown = Expected { operation: begins, ..sized() };
    assert_eq!(code(check(&plain, unknown)), "ERR_INPUT");

    let create_only = || Expected { create_only: true, ..expected(&message) };
    for operation in [begins, Operation::UploadPart] {
        let nothing = Expected { operation, ..create_only() };
        assert_eq!(code(check(&plain, nothing)), "ERR_INPUT");
    }
    assert_eq!(code(check(&plain, create_only())), "ERR_UPLOAD_HEADERS");
    let once = changed(&plain, "if-none-match", Some("*"));
    assert!(check(&once, create_only()).is_ok() && check(&once, expected(&message)).is_ok());

    let rule = |checksum| Expected { checksum, ..expected(&message) };
    let summed = changed(&plain, "x-amz-checksum-crc32", Some("y/Q5Jg=="));
    assert!(check(&summed, rule(ChecksumRule::Required)).is_ok());
    assert_eq!(code(check(&summed, rule(ChecksumRule::Forbidden))), "ERR_UPLOAD_HEADERS");
    assert_eq!(code(check(&plain, rule(ChecksumRule::Required))), "ERR_UPLOAD_HEADERS");
    let twice = changed(&summed, "x-amz-checksum-crc64nvme", Some("rosUhgp5mIg="));
    assert_eq!(code(check(&twice, rule(ChecksumRule::Allowed))), "ERR_UPLOAD_HEADERS");
}

#[test]
fn customer_keys_of_a_page() {
    let (mine, message) = (key(), [SealedFormat::Message]);
    let made = Upload { mode: Mode::CustomerKey(&mine), ..upload(Operation::PutObject) };
    let headers = pairs(&upload_request(&made).unwrap());
    let check = |given: &[(String, String)], mode| {
        check_upload_headers(given, &Expected { mode, ..expected(&message) }).map(|_| ())
    };
    assert_eq!(check(&headers, Mode::AnyCustomerKey), Ok(()));
    let prefix = "x-amz-server-side-encryption-customer-";
    let secret = Base64::encode_string(mine.expose());
    for (name, value) in [
        ("algorithm", None),
        ("algorithm", Some("aws:kms")),
        ("key", None),
        ("key", Some("AAAA")),
        ("key", Some(&secret[..43])),
        ("key-md5", None),
        ("key-md5", Some("AAAAAAAAAAAAAAAAAAAAAA==")),
    ] {
        let given = changed(&headers, &format!("{prefix}{name}"), value);
        for mode in [Mode::AnyCustomerKey, Mode::CustomerKey(&mine)] {
            let error = check(&given, mode).unwrap_err();
            assert_eq!(error.code(), "ERR_UPLOAD_HEADERS", "{name} {value:?}");
            assert!(!error.to_string().contains(&secret[..16]));
        }
    }
    let mixed = changed(&headers, "x-amz-server-side-encryption", Some("aws:kms"));
    assert_eq!(code(check(&mixed, Mode::AnyCustomerKey)), "ERR_UPLOAD_HEADERS");
    let other = CustomerKey::generate().unwrap();
    assert_eq!(code(check(&headers, Mode::CustomerKey(&other))), "ERR_UPLOAD_HEADERS");
}
