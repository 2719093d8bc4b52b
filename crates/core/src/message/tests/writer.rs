//! Writes messages of every suite, which may be edited before they are tagged and signed.

use super::keyring;
use crate::context::EncryptionContext;
use crate::derive;
use crate::executor::Executor;
use crate::frame::{self, Kind};
use crate::keys::{ContentKey, DataKey};
use crate::message::header_tag::header_tag;
use crate::plan::NONCE_LENGTH;
use crate::suite::{SignatureAlgorithm, Suite};
use alloc::{string::String, vec, vec::Vec};
use base64ct::{Base64, Encoding};
use p384::ecdsa::signature::hazmat::PrehashSigner;
use sha2::{Digest, Sha256, Sha384};

/// A pair of an encryption context, as it is written.
pub(super) type Pair = (String, String);
pub(super) type Edit<T> = fn(&mut T);

#[derive(Clone)]
pub(super) struct Writer {
    pub(super) suite: &'static Suite,
    /// 0 for none.
    pub(super) frame_length: u32,
    pub(super) text: Vec<u8>,
    /// The IV of a header of version 1.
    pub(super) header_nonce: [u8; NONCE_LENGTH],
    pub(super) edk_count: u16,
    /// Pairs that are bound and not stored.
    pub(super) unstored: Vec<Pair>,
    pub(super) edit_pairs: Edit<Vec<Pair>>,
    /// Of the header's bytes that the tag covers.
    pub(super) edit_header: Edit<Vec<u8>>,
    pub(super) edit_frames: Edit<Vec<Vec<u8>>>,
    pub(super) edit_signature: Edit<Vec<u8>>,
    pub(super) edit_footer: Edit<Vec<u8>>,
}

impl Writer {
    pub(super) fn new(suite: &'static Suite, frame_length: u32) -> Self {
        Self {
            suite,
            frame_length,
            text: (0..70).collect(),
            header_nonce: [0; NONCE_LENGTH],
            edk_count: 1,
            unstored: Vec::new(),
            edit_pairs: |_| (),
            edit_header: |_| (),
            edit_frames: |_| (),
            edit_signature: |_| (),
            edit_footer: |_| (),
        }
    }

    pub(super) fn message(&self) -> Vec<u8> {
        let message_id = vec![0xa1; self.suite.message_id_length()];
        let data_key = DataKey::new(vec![3; self.suite.key_length].into());
        let content_key = derive::content_key(self.suite, &data_key, &message_id).unwrap();
        let mut message = self.header(&message_id, &data_key, &content_key);
        let executor = Executor::new(&content_key).unwrap();
        let mut frames = if self.frame_length == 0 {
            vec![self.unframed(&message_id, &executor)]
        } else {
            self.frames(&message_id, &executor)
        };
        (self.edit_frames)(&mut frames);
        message.extend(frames.concat());
        let mut footer = self.footer(&message);
        (self.edit_footer)(&mut footer);
        message.extend(footer);
        message
    }

    fn header(&self, message_id: &[u8], data_key: &DataKey, content_key: &ContentKey) -> Vec<u8> {
        let mut header = if self.suite.version == 1 { vec![1, 0x80] } else { vec![2] };
        header.extend(self.suite.id.to_be_bytes());
        header.extend(message_id);
        let mut pairs = vec![("name".into(), "value".into())];
        if let Some(key) = self.verification_key() {
            pairs.insert(0, ("aws-crypto-public-key".into(), Base64::encode_string(&key)));
        }
        (self.edit_pairs)(&mut pairs);
        put(&mut header, &canonical(&pairs));
        header.extend(self.edk_count.to_be_bytes());
        let context = EncryptionContext::decode(&canonical(&pairs)).unwrap_or_default();
        let unstored = self.unstored.iter().map(|(name, value)| (&**name, &**value));
        let context = context.joined(unstored).unwrap_or_default();
        for _ in 0..self.edk_count {
            let edk = keyring().wrap_locally(&context, data_key).unwrap();
            for field in [edk.provider_id, edk.provider_info, edk.ciphertext] {
                put(&mut header, &field);
            }
        }
        header.push(if self.frame_length == 0 { 1 } else { 2 });
        if self.suite.version == 1 {
            header.extend([0, 0, 0, 0, 12]);
        }
        header.extend(self.frame_length.to_be_bytes());
        if self.suite.version == 2 {
            header.extend(derive::commitment(data_key, message_id).unwrap());
        }
        (self.edit_header)(&mut header);
        let unstored = if self.unstored.is_empty() { vec![] } else { canonical(&self.unstored) };
        let tagged = [&header[..], &unstored].concat();
        let nonce = if self.suite.version == 1 { self.header_nonce } else { [0; NONCE_LENGTH] };
        let tag = header_tag(content_key, &nonce, &tagged).unwrap();
        if self.suite.version == 1 {
            header.extend(nonce);
        }
        header.extend(tag);
        header
    }

