//! Forms that post an object, and their policies.

use crate::encryption::{Encryption, header_pairs};
use crate::options::Options;
use alloc::{string::String, vec::Vec};
use bongtu::s3::{
    Checksum, ChecksumAlgorithm, Condition, PostForm, PostKey, PostOptions, SealedFormat,
    post_form, post_policy,
};
use bongtu::{Error, Json};
use bongtu_wasm_support::bytes::wiping_stack;
use bongtu_wasm_support::convert::pairs_of;
use bongtu_wasm_support::error::Result;
use bongtu_wasm_support::objects::pair_array;
use js_sys::Array;
use wasm_bindgen::prelude::*;

/// `[expiration, conditions as JSON, fields as pairs, warnings]`.
#[wasm_bindgen(js_name = postPolicy)]
pub fn post(encryption: &Encryption, options: Vec<String>) -> Result<Array> {
    let options = Options::new(options);
    let key = match (options.text("key"), options.text("keyPrefix")) {
        (Some(key), None) => PostKey::Exact(key),
        (None, Some(prefix)) => PostKey::Prefix(prefix),
        _ => return Err(Error::Policy("give either key or keyPrefix".into()).into()),
    };
    let checksum = options.text("checksum").map(ChecksumAlgorithm::from_name).transpose()?;
    let asked = PostOptions {
        bucket: options.required("bucket")?,
        key,
        sizes: options.number("least")?.zip(options.number("most")?),
        now: options.number("now")?.unwrap_or(0),
        expires: options.number("expires")?.unwrap_or(0),
        format: SealedFormat::from_name(options.required("format")?)?,
        material_description: options.flag("materialDescription"),
        mode: encryption.mode(),
        checksum,
        content_type: options.text("contentType"),
    };
    options.finish()?;
    let policy = post_policy(&asked)?;
    let conditions = policy.conditions.iter().map(Condition::to_json).collect();
    let fields = policy.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let warnings: Array = policy.warnings.iter().copied().map(JsValue::from).collect();
    let parts = [
        policy.expiration.into(),
        Json::List(conditions).to_text().into(),
        pair_array(fields),
        warnings.into(),
    ];
    Ok(parts.into_iter().collect())
}

/// The fields of a form as pairs. `signed` and `metadata` are name, value, name, value, …
#[wasm_bindgen(js_name = postForm)]
pub fn form(
    encryption: &Encryption,
    signed: Vec<String>,
    metadata: Vec<String>,
    options: Vec<String>,
) -> Result<JsValue> {
    let options = Options::new(options);
    let (signed, metadata) =
        (pairs_of(signed).collect::<Vec<_>>(), pairs_of(metadata).collect::<Vec<_>>());
    let algorithm = options.text("checksum").map(ChecksumAlgorithm::from_name).transpose()?;
    let value = options.text("checksumValue").map(String::from);
    let form = PostForm {
        signed: &signed,
        metadata: &metadata,
        mode: encryption.mode(),
        checksum: algorithm.map(|algorithm| Checksum { algorithm, value }),
        key: options.text("key"),
        endpoint: options.text("endpoint"),
    };
    options.finish()?;
    Ok(header_pairs(&wiping_stack(|| post_form(&form))?))
}
