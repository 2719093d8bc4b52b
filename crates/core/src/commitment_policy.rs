//! Commitment policies.

use crate::error::{Error, Result};

/// Which suites may be opened; AWS's names. bongtu writes committing suites whatever it says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CommitmentPolicy {
    /// `FORBID_ENCRYPT_ALLOW_DECRYPT`: opens all.
    ForbidEncryptAllowDecrypt,
    /// `REQUIRE_ENCRYPT_ALLOW_DECRYPT`: opens all.
    RequireEncryptAllowDecrypt,
    /// `REQUIRE_ENCRYPT_REQUIRE_DECRYPT`: opens committing suites only.
    #[default]
    RequireEncryptRequireDecrypt,
}

impl CommitmentPolicy {
    /// # Errors
    /// [`Error::Input`] for any name but AWS's three.
    pub fn from_name(name: &str) -> Result<Self> {
        match name {
            "FORBID_ENCRYPT_ALLOW_DECRYPT" => Ok(Self::ForbidEncryptAllowDecrypt),
            "REQUIRE_ENCRYPT_ALLOW_DECRYPT" => Ok(Self::RequireEncryptAllowDecrypt),
            "REQUIRE_ENCRYPT_REQUIRE_DECRYPT" => Ok(Self::RequireEncryptRequireDecrypt),
            _ => Err(Error::Input("commitmentPolicy must be one of AWS's three policies")),
        }
    }

    pub(crate) const fn allows_uncommitted(self) -> bool {
        !matches!(self, Self::RequireEncryptRequireDecrypt)
    }
}
