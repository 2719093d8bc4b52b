//! Opening a message.

use crate::OUT_OF_ORDER;
use crate::keyring::{Keyring, context};
use crate::kms;
use crate::records;
use alloc::collections::VecDeque;
use alloc::{string::String, vec::Vec};
use bongtu::message::{
    FrameOpener, HEAD_LENGTH, HeaderReader, Opening, UnverifiedHeader, UnwrappedMessage,
    VerifiedHeader,
};
use bongtu::plan::OpenOp;
use bongtu::secret::DirectOpening;
use bongtu::{CommitmentPolicy, ContentKey, DecryptResponse, KmsFailure, OpenOptions, hazmat};
use bongtu_wasm_support::bytes::{public_in, secret_out, wiping_stack};
use bongtu_wasm_support::convert::{exact, integer, named};
use bongtu_wasm_support::error::{Failure, Result};
use bongtu_wasm_support::objects::{object_of, pair_array};
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

/// Opening one message, or one direct secret.
#[wasm_bindgen]
pub struct OpenSession {
    keyring: bongtu::Keyring,
    options: OpenOptions,
    header: HeaderReader,
    opening: Option<Opening>,
    direct: Option<DirectOpening>,
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
        let policy = named(commitment_policy, CommitmentPolicy::from_name)?;
        let mut options = OpenOptions {
            encryption_context: context(pairs)?,
            commitment_policy: policy.unwrap_or_default(),
            ..Default::default()
        };
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
            header: HeaderReader::new(options.limits.clone()),
            options,
            opening: None,
            direct: None,
            key: None,
            frames: None,
            running: VecDeque::new(),
        })
    }

    /// Takes more bytes; 0 asks for others, anything else is the length of the header.
    pub fn header(&mut self, bytes: &Uint8Array, eof: bool) -> Result<usize> {
        let Some(header) = self.header.read(&public_in(bytes))? else {
            return if eof { Err(self.header.cut_short().into()) } else { Ok(0) };
        };
        let header = UnverifiedHeader::new(header, self.options.clone());
        let length = header.length();
        self.opening = Some(header.unwrap(&self.keyring)?);
        Ok(length)
    }

    /// Takes the block of a direct secret, in the place of a header.
    pub fn direct(&mut self, block: &Uint8Array) -> Result<()> {
        let block = public_in(block);
        self.direct = Some(DirectOpening::new(&self.keyring, block, &self.options)?);
        Ok(())
    }

    /// The next KMS Decrypt request, in the AWS SDK's shape; `undefined` when all is settled.
    pub fn request(&mut self) -> Result<JsValue> {
        Ok(kms::next_request(match &self.direct {
            Some(direct) => direct.request(),
            None => self.opening()?.request(),
        }))
    }

    /// Takes KMS's response; the caller wipes `plaintext` afterwards.
    pub fn respond(&mut self, key_id: Option<String>, plaintext: Option<Uint8Array>) -> Result<()> {
        wiping_stack(|| self.answered(Ok(kms::decrypt_response(key_id, plaintext))))
    }

    /// Takes KMS's refusal, by the exception's name.
    pub fn refuse(&mut self, name: String) -> Result<()> {
        self.answered(Err(KmsFailure { name }))
    }

    /// The verified header; of a direct secret itself, which the caller may wipe.
    pub fn unwrapped(&mut self) -> Result<JsValue> {
        if let Some(direct) = self.direct.take() {
            return wiping_stack(|| Ok(secret_out(direct.finish()?.expose()).into()));
        }
        let opening = self.opening.take().ok_or(OUT_OF_ORDER)?;
        let UnwrappedMessage { header, content_key, frames } = wiping_stack(|| opening.finish())?;
        self.key = Some(content_key);
        self.frames = Some(frames);
        Ok(describe(&header))
    }

    /// The key of the frames, once: a secret that the caller wipes.
    #[wasm_bindgen(js_name = takeContentKey)]
    pub fn take_content_key(&mut self) -> Result<Uint8Array> {
        let key = self.key.take().ok_or(OUT_OF_ORDER)?;
        Ok(wiping_stack(|| secret_out(key.expose())))
    }

    /// `blockLength`, bytes of sealed data to gather before planning; `lookahead`: more than so many
    /// bytes must be known to follow a block that is not the last; `stride`, from one frame's start
    /// to the next; `headLength`, bytes at a frame's start that planning looks at.
    pub fn layout(&mut self) -> Result<JsValue> {
        let stride = self.frames()?.stride();
        Ok(object_of([
            ("blockLength", records::block_length(stride).into()),
            ("lookahead", FrameOpener::LOOKAHEAD.into()),
            ("stride", stride.into()),
            ("headLength", HEAD_LENGTH.into()),
        ]))
    }

    /// Bytes of plaintext in a body of this length; `undefined` where no body has it.
    #[wasm_bindgen(js_name = plaintextLength)]
    pub fn plaintext_length(&mut self, body_length: f64) -> Result<Option<f64>> {
        let Some(body_length) = integer(body_length) else { return Ok(None) };
        self.frames()?.plaintext_length(body_length).map(exact).transpose()
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
        let count = records::write(ops.iter().map(OpenOp::view).collect(), records)?;
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

    fn answered(&mut self, answer: bongtu::Result<DecryptResponse, KmsFailure>) -> Result<()> {
        Ok(match &mut self.direct {
            Some(direct) => direct.respond(answer),
            None => self.opening()?.respond(answer),
        }?)
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
