//! POST policies and bucket policies.

use crate::encryption::{Encryption, header_pairs};
use crate::options::Options;
use bongtu::Error;
use bongtu::s3::{
    BucketPolicy, Checksum, ChecksumAlgorithm, Condition, CustomerKeyRule, Finding, Json,
    MAX_POLICY_DEPTH, MAX_POLICY_LENGTH, PostForm, PostKey, PostOptions, SealedFormat,
    bucket_policy, explain_policy, post_form, post_policy,
};
use bongtu_wasm_support::bytes::wiping_stack;
use bongtu_wasm_support::convert::pairs_of;
use bongtu_wasm_support::error::Result;
use bongtu_wasm_support::json::JsonReader;
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

/// A policy document as JSON.
#[wasm_bindgen(js_name = bucketPolicy)]
pub fn bucket(options: Vec<String>) -> Result<String> {
    let options = Options::new(options);
    let rules = BucketPolicy {
        bucket: options.required("bucket")?,
        partition: options.text("partition"),
        tls_only: options.flag("tlsOnly"),
        minimum_tls: options.text("minimumTls"),
        kms_key_arn: options.text("kmsKeyArn"),
        allow_default: options.flag("allowDefault"),
        customer_key: options.text("customerKey").map(CustomerKeyRule::from_name).transpose()?,
        create_only: options.flag("createOnly"),
    };
    options.finish()?;
    Ok(bucket_policy(&rules)?.to_text())
}

/// `[enforces, partly, notEnforced, cannotSee]` of a parsed policy; each finding is
/// `[rule, sid, text]`.
#[wasm_bindgen(js_name = explainPolicy)]
pub fn explain(policy: &JsValue) -> Result<Array> {
    let mut reader = JsonReader { room: MAX_POLICY_LENGTH };
    let policy = reader.value(policy, MAX_POLICY_DEPTH).ok_or(Error::Policy(
        "this is no policy document: it is not JSON, or longer or deeper than S3 takes".into(),
    ))?;
    let found = explain_policy(&policy)?;
    let parts = [
        findings(&found.enforces),
        findings(&found.partly),
        findings(&found.not_enforced),
        found.cannot_see.into(),
    ];
    Ok(parts.into_iter().collect())
}

fn findings(findings: &[Finding]) -> JsValue {
    let finding = |Finding { rule, sid, text }: &Finding| -> Array {
        [JsValue::from(*rule), JsValue::from(sid.as_deref()), text.into()].into_iter().collect()
    };
    findings.iter().map(finding).collect::<Array>().into()
}
