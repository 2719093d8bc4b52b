//! The headers that requests of an upload have.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use bongtu::object::Format;
use bongtu::s3::{
    Checksum, ChecksumAlgorithm, Mode, OCTET_STREAM, Operation, Upload, UploadRequest,
    upload_request,
};
use support::code;
use support::uploads::*;

fn names(request: &UploadRequest) -> Vec<&str> {
    request.signed_headers.iter().map(String::as_str).collect()
}

#[test]
fn a_message_needs_next_to_nothing() {
    let request = upload_request(&upload(Operation::PutObject)).unwrap();
    assert_eq!(pairs(&request), [("content-type".into(), OCTET_STREAM.into())]);
    assert_eq!(names(&request), ["content-length", "content-type"]);
    let streamed = Upload { size: None, ..upload(Operation::PutObject) };
    assert_eq!(names(&upload_request(&streamed).unwrap()), ["content-type"]);
}

#[test]
fn every_step_has_its_own_headers() {
    let customer_key = key();
    let object = metadata(Format::V3, &[]);
    let whole = Upload {
        metadata: &object,
        mode: Mode::CustomerKey(&customer_key),
        ..upload(Operation::CreateMultipartUpload)
    };
    let algorithm = Checksum { algorithm: ChecksumAlgorithm::Crc64Nvme, value: None };
    let create = Upload { checksum: Some(algorithm), ..whole.clone() };
    let create = upload_request(&create).unwrap();
    assert_eq!(
        names(&create),
        [
            "content-type",
            "x-amz-checksum-algorithm",
            "x-amz-checksum-type",
            "x-amz-meta-x-amz-3",
            "x-amz-meta-x-amz-c",
            "x-amz-meta-x-amz-d",
            "x-amz-meta-x-amz-i",
            "x-amz-meta-x-amz-w",
            "x-amz-server-side-encryption-customer-algorithm",
            "x-amz-server-side-encryption-customer-key",
            "x-amz-server-side-encryption-customer-key-md5",
        ]
    );
    assert_eq!(create.headers.get("x-amz-checksum-type"), Some("FULL_OBJECT"));

    let part =
        Upload { operation: Operation::UploadPart, checksum: crc("rosUhgp5mIg="), ..whole.clone() };
    assert_eq!(
        names(&upload_request(&part).unwrap()),
        [
            "content-length",
            "x-amz-checksum-crc64nvme",
            "x-amz-server-side-encryption-customer-algorithm",
            "x-amz-server-side-encryption-customer-key",
            "x-amz-server-side-encryption-customer-key-md5",
        ]
    );

    let complete = Upload {
        operation: Operation::CompleteMultipartUpload,
        create_only: true,
        mode: Mode::BucketDefault,
        checksum: crc("rosUhgp5mIg="),
        ..whole
    };
    let complete = upload_request(&complete).unwrap();
    assert_eq!(
        names(&complete),
        [
            "if-none-match",
            "x-amz-checksum-crc64nvme",
            "x-amz-checksum-type",
            "x-amz-mp-object-size"
        ]
    );
    assert_eq!(complete.headers.get("x-amz-mp-object-size"), Some("1000"));
}

#[test]
fn what_a_request_has_no_header_for() {
    let refused = |upload: Upload<'_>| code(upload_request(&upload));
    let put = || upload(Operation::PutObject);
    for operation in [Operation::GetObject, Operation::PostObject, Operation::CopyObject] {
        assert_eq!(refused(upload(operation)), "ERR_INPUT");
    }
    let create_only = |operation| Upload { create_only: true, ..upload(operation) };
    assert_eq!(refused(create_only(Operation::CreateMultipartUpload)), "ERR_INPUT");
    assert_eq!(refused(create_only(Operation::UploadPart)), "ERR_INPUT");
    let typed = Upload { content_type: Some("text/html"), ..upload(Operation::UploadPart) };
    assert_eq!(refused(typed), "ERR_INPUT");
    for content_type in ["", "html", "text/", "a/b\r\nx: y", " a/b"] {
        assert_eq!(refused(Upload { content_type: Some(content_type), ..put() }), "ERR_INPUT");
    }
    let valueless = Checksum { algorithm: ChecksumAlgorithm::Crc32, value: None };
    assert_eq!(refused(Upload { checksum: Some(valueless), ..put() }), "ERR_INPUT");
    assert_eq!(refused(Upload { checksum: crc("AAAA"), ..put() }), "ERR_UPLOAD_HEADERS");
    let md5 = Checksum { algorithm: ChecksumAlgorithm::Md5, value: None };
    let create = Upload { checksum: Some(md5), ..upload(Operation::CreateMultipartUpload) };
    assert_eq!(refused(create), "ERR_INPUT");
    assert_eq!(refused(Upload { mode: Mode::AnyCustomerKey, ..put() }), "ERR_INPUT");
    assert_eq!(refused(Upload { size: Some((5 << 30) + 1), ..put() }), "ERR_TOO_LARGE");
    let key = key();
    let clear = Some("http://example.com/");
    let open = Upload { mode: Mode::CustomerKey(&key), endpoint: clear, ..put() };
    assert_eq!(refused(open), "ERR_SSE");
    let long = [("x-amz-m".into(), "x".repeat(2100))];
    assert_eq!(refused(Upload { metadata: &long, ..put() }), "ERR_LIMIT");
}
