//! Every way bongtu can fail, each with a stable code.
//!
//! A text does not begin with the words of its code: both are read together, and the text alone.
//! A failed decryption says nothing about why beyond its code: no variant of that family carries
//! detail from inside the cryptography.

use alloc::string::String;

/// A failure. [`Error::code`] is stable and meant for programs, the text for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    // ---- the public key ------------------------------------------------------------------
    /// Not a key in any form KMS exports.
    #[error("not an exported KMS public key: {0}")]
    PublicKey(&'static str),
    /// The private half was given.
    #[error("this is a private key; give the public half only (kms get-public-key exports it)")]
    PrivateKey,
    /// A key of a kind that cannot encrypt.
    #[error("{0} cannot encrypt data keys; an RSA key of usage ENCRYPT_DECRYPT is needed")]
    KeyType(&'static str),
    /// A modulus KMS does not have.
    #[error("the RSA modulus has {0} bits; KMS has RSA_2048, RSA_3072 and RSA_4096")]
    KeySize(usize),
    /// A public exponent that is even, small or huge.
    #[error("the public exponent must be odd, at least 65537 and below 2^32")]
    KeyExponent,
    /// The input is an answer of another operation of KMS.
    #[error(
        "this is what KMS {0} answers: nothing that is sealed to its key could ever be opened. \
         Give what GetPublicKey answers"
    )]
    OtherAnswer(&'static str),
    /// A response, or a JWK, says that its key is for something else than encryption.
    #[error("this key is for another use ({0}); what is sealed to it could never be opened")]
    KeyUsage(String),
    /// A response that names its key, but not what the key is for.
    #[error(
        "there is a KeyId, but no KeyUsage, which KMS GetPublicKey always answers. Give its whole \
         answer, or PublicKey alone and the key's ARN as keyArn"
    )]
    NoKeyUsage,
    /// An algorithm that does not exist or that the key does not offer.
    #[error("{0} is not an encryption algorithm of this key")]
    KeyAlgorithm(String),
    /// The key is not the pinned one.
    #[error("this key's SHA-256 fingerprint is {found}, not the pinned one: it was swapped")]
    KeyPin {
        /// Lower-case hexadecimal SHA-256 of the SubjectPublicKeyInfo that was given.
        found: String,
    },
    /// The text is not the ARN of a KMS key; characters of it that cannot be seen are escaped.
    #[error("'{found}' is not a KMS key ARN (arn:aws:kms:REGION:ACCOUNT:key/ID): {why}")]
    KeyArn {
        /// The text that was given.
        found: String,
        /// The reason why it is refused.
        why: &'static str,
    },
    /// A GetPublicKey response is for another key.
    #[error("the public key belongs to {found}, not to {wanted}")]
    KeyMismatch {
        /// `KeyId` of the response.
        found: String,
        /// The ARN that was asked for.
        wanted: String,
    },

    // ---- sealing ---------------------------------------------------------------------------
    /// An encryption context or material description that cannot be written.
    #[error("{0}")]
    Context(&'static str),
    /// A frame length outside 1 byte to 64 MiB.
    #[error("the frame length is {0} bytes; it must be from 1 byte to 64 MiB")]
    FrameLength(u64),
    /// More data than the format holds.
    #[error("{0}")]
    TooLarge(&'static str),
    /// The keyring holds no public key.
    #[error("this keyring has no public key, so it cannot seal")]
    NoPublicKey,

    /// A source that was read twice gave different bytes.
    #[error("the source changed while it was being sealed or opened; start again")]
    SourceChanged,

    // ---- opening: what the bytes say ---------------------------------------------------------
    /// Base64 text where bytes are needed.
    #[error("this looks base64-encoded; decode it first")]
    Base64,
    /// Something else than what bongtu opens, as it is or as its metadata say: nobody sealed it.
    #[error("{0}")]
    NotSealed(&'static str),
    /// Bytes that break the format.
    #[error("{0}")]
    Malformed(&'static str),
    /// The end is missing.
    #[error("the end of the message or object is missing")]
    Truncated,
    /// Something follows the end.
    #[error("there is data after the end of the message")]
    TrailingData,
    /// An object's metadata that break the format.
    #[error("{0}")]
    Metadata(&'static str),
    /// Larger than the configured limits allow.
    #[error("{what}: {found}, at most {limit}")]
    Limit {
        /// The name of the limited thing.
        what: &'static str,
        /// The amount that was found.
        found: u64,
        /// The amount that is allowed.
        limit: u64,
    },
    /// Part of the format that bongtu does not read.
    #[error("{0}")]
    Unsupported(&'static str),
    /// The suite is not allowed by the commitment policy.
    #[error("the commitment policy refuses {0}, which does not commit to its key")]
    CommitmentPolicy(&'static str),

    // ---- opening: what the keys say ----------------------------------------------------------
    /// The keyring needs KMS, and nobody is there to ask it.
    #[error("only KMS can use this keyring's key, and no KMS client was given")]
    NoKms,
    /// No encrypted data key is for this keyring.
    #[error("no encrypted data key here belongs to this keyring's key")]
    NoMatchingKey,
    /// No encrypted data key could be unwrapped.
    #[error("the data key cannot be unwrapped with this key, algorithm and context")]
    Unwrap,
    /// A direct secret could not be decrypted.
    #[error("the secret cannot be decrypted with this key and algorithm")]
    UnwrapSecret,
    /// KMS failed for another reason than the ciphertext.
    #[error("the request to KMS failed: {0}")]
    Kms(String),
    /// The key commitment does not match.
    #[error("the key commitment does not match")]
    Commitment,
    /// A tag does not verify.
    #[error("the data was changed, or it was sealed with another key")]
    Authentication,
    /// The context given is not the message's.
    #[error("the encryption context does not contain the pairs that were asked for")]
    ContextMismatch,

    /// A direct secret was to be opened with an encryption context.
    #[error("a direct secret has no encryption context")]
    SecretContext,

    // ---- requests to S3 ---------------------------------------------------------------------
    /// Server-side encryption asked for in a way that S3 refuses or that would give the key away.
    #[error("{0}")]
    Sse(String),
    /// Headers that an upload of something sealed does not need.
    #[error("the headers of this upload are refused: {0}")]
    UploadHeaders(String),
    /// A bucket policy or POST policy that makes no sense.
    #[error("{0}")]
    Policy(String),
    /// Parts that S3 would not take.
    #[error("{0}")]
    PartSize(String),
    /// S3 refused a request, or said that it did without having done it.
    #[error("{0}")]
    S3(String),

    // ---- everything else ---------------------------------------------------------------------
    /// An argument of the wrong shape.
    #[error("{0}")]
    Input(&'static str),
    /// A session used after its end, out of order, or after a failure.
    #[error("{0}")]
    State(&'static str),
    /// The system's random number generator failed.
    #[error("the system's generator of random numbers failed")]
    Random,
}

impl Error {
    /// The stable code, `ERR_…`; docs/errors.md lists them.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::PublicKey(_) | Self::OtherAnswer(_) => "ERR_PUBLIC_KEY",
            Self::PrivateKey => "ERR_PRIVATE_KEY",
            Self::KeyType(_) => "ERR_KEY_TYPE",
            Self::KeySize(_) => "ERR_KEY_SIZE",
            Self::KeyExponent => "ERR_KEY_EXPONENT",
            Self::KeyUsage(_) | Self::NoKeyUsage => "ERR_KEY_USAGE",
            Self::KeyAlgorithm(_) => "ERR_KEY_ALGORITHM",
            Self::KeyPin { .. } => "ERR_KEY_PIN",
            Self::KeyArn { .. } => "ERR_KEY_ARN",
            Self::KeyMismatch { .. } => "ERR_KEY_MISMATCH",
            Self::Context(_) => "ERR_CONTEXT",
            Self::FrameLength(_) => "ERR_FRAME_LENGTH",
            Self::TooLarge(_) => "ERR_TOO_LARGE",
            Self::NoPublicKey => "ERR_NO_PUBLIC_KEY",
            Self::SourceChanged => "ERR_SOURCE_CHANGED",
            Self::Base64 => "ERR_BASE64",
            Self::NotSealed(_) => "ERR_NOT_SEALED",
            Self::Malformed(_) => "ERR_MALFORMED",
            Self::Truncated => "ERR_TRUNCATED",
            Self::TrailingData => "ERR_TRAILING_DATA",
            Self::Metadata(_) => "ERR_METADATA",
            Self::Limit { .. } => "ERR_LIMIT",
            Self::Unsupported(_) => "ERR_UNSUPPORTED",
            Self::CommitmentPolicy(_) => "ERR_COMMITMENT_POLICY",
            Self::NoKms => "ERR_NO_KMS",
            Self::NoMatchingKey => "ERR_NO_MATCHING_KEY",
            Self::Unwrap | Self::UnwrapSecret => "ERR_UNWRAP",
            Self::Kms(_) => "ERR_KMS",
            Self::Commitment => "ERR_COMMITMENT",
            Self::Authentication => "ERR_AUTHENTICATION",
            Self::ContextMismatch | Self::SecretContext => "ERR_CONTEXT_MISMATCH",
            Self::Sse(_) => "ERR_SSE",
            Self::UploadHeaders(_) => "ERR_UPLOAD_HEADERS",
            Self::Policy(_) => "ERR_POLICY",
            Self::PartSize(_) => "ERR_PART_SIZE",
            Self::S3(_) => "ERR_S3",
            Self::Input(_) => "ERR_INPUT",
            Self::State(_) => "ERR_STATE",
            Self::Random => "ERR_RANDOM",
        }
    }
}

/// `Result` with this crate's [`enum@Error`].
pub type Result<T, E = Error> = core::result::Result<T, E>;
