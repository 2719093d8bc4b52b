//! Describing a message without a key.

use bongtu::Error;
use bongtu::message::{HEAD_LENGTH, HeaderReader, Inspector};
use bongtu_wasm_support::bytes::public_in;
use bongtu_wasm_support::error::{Failure, Result};
use bongtu_wasm_support::objects::object_of;
use js_sys::Uint8Array;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

/// The approximate size of a block, which holds a whole number of strides.
const BLOCK: usize = 256 * 1024;

/// Looks at one message.
#[wasm_bindgen]
pub struct InspectSession {
    header: HeaderReader,
    inspector: Option<Inspector>,
}

impl Default for InspectSession {
    fn default() -> Self {
        Self { header: Inspector::reader(), inspector: None }
    }
}

#[wasm_bindgen]
impl InspectSession {
    /// Prepares to look.
    #[must_use]
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes more bytes; 0 asks for others, anything else is the length of the header.
    pub fn header(&mut self, bytes: &Uint8Array, eof: bool) -> Result<usize> {
        let Some(header) = self.header.read(&public_in(bytes))? else {
            return if eof { Err(self.header.cut_short().into()) } else { Ok(0) };
        };
        let length = header.length();
        self.inspector = Some(Inspector::new(header));
        Ok(length)
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

    /// Describes what was seen.
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
