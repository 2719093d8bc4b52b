import type { ObjectPlace } from "../../../node.js";
import { usageError } from "../../terminal/failure.js";

/** The object that a customer key is for. */
export function place({
  bucket,
  key,
}: {
  readonly bucket?: string | undefined;
  readonly key?: string | undefined;
}): ObjectPlace {
  if (bucket === undefined || key === undefined) {
    const [option, what] = bucket === undefined ? ["--bucket B", "bucket"] : ["--key KEY", "key"];
    throw usageError(`${option} is missing: the ${what} of the object`);
  }
  return { bucket, key };
}
