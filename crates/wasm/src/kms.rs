//! KMS requests in the AWS SDK's shape, but for encryption contexts, which cross as pairs.

use crate::bytes::public_out;
use crate::objects::{object_of, pair_array};
use bongtu::{DecryptParameters, DecryptRequest, GenerateDataKeyRequest};
use wasm_bindgen::JsValue;

pub(crate) fn decrypt_request(request: &DecryptRequest) -> JsValue {
    let parameter = match &request.parameters {
        DecryptParameters::Rsa(algorithm) => ("EncryptionAlgorithm", algorithm.name().into()),
        DecryptParameters::Symmetric(context) => ("EncryptionContext", pair_array(context.iter())),
    };
    object_of([
        ("KeyId", request.key_id.as_str().into()),
        ("CiphertextBlob", public_out(&request.ciphertext_blob).into()),
        parameter,
    ])
}

pub(crate) fn generate_data_key_request(request: &GenerateDataKeyRequest) -> JsValue {
    object_of([
        ("KeyId", request.key_id.as_str().into()),
        ("KeySpec", "AES_256".into()),
        ("EncryptionContext", pair_array(request.encryption_context.iter())),
    ])
}
