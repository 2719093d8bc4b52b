/** The fields of a header with one encrypted data key, as `inspect` names them, in order. */
export const HEADER_FIELDS = [
  "version",
  "suite",
  "messageId",
  "contextLength",
  "context",
  "edkCount",
  "edk[0].providerId",
  "edk[0].providerInfo",
  "edk[0].ciphertext",
  "contentType",
  "frameLength",
  "commitment",
  "headerTag",
];
