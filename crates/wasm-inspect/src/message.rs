//! Describing a message without a key.

use bongtu::Error;
use bongtu::message::{HEAD_LENGTH, Inspector, cut_short};
use bongtu_wasm_support::bytes::{length, public_in};
use bongtu_wasm_support::error::{Failure, Result};
use bongtu_wasm_support::objects::object_of;
use js_sys::Uint8Array;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

/// Of a block, about: it holds a whole number of strides.
const BLOCK: usize = 256 * 1024;
/// Looks at a header that anything but a crafted one is complete by.
const MANY_LOOKS: usize = 256;

/// From then on only after an eighth more: its fields may be any number, and every look reads all.
fn later(bytes: &Uint8Array, needed: usize) -> usize {
    needed.max(length(bytes) + length(bytes) / 8)
}

/// Looks at one message.
#[wasm_bindgen]
#[derive(Default)]
pub struct InspectSession {
    needed: usize,
    looks: usize,
    inspector: Option<Inspector>,
}

#[wasm_bindgen]
impl InspectSession {
    /// Prepares to look.
    #[must_use]
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Looks for the header in all the bytes so far; 0 asks for more, else its length.
    pub fn header(&mut self, bytes: &Uint8Array, eof: bool) -> Result<usize> {
        if length(bytes) < self.needed && !eof {
            return Ok(0);
        }
        match Inspector::parse(&public_in(bytes))? {
            Ok(inspector) => {
                let length = inspector.header_length();
                self.inspector = Some(inspector);
                Ok(length)
            }
            Err(_) if eof => Err(cut_short(&public_in(bytes)).into()),
            Err(needed) => {
                self.looks += 1;
                self.needed = if self.looks < MANY_LOOKS { needed } else { later(bytes, needed) };
                Ok(0)
            }
        }
    }

    /// `blockLength`, bytes to gather before walking; `lookahead`: more than so many bytes must be
    /// known to follow a block that is not the last; `stride`, from one frame's start to the next;
    /// `headLength`, bytes at a frame's start that walking looks at.
    pub fn layout(&mut self) -> Result<JsValue> {
        let inspector = self.inspector()?;
        let stride = inspector.stride();
        Ok(object_of([
            ("blockLength", (stride * (BLOCK / stride).max(1)).into()),
            ("lookahead", inspector.lookahead().into()),
            ("stride", stride.into()),
            ("headLength", HEAD_LENGTH.into()),
        ]))
    }

    /// Walks over a block; an incomplete end is tolerated.
    pub fn plan(&mut self, heads: &Uint8Array, length: usize, last: bool) -> Result<()> {
        Ok(self.inspector()?.walk(&public_in(heads), length, last)?)
    }

    /// What was seen.
    pub fn describe(&mut self) -> Result<JsValue> {
        let description = self.inspector()?.describe();
        let serializer = Serializer::json_compatible();
        description
            .serialize(&serializer)
            .map_err(|_| Error::State("the description cannot be converted").into())
    }

    fn inspector(&mut self) -> Result<&mut Inspector> {
        self.inspector.as_mut().ok_or(Failure::from(Error::State("there is no header yet")))
    }
}
