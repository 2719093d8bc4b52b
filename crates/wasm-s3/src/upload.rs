//! Headers of uploads, and parts.

use crate::encryption::{Encryption, header_pairs};
use crate::options::Options;
use alloc::{string::String, vec::Vec};
use bongtu::Error;
use bongtu::s3::{
    Checksum, ChecksumAlgorithm, ChecksumRule, Expected, OCTET_STREAM, Operation, SealedFormat,
    Upload, UploadRequest, check_upload_headers_with, encode_key, multipart_plan, upload_request,
};
use bongtu_wasm_support::bytes::wiping_stack;
use bongtu_wasm_support::convert::pairs_of;
use bongtu_wasm_support::error::Result;
use bongtu_wasm_support::json::parse_flat_json;
use js_sys::Array;
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

/// `[headers as pairs, names to sign]` of a request. Metadata are name, value, name, value, …
#[wasm_bindgen(js_name = uploadRequest)]
pub fn upload(
    encryption: &Encryption,
    metadata: Vec<String>,
    options: Vec<String>,
) -> Result<Array> {
    let options = Options::new(options);
    let metadata = pairs_of(metadata).collect::<Vec<_>>();
    let checksum = options.text("checksum").map(ChecksumAlgorithm::from_name).transpose()?;
    let value = options.text("checksumValue").map(String::from);
    let request = Upload {
        operation: Operation::from_name(options.required("operation")?)?,
        metadata: &metadata,
        size: options.number("size")?,
        mode: encryption.mode(),
        create_only: options.flag("createOnly"),
        checksum: checksum.map(|algorithm| Checksum { algorithm, value }),
        content_type: options.text("contentType"),
        endpoint: options.text("endpoint"),
    };
    options.finish()?;
    Ok(signed(&wiping_stack(|| upload_request(&request))?))
}

/// The same of what a page sent, once checked. Headers, and those that are fixed, are name, value,
/// name, value, …
#[wasm_bindgen(js_name = checkUploadHeaders)]
pub fn check(
    encryption: &Encryption,
    headers: Vec<String>,
    fixed: Vec<String>,
    options: Vec<String>,
) -> Result<Array> {
    let options = Options::new(options);
    let fixed = pairs_of(fixed).collect::<Vec<_>>();
    // A customer key may be among them.
    let headers = Zeroizing::new(pairs_of(headers).collect::<Vec<_>>());
    let formats: bongtu::Result<Vec<_>> =
        options.all("format").map(SealedFormat::from_name).collect();
    let sizes = match (options.number("minBytes")?, options.number("maxBytes")?) {
        (None, None) => None,
        (min, max) => Some(min.unwrap_or(0)..=max.unwrap_or(u64::MAX)),
    };
    let checksum = options.text("checksum").map(ChecksumRule::from_name).transpose()?;
    let expected = Expected {
        operation: Operation::from_name(options.required("operation")?)?,
        formats: &formats?,
        mode: encryption.mode(),
        create_only: options.flag("createOnly"),
        checksum: checksum.unwrap_or_default(),
        content_type: options.text("contentType").unwrap_or(OCTET_STREAM),
        sizes,
        json: parse_flat_json,
    };
    options.finish()?;
    Ok(signed(&wiping_stack(|| check_upload_headers_with(&headers, &fixed, &expected))?))
}

/// An object's key as it stands in a URL.
#[wasm_bindgen(js_name = encodeKey)]
pub fn encoded(key: &str) -> Result<String> {
    Ok(encode_key(key)?)
}

/// Part size, count of parts and concurrency.
#[wasm_bindgen(js_name = multipartPlan)]
pub fn plan(options: Vec<String>) -> Result<Vec<f64>> {
    let options = Options::new(options);
    let size = options.number("size")?.ok_or(Error::Input("size is missing"))?;
    let format = SealedFormat::from_name(options.required("format")?)?;
    let (part_size, concurrency) = (options.number("partSize")?, options.number("concurrency")?);
    options.finish()?;
    let plan = multipart_plan(size, format, part_size, concurrency)?;
    Ok([plan.part_size, plan.part_count, plan.concurrency].map(exact).into())
}

fn signed(request: &UploadRequest) -> Array {
    let names: Array = request.signed_headers.iter().map(JsValue::from).collect();
    [header_pairs(&request.headers), names.into()].into_iter().collect()
}

#[expect(clippy::as_conversions, reason = "no plan reaches 2^53")]
const fn exact(count: u64) -> f64 {
    count as f64
}
