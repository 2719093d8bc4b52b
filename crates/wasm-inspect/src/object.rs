//! Describing an object without a key.

use bongtu::object::Format;
use bongtu_wasm_support::convert::{exact, pairs_of};
use bongtu_wasm_support::error::Result;
use bongtu_wasm_support::json::parse_flat_json;
use bongtu_wasm_support::objects::{object_of, pair_array};
use wasm_bindgen::prelude::*;

/// Describes an object by its metadata and, if there is one, its instruction file.
#[wasm_bindgen(js_name = inspectObject)]
pub fn inspect_object(metadata: Vec<String>, instruction_file: Option<String>) -> Result<JsValue> {
    let metadata = pairs_of(metadata).collect::<Vec<_>>();
    let found =
        bongtu::object::inspect_object(&metadata, instruction_file.as_deref(), parse_flat_json)?;
    // Anybody may have written it.
    let length = found.plaintext_length.and_then(|length| exact(length).ok());
    Ok(object_of([
        ("version", found.format.name().into()),
        ("contentAlgorithm", found.format.content_algorithm().into()),
        ("committing", (found.format == Format::V3).into()),
        ("wrap", found.wrap.into()),
        ("wrappedKeyLength", found.wrapped_key_length.into()),
        ("materialDescription", pair_array(found.description.iter())),
        ("unreadableDescription", found.unreadable_description.as_deref().into()),
        ("plaintextLength", length.into()),
    ]))
}
