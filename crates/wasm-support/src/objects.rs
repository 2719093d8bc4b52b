//! Plain JavaScript objects.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::JsValue;

/// An object with these properties. Setting one of a fresh object cannot fail.
pub fn object_of<'a>(members: impl IntoIterator<Item = (&'a str, JsValue)>) -> JsValue {
    let object = Object::new();
    for (name, value) in members {
        let _ = Reflect::set(&object, &name.into(), &value);
    }
    object.into()
}

/// `[[name, value], …]`: an object would lose a pair named `__proto__`.
pub fn pair_array<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> JsValue {
    let pair = |(name, value)| [name, value].into_iter().map(JsValue::from).collect::<Array>();
    pairs.map(pair).collect::<Array>().into()
}
