export type { Duplex } from "./duplex.js";
export { BongtuError, type BongtuErrorCode, ERROR_CODES } from "./errors.js";
export { type Description, inspect } from "./inspect.js";
export { Keyring, type KmsRsaOptions } from "./keyring.js";
export type { Kms, KmsDecryptRequest, KmsDecryptResponse } from "./kms.js";
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
export { type MessageOptions, type SealOptions, seal, sealedSize, sealStream } from "./seal.js";
export type { Source } from "./source.js";
