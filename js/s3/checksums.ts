import { fetched } from "../modules/compile.js";
import { type Checksums, checksumsBy } from "./checksumming.js";

/** Checksums as S3 knows them. What computes them is fetched when it is first needed. */
export const checksums: Checksums = /* @__PURE__ */ checksumsBy(async () =>
  (await fetched(import("../modules/checksums.js"), "with checksums")).checksumsWasm(),
);
