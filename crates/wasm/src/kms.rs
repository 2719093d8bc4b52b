//! KMS Decrypt: requests and responses in the AWS SDK's shape, but for encryption contexts, which cross as
//! pairs.

use alloc::string::String;
use bongtu::{DecryptParameters, DecryptRequest, DecryptResponse, KeyArn, KmsFailure};
use bongtu_wasm_support::bytes::{public_out, secret_in};
use bongtu_wasm_support::objects::{object_of, pair_array};
use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Whether KMS may grant the same request later; `name` is that of its failure.
#[wasm_bindgen(js_name = isTransient)]
pub fn is_transient(name: String) -> bool {
    KmsFailure { name }.is_transient()
}

/// `undefined` when all is settled.
pub(crate) fn next_request(request: Option<&DecryptRequest>) -> JsValue {
    request.map_or(JsValue::UNDEFINED, decrypt_request)
}

/// A member that is missing never fits a request.
pub(crate) fn decrypt_response(
    key_id: Option<String>,
    plaintext: Option<Uint8Array>,
) -> DecryptResponse {
    DecryptResponse {
        key_id: key_id.unwrap_or_default(),
        plaintext: plaintext.as_ref().map(secret_in).unwrap_or_default(),
    }
}

fn decrypt_request(request: &DecryptRequest) -> JsValue {
    let parameter = match &request.parameters {
        DecryptParameters::Rsa(algorithm) => ("EncryptionAlgorithm", algorithm.name().into()),
        DecryptParameters::Symmetric(context) => ("EncryptionContext", pair_array(context.iter())),
    };
    object_of([
        ("KeyId", request.key_id.as_ref().map(KeyArn::as_str).into()),
        ("CiphertextBlob", public_out(&request.ciphertext_blob).into()),
        parameter,
    ])
}
