//! The limits of the places where secrets are kept.

use crate::error::{Error, Result};
use crate::named::named;

named! {
    /// Where a value will be stored.
    #[non_exhaustive]
    pub enum Target {
        /// A standard parameter of SSM Parameter Store.
        SsmStandard = "ssm-standard",
        /// An advanced parameter of SSM Parameter Store.
        SsmAdvanced = "ssm-advanced",
        /// Secrets Manager.
        SecretsManager = "secrets-manager",
        /// An environment variable of a Lambda function.
        Lambda = "lambda",
        /// An environment variable of a CodeBuild project.
        CodeBuild = "codebuild",
        /// A field of an event in CloudWatch Logs.
        CloudWatchLogs = "cloudwatch-logs",
    }
    otherwise |_| Error::Input(
        "target must be one of ssm-standard, ssm-advanced, secrets-manager, lambda, codebuild, \
         cloudwatch-logs",
    )
}

impl Target {
    /// Characters that one value may have at most. Where several values share the room, as
    /// variables and fields do, it is what one has that is alone: that all of them fit together is
    /// for who knows the others to see to.
    #[must_use]
    pub const fn capacity(self) -> u64 {
        match self {
            Self::SsmStandard => 4096,
            Self::SsmAdvanced => 8192,
            Self::SecretsManager => 65_536,
            // 4 KiB of all variables as JSON, whose names have two characters at least: {"AB":"…"}
            Self::Lambda => 4096 - 9,
            // "Around 5,500 characters", names and values of all variables together.
            Self::CodeBuild => 5500,
            // 256 KiB less the 26 bytes that each event counts for itself. It is 1 MiB now, but
            // not in every Region nor for everything that forwards events.
            Self::CloudWatchLogs => 256 * 1024 - 26,
        }
    }

    pub(super) const fn characters(self) -> &'static str {
        match self {
            Self::SsmStandard => "characters for ssm-standard",
            Self::SsmAdvanced => "characters for ssm-advanced",
            Self::SecretsManager => "characters for secrets-manager",
            Self::Lambda => "characters for lambda",
            Self::CodeBuild => "characters for codebuild",
            Self::CloudWatchLogs => "characters for cloudwatch-logs",
        }
    }
}
