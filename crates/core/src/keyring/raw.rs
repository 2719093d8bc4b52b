//! What raw keyrings have in common: namespace and name, by which a message's encrypted data keys
//! are told apart (docs/formats.md 3.1 and 3.3).

use crate::error::{Error, Result};
use crate::materials::EncryptedDataKey;
use alloc::{string::String, vec::Vec};

/// Provider ids that are AWS's: what a raw keyring sealed under one no keyring would open.
const RESERVED: [&str; 2] = ["aws-kms", "aws-kms-rsa"];

/// Under which name a key is known to those who seal and open.
#[derive(Clone, Debug)]
pub(super) struct KeyName {
    namespace: String,
    name: String,
}

impl KeyName {
    /// # Errors
    /// [`Error::Input`] for a namespace or name that no message can hold.
    pub(super) fn new(namespace: String, name: String) -> Result<Self> {
        // The raw AES keyring puts 20 bytes behind the name.
        let fits = |text: &str| (1..=usize::from(u16::MAX) - 20).contains(&text.len());
        if fits(&namespace) && fits(&name) {
            Ok(Self { namespace, name })
        } else {
            Err(Error::Input("a key's namespace and name must have from 1 to 65,515 bytes"))
        }
    }

    /// Whether an encrypted data key is of this namespace.
    pub(super) fn is_namespace_of(&self, edk: &EncryptedDataKey) -> bool {
        edk.provider_id == self.namespace.as_bytes()
    }

    pub(super) fn name(&self) -> &[u8] {
        self.name.as_bytes()
    }

    /// An encrypted data key of this name; `info` follows it.
    ///
    /// # Errors
    /// [`Error::Input`] for a namespace that is AWS's.
    pub(super) fn encrypted_data_key(
        &self,
        info: &[u8],
        ciphertext: Vec<u8>,
    ) -> Result<EncryptedDataKey> {
        if RESERVED.contains(&self.namespace.as_str()) {
            return Err(Error::Input(
                "the namespaces aws-kms and aws-kms-rsa are AWS's own: nothing would open what a raw \
                 keyring sealed under them",
            ));
        }
        let provider_info = [self.name(), info].concat();
        Ok(EncryptedDataKey {
            provider_id: self.namespace.clone().into(),
            provider_info,
            ciphertext,
        })
    }

    /// Bytes of such an encrypted data key in a header.
    pub(super) fn length(&self, info: usize, ciphertext: usize) -> usize {
        3 * 2 + self.namespace.len() + self.name.len() + info + ciphertext
    }
}
