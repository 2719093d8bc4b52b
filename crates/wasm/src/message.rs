//! Sealing and opening sessions. TypeScript drives them: it runs the operations and vouches for
//! each with its id, good once and in order.

use crate::bytes::{length, public_in, public_out, secret_in, secret_out, wiping_stack};
use crate::error::{Failure, Result};
use crate::keyring::{Keyring, byte_count, context, seal_options};
use crate::kms;
use crate::objects::{object_of, pair_array};
use crate::pieces::Pieces;
use crate::records;
use bongtu::message::{
    FrameOpener, FrameSealer, HEAD_LENGTH, Opening, Sealing, UnverifiedHeader, VerifiedHeader,
};
use bongtu::plan::{OpenOp, SealOp};
use bongtu::{
    CommitmentPolicy, ContentKey, DecryptResponse, Error, KmsFailure, OpenOptions, hazmat,
};
use js_sys::Uint8Array;
use std::collections::VecDeque;
use wasm_bindgen::prelude::*;

const OUT_OF_ORDER: Error = Error::State("the session was used out of order");

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

/// Opening one message.
#[wasm_bindgen]
pub struct OpenSession {
    keyring: bongtu::Keyring,
    options: OpenOptions,
    needed: usize,
    opening: Option<Opening>,
    key: Option<ContentKey>,
    frames: Option<FrameOpener>,
    running: VecDeque<OpenOp>,
}

#[wasm_bindgen]
impl OpenSession {
    /// Prepares to open with `keyring`.
    #[wasm_bindgen(constructor)]
    pub fn new(
        keyring: &Keyring,
        pairs: Vec<String>,
        commitment_policy: Option<String>,
        max_encrypted_data_keys: Option<u32>,
        max_header_length: Option<u32>,
        max_frame_length: Option<u32>,
    ) -> Result<Self> {
        let mut options = OpenOptions { encryption_context: context(pairs)?, ..Default::default() };
        if let Some(name) = commitment_policy {
            options.commitment_policy = CommitmentPolicy::from_name(&name)?;
        }
        let limits = &mut options.limits;
        for (given, limit) in [
            (max_encrypted_data_keys, &mut limits.max_encrypted_data_keys),
            (max_header_length, &mut limits.max_header_length),
            (max_frame_length, &mut limits.max_frame_length),
        ] {
            *limit = given.unwrap_or(*limit);
        }
        Ok(Self {
            keyring: keyring.inner().clone(),
            options,
            needed: 0,
            opening: None,
            key: None,
            frames: None,
            running: VecDeque::new(),
        })
    }

    /// Looks for the header in all the bytes so far; 0 asks for more, else its length.
    pub fn header(&mut self, bytes: &Uint8Array, eof: bool) -> Result<usize> {
        if length(bytes) < self.needed && !eof {
            return Ok(0);
        }
        match UnverifiedHeader::parse(&public_in(bytes), self.options.clone())? {
            Ok(header) => {
                let length = header.length();
                self.opening = Some(header.unwrap(&self.keyring)?);
                Ok(length)
            }
            Err(_) if eof => Err(Error::Truncated.into()),
            Err(needed) => {
                self.needed = needed;
                Ok(0)
            }
        }
    }

    /// The next KMS Decrypt request, in the AWS SDK's shape; `undefined` when all is settled.
    pub fn request(&mut self) -> Result<JsValue> {
        Ok(self.opening()?.request().map_or(JsValue::UNDEFINED, kms::decrypt_request))
    }

    /// Takes KMS's response; the caller wipes `plaintext` afterwards.
    pub fn respond(&mut self, key_id: Option<String>, plaintext: Option<Uint8Array>) -> Result<()> {
        let opening = self.opening()?;
        Ok(wiping_stack(|| {
            let plaintext = plaintext.as_ref().map(secret_in).unwrap_or_default();
            let response = DecryptResponse { key_id: key_id.unwrap_or_default(), plaintext };
            opening.respond(Ok(response))
        })?)
    }

    /// Takes KMS's refusal, by the exception's name.
    pub fn refuse(&mut self, name: String) -> Result<()> {
        Ok(self.opening()?.respond(Err(KmsFailure { name }))?)
    }

    /// The verified header.
    pub fn unwrapped(&mut self) -> Result<JsValue> {
        let opening = self.opening.take().ok_or(OUT_OF_ORDER)?;
        let (header, key, frames) = wiping_stack(|| opening.finish())?;
        self.key = Some(key);
        self.frames = Some(frames);
        Ok(describe(&header))
    }

    /// The key of the frames, once: a secret that the caller wipes.
    #[wasm_bindgen(js_name = takeContentKey)]
    pub fn take_content_key(&mut self) -> Result<Uint8Array> {
        let key = self.key.take().ok_or(OUT_OF_ORDER)?;
        Ok(wiping_stack(|| secret_out(key.expose())))
    }

    /// Bytes of sealed data to gather before planning.
    #[wasm_bindgen(getter, js_name = blockLength)]
    pub fn block_length(&mut self) -> Result<usize> {
        Ok(records::block_length(self.frames()?.stride()))
    }

    /// More than so many bytes must be known to follow a block that is not the last.
    #[wasm_bindgen(getter)]
    pub fn lookahead(&self) -> usize {
        FrameOpener::LOOKAHEAD
    }

    /// Bytes from one frame's start to the next.
    #[wasm_bindgen(getter)]
    pub fn stride(&mut self) -> Result<usize> {
        Ok(self.frames()?.stride())
    }

    /// Bytes at a frame's start that planning looks at.
    #[wasm_bindgen(getter, js_name = headLength)]
    pub fn head_length(&self) -> usize {
        HEAD_LENGTH
    }

    /// Plans a block's frames into `records`.
    pub fn plan(
        &mut self,
        heads: &Uint8Array,
        length: usize,
        last: bool,
        records: &Uint8Array,
    ) -> Result<usize> {
        let ops = self.frames()?.plan(&public_in(heads), length, last)?;
        let count = records::write(ops.iter().map(OpenOp::view), records)?;
        self.running.extend(ops);
        Ok(count)
    }

    /// Vouches for operations whose tags verified, in order.
    pub fn confirm(&mut self, first: u32, count: usize) -> Result<()> {
        for id in (first..).take(count) {
            let op = self.running.pop_front().filter(|op| op.view().id == id);
            let op = op.ok_or(OUT_OF_ORDER)?;
            self.frames()?.confirm(hazmat::attest_opened(op))?;
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

    /// Ends the message: only now is it complete.
    pub fn finish(&mut self) -> Result<()> {
        Ok(self.frames()?.finish()?)
    }

    fn opening(&mut self) -> Result<&mut Opening> {
        self.opening.as_mut().ok_or(Failure::from(OUT_OF_ORDER))
    }

    fn frames(&mut self) -> Result<&mut FrameOpener> {
        self.frames.as_mut().ok_or(Failure::from(OUT_OF_ORDER))
    }
}

fn describe(header: &VerifiedHeader) -> JsValue {
    object_of([
        ("suite", header.suite.hex_id().into()),
        ("encryptionContext", pair_array(header.encryption_context.iter())),
        ("frameLength", header.frame_length.into()),
    ])
}
