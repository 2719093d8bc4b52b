export type { Duplex } from "./duplex.js";
export { BongtuError, type BongtuErrorCode, ERROR_CODES } from "./errors.js";
export { type Description, inspect, type ObjectDescription } from "./inspect.js";
export { Keyring, type KmsOptions, type KmsRsaOptions } from "./keyring.js";
export type {
  Kms,
  KmsDecryptRequest,
  KmsDecryptResponse,
  KmsGenerateDataKeyRequest,
  KmsGenerateDataKeyResponse,
} from "./kms.js";
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
export {
  type OpenDuplex,
  type Opened,
  type OpenOptions,
  open,
  openStream,
  type VerifiedHeader,
} from "./open.js";
export type { OperationOptions, Progress } from "./operation.js";
export type { CommitmentPolicy, EncryptionContext, Limits } from "./options.js";
export {
  type EncryptionAlgorithm,
  type GetPublicKeyResponse,
  KmsPublicKey,
  type PublicKeyInput,
  type PublicKeyOptions,
} from "./public-key.js";
export {
  type MessageOptions,
  type SealOptions,
  seal,
  sealBlob,
  sealedSize,
  sealStream,
} from "./seal.js";
export type { Sealed, SealedPart } from "./sealed.js";
export type { RereadableSource } from "./sealed-session.js";
export type { Source } from "./source.js";
