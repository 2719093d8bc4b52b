//! Errors as JavaScript throws them: made by the TypeScript side, so that there is one class.

use alloc::string::ToString;
use wasm_bindgen::prelude::*;

#[cfg(feature = "package")]
#[wasm_bindgen(raw_module = "../base/errors.js")]
extern "C" {
    #[wasm_bindgen(js_name = errorOf)]
    fn error_of(code: &str, message: &str) -> JsValue;
}

/// Where there is no package around it, as in tests of the crates.
#[cfg(not(feature = "package"))]
fn error_of(code: &str, message: &str) -> JsValue {
    js_sys::Error::new(&alloc::format!("{code}: {message}")).into()
}

/// A failure on its way to JavaScript.
#[derive(Debug)]
pub struct Failure(bongtu::Error);

impl From<bongtu::Error> for Failure {
    fn from(error: bongtu::Error) -> Self {
        Self(error)
    }
}

impl From<Failure> for JsValue {
    fn from(Failure(error): Failure) -> Self {
        error_of(error.code(), &error.to_string())
    }
}

/// `Result` whose failure JavaScript can catch.
pub type Result<T> = core::result::Result<T, Failure>;
