//! Server-side encryption.

use alloc::{string::String, vec::Vec};
use bongtu::s3::{CustomerKey, Headers, KmsKeyId, Mode, Operation, Sse};
use bongtu::{Error, MaterialDescription};
use bongtu_wasm_support::bytes::{secret_in, secret_out, wiping_stack};
use bongtu_wasm_support::convert::pairs_of;
use bongtu_wasm_support::error::Result;
use bongtu_wasm_support::objects::pair_array;
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

/// One way to have an object encrypted at rest.
#[wasm_bindgen]
pub struct Encryption(Inner);

enum Inner {
    BucketDefault,
    Sse(Sse),
    CustomerKey(CustomerKey),
    AnyCustomerKey,
}

impl Encryption {
    pub(crate) const fn mode(&self) -> Mode<'_> {
        match &self.0 {
            Inner::BucketDefault => Mode::BucketDefault,
            Inner::Sse(sse) => Mode::Sse(sse),
            Inner::CustomerKey(key) => Mode::CustomerKey(key),
            Inner::AnyCustomerKey => Mode::AnyCustomerKey,
        }
    }

    fn key(&self) -> Result<&CustomerKey> {
        match &self.0 {
            Inner::CustomerKey(key) => Ok(key),
            _ => Err(Error::State("it is not a customer key").into()),
        }
    }
}

#[wasm_bindgen]
impl Encryption {
    /// The default of the bucket.
    #[wasm_bindgen(js_name = bucketDefault)]
    pub fn bucket_default() -> Self {
        Self(Inner::BucketDefault)
    }

    /// SSE-S3.
    pub fn s3() -> Self {
        Self(Inner::Sse(Sse::s3()))
    }

    /// SSE-KMS; `key_spec` is given where it is known. `context` is name, value, name, value, …
    pub fn kms(
        key_id: Option<String>,
        key_spec: Option<String>,
        context: Vec<String>,
        bucket_key: Option<bool>,
    ) -> Result<Self> {
        let key_id = kms_key(key_id, key_spec)?;
        Ok(Self(Inner::Sse(Sse::kms(key_id, description(context)?, bucket_key)?)))
    }

    /// DSSE-KMS.
    pub fn dsse(
        key_id: Option<String>,
        key_spec: Option<String>,
        context: Vec<String>,
    ) -> Result<Self> {
        let key_id = kms_key(key_id, key_spec)?;
        Ok(Self(Inner::Sse(Sse::dsse(key_id, description(context)?)?)))
    }

    /// SSE-C with a fresh key.
    #[wasm_bindgen(js_name = generateKey)]
    pub fn generate_key() -> Result<Self> {
        Ok(Self(Inner::CustomerKey(wiping_stack(CustomerKey::generate)?)))
    }

    /// SSE-C with this key.
    #[wasm_bindgen(js_name = customerKey)]
    pub fn customer_key(key: &Uint8Array) -> Result<Self> {
        let made = wiping_stack(|| CustomerKey::new(secret_in(key)))?;
        Ok(Self(Inner::CustomerKey(made)))
    }

    /// SSE-C with a key that is not known here.
    #[wasm_bindgen(js_name = anyCustomerKey)]
    pub fn any_customer_key() -> Self {
        Self(Inner::AnyCustomerKey)
    }

    /// The mode's name in S3's header; SSE-C has none.
    #[wasm_bindgen(getter, js_name = modeName)]
    pub fn mode_name(&self) -> Option<String> {
        match &self.0 {
            Inner::Sse(sse) => Some(sse.mode().into()),
            _ => None,
        }
    }

    /// Base64 of a customer key's MD5.
    #[wasm_bindgen(getter)]
    pub fn md5(&self) -> Result<String> {
        Ok(self.key()?.md5().into())
    }

    /// The headers for an operation, as pairs.
    pub fn headers(&self, operation: &str, endpoint: Option<String>) -> Result<JsValue> {
        let operation = Operation::from_name(operation)?;
        Ok(match &self.0 {
            Inner::Sse(sse) => header_pairs(&sse.headers(operation)),
            _ => {
                let key = self.key()?;
                wiping_stack(|| key.headers(operation, endpoint.as_deref()))
                    .map(|headers| header_pairs(&headers))?
            }
        })
    }

    /// The headers of the key that a copy's source is under, as pairs.
    #[wasm_bindgen(js_name = copySourceHeaders)]
    pub fn copy_source_headers(
        &self,
        operation: &str,
        endpoint: Option<String>,
    ) -> Result<JsValue> {
        let (operation, key) = (Operation::from_name(operation)?, self.key()?);
        let headers = wiping_stack(|| key.copy_source_headers(operation, endpoint.as_deref()))?;
        Ok(header_pairs(&headers))
    }

    /// Checks a response's echo; `headers` are lower-case name, value, name, value, …
    #[wasm_bindgen(js_name = checkResponse)]
    pub fn check_response(&self, status: u16, headers: Vec<String>) -> Result<()> {
        let header = |wanted: &str| {
            let (pairs, _) = headers.as_chunks();
            pairs.iter().find(|[name, _]| name == wanted).map(|[_, value]| value.clone())
        };
        Ok(self.key()?.check_response(status, header)?)
    }

    /// A customer key itself, for the caller to seal and wipe.
    #[wasm_bindgen(js_name = exposeKey)]
    pub fn expose_key(&self) -> Result<Uint8Array> {
        Ok(secret_out(self.key()?.expose()))
    }
}

/// Values go straight from memory that is wiped into JavaScript's strings.
pub(crate) fn header_pairs(headers: &Headers) -> JsValue {
    pair_array(headers.iter())
}

fn kms_key(key_id: Option<String>, key_spec: Option<String>) -> Result<Option<KmsKeyId>> {
    let Some(key_id) = key_id else { return Ok(None) };
    let parsed = match key_spec {
        Some(key_spec) => KmsKeyId::described(&key_id, &key_spec),
        None => KmsKeyId::parse(&key_id),
    };
    Ok(Some(parsed?))
}

fn description(pairs: Vec<String>) -> Result<MaterialDescription> {
    Ok(MaterialDescription::new(pairs_of(pairs))?)
}
