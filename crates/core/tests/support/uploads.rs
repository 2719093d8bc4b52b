//! Uploads that a test changes in one place.

use bongtu::MaterialDescription;
use bongtu::object::{Format, ObjectOptions, seal_object};
use bongtu::s3::{
    Checksum, ChecksumAlgorithm, CustomerKey, Mode, Operation, SealedFormat, Upload, UploadRequest,
};
use zeroize::Zeroizing;

pub const V3: SealedFormat = SealedFormat::Object(Format::V3);

pub const V2: SealedFormat = SealedFormat::Object(Format::V2);

pub fn upload(operation: Operation) -> Upload<'static> {
    Upload {
        operation,
        metadata: &[],
        size: Some(1000),
        mode: Mode::BucketDefault,
        create_only: false,
        checksum: None,
        content_type: None,
        endpoint: None,
    }
}

pub fn key() -> CustomerKey {
    CustomerKey::new(Zeroizing::new(vec![7; 32])).unwrap()
}

pub fn crc(value: &str) -> Option<Checksum> {
    Some(Checksum { algorithm: ChecksumAlgorithm::Crc64Nvme, value: Some(value.into()) })
}

/// Metadata of a sealed object.
pub fn metadata(format: Format, description: &[(&str, &str)]) -> Vec<(String, String)> {
    let description = MaterialDescription::new(description.iter().copied()).unwrap();
    let options = ObjectOptions { format, description, instruction_file: false };
    let keyring = super::keyring(super::PUBLIC_2048, super::SHA_1);
    let sealed = seal_object(&keyring, b"text", options).unwrap();
    sealed.head.metadata.into_iter().map(|(name, value)| (name.into(), value)).collect()
}

pub fn pairs(request: &UploadRequest) -> Vec<(String, String)> {
    request.headers.iter().map(|(name, value)| (name.into(), value.into())).collect()
}
