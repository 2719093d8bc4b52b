//! Errors as JavaScript throws them: made by the TypeScript side, so that there is one class.

use js_sys::Function;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

thread_local! {
    static FACTORY: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// Sets `(code, message) => Error`, by which every failure is thrown from here on.
#[wasm_bindgen(js_name = setErrorFactory)]
pub fn set_error_factory(make: Function) {
    FACTORY.with(|factory| factory.replace(Some(make)));
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
        let (code, message) = (Self::from(error.code()), Self::from(error.to_string()));
        FACTORY.with_borrow(|factory| match factory {
            Some(make) => make.call2(&Self::UNDEFINED, &code, &message).unwrap_or_else(|e| e),
            None => js_sys::Error::new(&format!("{}: {error}", error.code())).into(),
        })
    }
}

/// `Result` whose failure JavaScript can catch.
pub type Result<T> = std::result::Result<T, Failure>;
