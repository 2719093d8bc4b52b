// bongtu/checksums: the same `checksums`, all there from the start, for scripts that may not import() (service workers).

import { checksumsWasm } from "./modules/checksums.js";
import { type Checksums, checksumsBy } from "./s3/checksumming.js";

export { BongtuError, type BongtuErrorCode } from "./base/errors.js";
export type { OperationOptions, Progress } from "./base/operation.js";
export type { Source } from "./io/source.js";
export { ready } from "./modules/ready.js";
export type { Checksum, ChecksumStream, Checksums, PartChecksum } from "./s3/checksumming.js";
export type { ChecksumAlgorithm } from "./s3/request/upload-request.js";

export const checksums: Checksums = /* @__PURE__ */ checksumsBy(async () => checksumsWasm());
