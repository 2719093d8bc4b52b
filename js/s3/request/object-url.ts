// Makes the URL of an object as S3 writes it.

import { inputError } from "../../base/errors.js";
import { requiredText } from "../../base/options.js";
import { s3Wasm } from "../../modules/s3.js";

/**
 * The URL of an object, for a request that is to be signed. S3 finds no signature over another
 * spelling of a key than its own: all bytes of UTF-8 but letters, digits, `-._~` and slashes as `%`
 * and two upper-case hexadecimal digits. `new URL` and `encodeURIComponent` leave `!*'()` as they
 * are, and `new URL` much more.
 *
 * `bucketUrl` is the bucket's, such as `https://BUCKET.s3.REGION.amazonaws.com` or
 * `https://s3.REGION.amazonaws.com/BUCKET`, with a slash at its end or without. `ERR_INPUT`: the key
 * is empty, longer than 1024 bytes, or has a segment `.` or `..`, which every URL loses.
 */
export function objectUrl(bucketUrl: string | URL, key: string): URL {
  const name = requiredText(key, "key");
  if (/\p{Surrogate}/u.test(name)) {
    throw inputError("key: a lone surrogate is not text");
  }
  const url = checkBucketUrl(bucketUrl);
  const base = url.pathname.endsWith("/") ? url.href : `${url.href}/`;
  return new URL(base + s3Wasm().encodeKey(name));
}

/** Anything else in the URL would be signed too, or would hide the key. */
function checkBucketUrl(given: unknown): URL {
  let url: URL | undefined;
  try {
    url = new URL(String(given));
  } catch {
    // refused below
  }
  const place = url && `${url.protocol}//${url.host}${url.pathname}`;
  if (url === undefined || url.href !== place || !/^https?:$/.test(url.protocol)) {
    throw inputError("bucketUrl must be https://HOST or https://HOST/BUCKET, and nothing else");
  }
  return url;
}
