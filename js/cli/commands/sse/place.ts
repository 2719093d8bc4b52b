import type { ObjectPlace } from "../../../node.js";
import { required } from "../../args.js";

/** The object that a customer key is for. */
export function place({
  bucket,
  key,
}: {
  readonly bucket?: string | undefined;
  readonly key?: string | undefined;
}): ObjectPlace {
  return {
    bucket: required(bucket, "--bucket B is missing: the bucket of the object"),
    key: required(key, "--key KEY is missing: the key of the object"),
  };
}
