//! Sealing a message, as a stream of frames or in pieces.

use super::OUT_OF_ORDER;
use crate::bytes::{public_in, public_out, secret_out, wiping_stack};
use crate::error::{Failure, Result};
use crate::keyring::{Keyring, byte_count, seal_options};
use crate::pieces::Pieces;
use crate::records;
use bongtu::message::{FrameSealer, Sealing};
use bongtu::plan::SealOp;
use bongtu::{ContentKey, hazmat};
use js_sys::Uint8Array;
use std::collections::VecDeque;
use wasm_bindgen::prelude::*;

/// Sealing one message.
#[wasm_bindgen]
pub struct SealSession {
    sealing: Option<Sealing>,
    header: Vec<u8>,
    key: Option<ContentKey>,
    frames: Option<FrameSealer>,
    running: VecDeque<SealOp>,
}

#[wasm_bindgen]
impl SealSession {
    /// Makes a data key and a message id.
    #[wasm_bindgen(constructor)]
    pub fn new(keyring: &Keyring, context: Vec<String>, frame_length: Option<f64>) -> Result<Self> {
        let options = seal_options(context, frame_length)?;
        let sealing = wiping_stack(|| Sealing::new(keyring.inner(), options))?;
        Ok(Self {
            sealing: Some(sealing),
            header: Vec::new(),
            key: None,
            frames: None,
            running: VecDeque::new(),
        })
    }

    /// The OAEP hash of the wrap, in WebCrypto's spelling.
    #[wasm_bindgen(js_name = wrapHash)]
    pub fn wrap_hash(&self) -> Result<String> {
        Ok(self.sealing()?.wrap().algorithm().hash().into())
    }

    /// What the wrap encrypts: a secret that the caller wipes.
    #[wasm_bindgen(js_name = wrapPlaintext)]
    pub fn wrap_plaintext(&self) -> Result<Uint8Array> {
        let text = self.sealing()?.wrap().text();
        Ok(wiping_stack(|| secret_out(text.expose())))
    }

    /// Takes the wrapped data key.
    pub fn wrapped(&mut self, ciphertext: &Uint8Array) -> Result<()> {
        let sealing = self.sealing.take().ok_or(OUT_OF_ORDER)?;
        let ciphertext = public_in(ciphertext);
        let (header, key, frames) = wiping_stack(|| sealing.wrapped(&ciphertext))?;
        self.header = header;
        self.key = Some(key);
        self.frames = Some(frames);
        Ok(())
    }

    /// The message's header.
    pub fn header(&self) -> Uint8Array {
        public_out(&self.header)
    }

    /// The AES-256-GCM key of the frames, once: a secret that the caller wipes.
    #[wasm_bindgen(js_name = takeContentKey)]
    pub fn take_content_key(&mut self) -> Result<Uint8Array> {
        let key = self.key.take().ok_or(OUT_OF_ORDER)?;
        Ok(wiping_stack(|| secret_out(key.expose())))
    }

    /// Bytes of plaintext to gather before planning.
    #[wasm_bindgen(getter, js_name = blockLength)]
    pub fn block_length(&self) -> Result<usize> {
        let frames = self.frames.as_ref().ok_or(OUT_OF_ORDER)?;
        Ok(records::block_length(frames.frame_length()))
    }

    /// More than so many bytes must be known to follow a block that is not the last.
    #[wasm_bindgen(getter)]
    pub fn lookahead(&self) -> usize {
        0
    }

    /// Plans a block's frames into `records`.
    pub fn plan(
        &mut self,
        _heads: &Uint8Array,
        length: usize,
        last: bool,
        records: &Uint8Array,
    ) -> Result<usize> {
        let ops = self.frames()?.plan(length, last)?;
        let count = records::write(ops.iter().map(SealOp::view), records)?;
        self.running.extend(ops);
        Ok(count)
    }

    /// Vouches for operations that were run and released, in order.
    pub fn confirm(&mut self, first: u32, count: usize) -> Result<()> {
        for id in (first..).take(count) {
            let op = self.running.pop_front().filter(|op| op.view().id == id);
            let op = op.ok_or(OUT_OF_ORDER)?;
            self.frames()?.confirm(hazmat::attest_sealed(op))?;
        }
        Ok(())
    }

    /// Says that an operation failed: the session is over.
    pub fn fail(&mut self) {
        self.running.clear();
        if let Some(frames) = &mut self.frames {
            frames.fail();
        }
    }

    /// Ends the message.
    pub fn finish(&mut self) -> Result<()> {
        Ok(self.frames()?.finish()?)
    }

    fn sealing(&self) -> Result<&Sealing> {
        self.sealing.as_ref().ok_or(Failure::from(OUT_OF_ORDER))
    }

    fn frames(&mut self) -> Result<&mut FrameSealer> {
        self.frames.as_mut().ok_or(Failure::from(OUT_OF_ORDER))
    }
}

/// Sealing one message in pieces, in any order.
#[wasm_bindgen]
pub struct MessageSealing {
    sealing: Option<Sealing>,
    length: u64,
    size: f64,
}

#[wasm_bindgen]
impl MessageSealing {
    /// Makes a data key and a message id.
    #[wasm_bindgen(constructor)]
    pub fn new(
        keyring: &Keyring,
        context: Vec<String>,
        frame_length: Option<f64>,
        plaintext_length: f64,
    ) -> Result<Self> {
        let size = keyring.sealed_size(context.clone(), frame_length, plaintext_length)?;
        let options = seal_options(context, frame_length)?;
        let sealing = wiping_stack(|| Sealing::new(keyring.inner(), options))?;
        Ok(Self { sealing: Some(sealing), length: byte_count(plaintext_length)?, size })
    }

    /// As of [`SealSession`].
    #[wasm_bindgen(js_name = wrapHash)]
    pub fn wrap_hash(&self) -> Result<String> {
        Ok(self.sealing()?.wrap().algorithm().hash().into())
    }

    /// As of [`SealSession`].
    #[wasm_bindgen(js_name = wrapPlaintext)]
    pub fn wrap_plaintext(&self) -> Result<Uint8Array> {
        let text = self.sealing()?.wrap().text();
        Ok(wiping_stack(|| secret_out(text.expose())))
    }

    /// Takes the wrapped data key.
    pub fn wrapped(&mut self, ciphertext: &Uint8Array) -> Result<Pieces> {
        let sealing = self.sealing.take().ok_or(OUT_OF_ORDER)?;
        let ciphertext = public_in(ciphertext);
        let wrapped = || sealing.wrapped_pieces(&ciphertext, self.length);
        let (head, key, sealer) = wiping_stack(wrapped)?;
        Ok(Pieces::new(head, key, sealer, Some(self.size)))
    }

    fn sealing(&self) -> Result<&Sealing> {
        self.sealing.as_ref().ok_or(Failure::from(OUT_OF_ORDER))
    }
}
