//! Bucket policies.

use crate::options::Options;
use alloc::{string::String, vec::Vec};
use bongtu::Error;
use bongtu::s3::{
    BucketPolicy, CustomerKeyRule, Finding, MAX_POLICY_DEPTH, MAX_POLICY_LENGTH, bucket_policy,
    explain_policy,
};
use bongtu_wasm_support::error::Result;
use bongtu_wasm_support::json::JsonReader;
use js_sys::Array;
use wasm_bindgen::prelude::*;

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
        "this is not a policy document: it is not JSON, or longer or deeper than S3 takes".into(),
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
