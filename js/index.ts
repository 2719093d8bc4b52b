export { BongtuError, type BongtuErrorCode, ERROR_CODES } from "./base/errors.js";
export type { OperationOptions, Progress } from "./base/operation.js";
export type { CommitmentPolicy, EncryptionContext, Limits } from "./base/options.js";
export type { Duplex } from "./engine/duplex.js";
export type { Description, ObjectDescription } from "./inspect/description.js";
export { inspect } from "./inspect/inspect.js";
export type { Source } from "./io/source.js";
export type { KeyringDescriptor } from "./keys/descriptor.js";
export { Keyring, type KmsOptions, type KmsRsaOptions } from "./keys/keyring.js";
export type {
  Kms,
  KmsDecryptRequest,
  KmsDecryptResponse,
  KmsGenerateDataKeyRequest,
  KmsGenerateDataKeyResponse,
} from "./keys/kms.js";
export {
  type EncryptionAlgorithm,
  type GetPublicKeyResponse,
  KmsPublicKey,
  type PublicKeyInput,
  type PublicKeyOptions,
  type RsaJsonWebKey,
} from "./keys/public-key.js";
export {
  type KeyPolicyDocument,
  type KeyPolicyOptions,
  type KeyPolicyStatement,
  type KeyUse,
  keyPolicy,
  type OpenerPolicyOptions,
} from "./kms/key-policy.js";
export { type RetryingOptions, retrying } from "./kms/retrying.js";
export { type ThrottledOptions, throttled } from "./kms/throttled.js";
export type { ManyOptions, ManyOutcome } from "./many/many.js";
export { type OpenManyOptions, openMany } from "./many/open-many.js";
export { type SealManyOptions, sealMany } from "./many/seal-many.js";
export {
  type OpenDuplex,
  type Opened,
  type OpenOptions,
  open,
  openStream,
  type VerifiedHeader,
} from "./message/open.js";
export {
  type MessageOptions,
  type SealOptions,
  seal,
  sealBlob,
  sealedSize,
  sealStream,
} from "./message/seal.js";
export { ready } from "./modules/ready.js";
export type { ObjectBody } from "./object/body.js";
export {
  type OpenedObject,
  type OpenObjectOptions,
  openObject,
  type StoredEnvelope,
  type StoredObject,
} from "./object/open.js";
export {
  type ObjectEnvelope,
  type ObjectFormat,
  type ObjectOptions,
  type ObjectStreamOptions,
  type SealedObject,
  type SealedObjectStream,
  sealObject,
  sealObjectStream,
} from "./object/seal.js";
export type { Checksum, ChecksumStream, Checksums, PartChecksum } from "./s3/checksumming.js";
export { checksums } from "./s3/checksums.js";
export {
  type BucketPolicyOptions,
  bucketPolicy,
  explain,
  type PolicyBucket,
  type PolicyDocument,
  type PolicyExplanation,
  type PolicyFinding,
  type PolicyRule,
  type PolicyStatement,
} from "./s3/policy.js";
export type { HeadersLike } from "./s3/request/arguments.js";
export {
  CustomerKey,
  type CustomerKeyHeadersOptions,
  type ObjectPlace,
} from "./s3/request/customer-key.js";
export { objectUrl } from "./s3/request/object-url.js";
export {
  type PostCondition,
  type PostFormOptions,
  type PostPolicy,
  type PostPolicyOptions,
  type PostSigner,
  postForm,
  postPolicy,
} from "./s3/request/post.js";
export type { S3Operation } from "./s3/request/s3-operation.js";
export {
  type DescribeKeyResponse,
  type EncryptionMode,
  type Sse,
  type SseDsseOptions,
  type SseKmsOptions,
  sse,
} from "./s3/request/sse.js";
export {
  type ChecksumAlgorithm,
  type CheckUploadHeadersOptions,
  checkUploadHeaders,
  type FixedHeaders,
  type SealedBody,
  type SignedHeaders,
  type UploadBody,
  type UploadOperation,
  type UploadRequest,
  type UploadRequestOptions,
  uploadRequest,
} from "./s3/request/upload-request.js";
export type { InstructionFile } from "./s3/spool/record.js";
export { type SpoolOptions, type SpoolPlace, spool, spooled } from "./s3/spool/spool.js";
export type { Spooled } from "./s3/spool/spooled.js";
export {
  type MultipartOptions,
  type MultipartPlan,
  multipartPlan,
} from "./s3/upload/multipart-plan.js";
export type { UploadPartsOptions } from "./s3/upload/options.js";
export type {
  CompletedPart,
  CompleteRequest,
  CreateRequest,
  HeadOutput,
  ListPartsOutput,
  ListPartsRequest,
  PutPartRequest,
  UploadRequests,
} from "./s3/upload/requests.js";
export type { FinishedPart } from "./s3/upload/source.js";
export { type UploadedParts, uploadParts } from "./s3/upload/upload-parts.js";
export type { Sealed, SealedFormat, SealedPart } from "./sealed/sealed.js";
export type { RereadableSource } from "./sealed/session.js";
export { openSecret } from "./secret/open.js";
export type {
  OpenSecretOptions,
  SecretForm,
  SecretOptions,
  SecretTarget,
} from "./secret/options.js";
export { sealSecret } from "./secret/seal.js";
