//! Objects sealed to one RSA key, and their metadata as pairs.

use super::{PUBLIC_2048, arn, kms};
use bongtu::object::{
    Format, ObjectOptions, OpenObjectOptions, SealedObject, open_object_with, seal_object,
};
use bongtu::{CommitmentPolicy, Keyring, KmsPublicKey, KmsRsaKeyring, MaterialDescription};

pub type Metadata = Vec<(String, String)>;

pub fn rsa() -> Keyring {
    let key = KmsPublicKey::parse(PUBLIC_2048).unwrap();
    Keyring::KmsRsa(KmsRsaKeyring::new(key, arn(), None).unwrap())
}

pub fn seal(text: &[u8], options: ObjectOptions) -> SealedObject {
    seal_object(&rsa(), text, options).unwrap()
}

pub fn metadata(object: &SealedObject) -> Metadata {
    object.head.metadata.iter().map(|(name, value)| ((*name).into(), value.clone())).collect()
}

pub fn all_versions() -> OpenObjectOptions {
    OpenObjectOptions { commitment_policy: CommitmentPolicy::RequireEncryptAllowDecrypt }
}

pub fn open(
    metadata: &[(String, String)],
    file: Option<&str>,
    body: &[u8],
) -> bongtu::Result<Vec<u8>> {
    let kms = kms();
    open_object_with(&rsa(), metadata, file, body, all_versions(), |request| kms.decrypt(request))
        .map(|(_, text)| text.to_vec())
}

pub fn reopen(object: &SealedObject) -> bongtu::Result<Vec<u8>> {
    open(&metadata(object), object.head.instruction_file.as_deref(), &object.body)
}

pub fn options(format: Format, instruction_file: bool) -> ObjectOptions {
    let description =
        MaterialDescription::new([("목적", "검사 \"\\\u{1f4e9}"), ("a", "")]).unwrap();
    ObjectOptions { format, description, instruction_file }
}