    fn frames(&self, message_id: &[u8], executor: &Executor) -> Vec<Vec<u8>> {
        let texts: Vec<_> = self.text.chunks(frame::in_memory(self.frame_length)).collect();
        let texts = if texts.is_empty() { vec![&[][..]] } else { texts };
        let count = texts.len();
        let frame = |(index, text): (usize, &&[u8])| {
            let kind = if index + 1 == count { Kind::Final } else { Kind::Regular };
            let sequence = u32::try_from(index + 1).unwrap();
            let length = u32::try_from(text.len()).unwrap();
            let mut frame = frame::head(kind, sequence, length);
            let aad = frame::aad(message_id, kind, sequence, length);
            executor.encrypt(&frame::nonce(sequence), &aad, text, &mut frame).unwrap();
            frame
        };
        texts.iter().enumerate().map(frame).collect()
    }

    fn unframed(&self, message_id: &[u8], executor: &Executor) -> Vec<u8> {
        let length = u64::try_from(self.text.len()).unwrap().to_be_bytes();
        let nonce = [0x17; NONCE_LENGTH];
        let string = &b"AWSKMSEncryptionClient Single Block"[..];
        let aad = [message_id, string, &[0, 0, 0, 1], &length].concat();
        let mut body = [&nonce[..], &length].concat();
        executor.encrypt(&nonce, &aad, &self.text, &mut body).unwrap();
        body
    }

    fn verification_key(&self) -> Option<Vec<u8>> {
        let key = match self.suite.signature? {
            SignatureAlgorithm::EcdsaP256 => {
                p256_key().verifying_key().to_sec1_point(true).as_bytes().to_vec()
            }
            SignatureAlgorithm::EcdsaP384 => {
                p384_key().verifying_key().to_sec1_point(true).as_bytes().to_vec()
            }
        };
        Some(key)
    }

    fn footer(&self, message: &[u8]) -> Vec<u8> {
        let mut der = match self.suite.signature {
            None => return Vec::new(),
            Some(SignatureAlgorithm::EcdsaP256) => {
                let signature: p256::ecdsa::Signature =
                    p256_key().sign_prehash(&Sha256::digest(message)).unwrap();
                signature.to_der().as_bytes().to_vec()
            }
            Some(SignatureAlgorithm::EcdsaP384) => {
                let signature: p384::ecdsa::Signature =
                    p384_key().sign_prehash(&Sha384::digest(message)).unwrap();
                signature.to_der().as_bytes().to_vec()
            }
        };
        (self.edit_signature)(&mut der);
        let mut footer = Vec::new();
        put(&mut footer, &der);
        footer
    }
}

fn p256_key() -> p256::ecdsa::SigningKey {
    p256::ecdsa::SigningKey::from_slice(&[0x21; 32]).unwrap()
}

fn p384_key() -> p384::ecdsa::SigningKey {
    p384::ecdsa::SigningKey::from_slice(&[0x38; 48]).unwrap()
}

/// In the order in which they are given.
fn canonical(pairs: &[Pair]) -> Vec<u8> {
    let mut out = u16::try_from(pairs.len()).unwrap().to_be_bytes().to_vec();
    for (name, value) in pairs {
        put(&mut out, name.as_bytes());
        put(&mut out, value.as_bytes());
    }
    out
}

fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    crate::codec::put_prefixed(out, bytes).unwrap();
}
