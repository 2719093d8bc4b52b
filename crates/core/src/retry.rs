//! Which failures of KMS pass by themselves, and how long to wait before asking again: exponential
//! backoff with full jitter, as the AWS SDKs do it.

use crate::kms::KmsFailure;
use core::time::Duration;

/// Names of what passes. All other names are refusals, which stay what they are however often one asks.
const TRANSIENT: [&str; 18] = [
    // A quota of the account or of the key store is used up for now.
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottled",
    "RequestThrottledException",
    "RequestLimitExceeded",
    "TooManyRequestsException",
    "SlowDown",
    // KMS itself failed.
    "DependencyTimeoutException",
    "InternalError",
    "InternalFailure",
    "InternalServerError",
    "KMSInternalException",
    "KeyUnavailableException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    // The request or its answer did not arrive in time.
    "RequestTimeout",
    "TimeoutError",
];

impl KmsFailure {
    /// Whether the same request may be granted later: KMS throttled it, failed itself, or did not answer
    /// in time.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        TRANSIENT.contains(&self.name.as_str())
    }
}

/// How long to wait after a failure that is transient.
///
/// ```
/// use bongtu::{Backoff, KmsFailure};
/// use core::time::Duration;
///
/// let backoff = Backoff { base: Duration::from_millis(100), cap: Duration::from_secs(20) };
/// let failure = KmsFailure { name: "ThrottlingException".into() };
/// assert!(failure.is_transient());
/// // The third failure in a row: anything up to 400 ms, by a random number from 0 to 1.
/// assert_eq!(backoff.wait(2, 0.5, None), Duration::from_millis(200));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The longest wait after the first failure; it doubles with every further one.
    pub base: Duration,
    /// The longest wait of all, but for what KMS asks for.
    pub cap: Duration,
}

impl Backoff {
    /// The wait after one more failure, of which there were `failures` before. `chance` is random, from
    /// 0 to 1; `retry_after` is what KMS asked for.
    #[must_use]
    pub fn wait(&self, failures: u32, chance: f64, retry_after: Option<Duration>) -> Duration {
        let longest = self.base.saturating_mul(1 << failures.min(31)).min(self.cap);
        // A number that is none waits for the whole time.
        let chance = if (0.0..=1.0).contains(&chance) { chance } else { 1.0 };
        longest.mul_f64(chance).max(retry_after.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_never_asked_for_again() {
        for name in [
            "AccessDeniedException",
            "DisabledException",
            "IncorrectKeyException",
            "InvalidCiphertextException",
            "InvalidKeyUsageException",
            "KMSInvalidStateException",
            "NotFoundException",
            "throttlingexception",
            "",
        ] {
            assert!(!KmsFailure { name: name.into() }.is_transient(), "{name}");
        }
        for name in TRANSIENT {
            assert!(KmsFailure { name: name.into() }.is_transient(), "{name}");
        }
    }

    #[test]
    fn waits_double_up_to_the_cap() {
        let backoff = Backoff { base: Duration::from_millis(100), cap: Duration::from_secs(1) };
        let wait = |failures| backoff.wait(failures, 1.0, None).as_millis();
        assert_eq!(
            [0, 1, 2, 3, 4, 31, 32, u32::MAX].map(wait),
            [100, 200, 400, 800, 1000, 1000, 1000, 1000]
        );
    }

    #[test]
    fn chance_shortens_and_kms_lengthens_the_wait() {
        let backoff = Backoff { base: Duration::from_millis(100), cap: Duration::from_secs(1) };
        assert_eq!(backoff.wait(1, 0.25, None), Duration::from_millis(50));
        assert_eq!(backoff.wait(1, 0.0, None), Duration::ZERO);
        assert_eq!(backoff.wait(1, 0.0, Some(Duration::from_secs(7))), Duration::from_secs(7));
        for none in [f64::NAN, f64::INFINITY, -1.0, 2.0] {
            assert_eq!(backoff.wait(0, none, None), Duration::from_millis(100));
        }
    }
}
