// Starts what the tests of uploads need: an S3 and a KMS that check signatures, a web site with a back end on another origin, and the
// two that upload: Node and a page of that site in Chromium.

import { createPublicKey } from "node:crypto";
import { readFile } from "node:fs/promises";
import { PutBucketCorsCommand } from "@aws-sdk/client-s3";
import { S3RequestPresigner } from "@aws-sdk/s3-request-presigner";
import { KmsPublicKey, objectUrl } from "bongtu";
import { createBackEnds } from "../../examples/uploads/back-end.mjs";
import { setUpAws } from "../interop/setup.mjs";
import { chromiumClient } from "./clients/chromium.mjs";
import { nodeClient } from "./clients/node.mjs";
import { serveSite } from "./site.mjs";

/** The CORS rule that a bucket needs for pages that upload as the tests and examples do. */
const CORS_RULE = {
  AllowedMethods: ["PUT", "POST", "GET", "HEAD", "DELETE"],
  AllowedHeaders: [
    "content-type",
    "content-md5",
    "if-none-match",
    "x-amz-meta-*",
    "x-amz-checksum-*",
    "x-amz-server-side-encryption*",
    "x-amz-copy-source*",
    "x-amz-mp-object-size",
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "expires",
  ],
  ExposeHeaders: [
    "ETag",
    "Retry-After",
    "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-server-side-encryption-customer-key-MD5",
  ],
  MaxAgeSeconds: 600,
};

/**
 * @param {string} bucket its name
 * @param {{ backEnd?: object, pages?: Record<string, string> }} [options] `backEnd`: its options; `pages`: more pages of the site
 */
export async function createWorld(bucket, { backEnd: options, pages = {} } = {}) {
  const aws = await setUpAws(bucket);
  const closers = [aws.close];
  const close = async () => {
    while (closers.length > 0) await closers.pop()();
  };
  try {
    const { emulator, kms, store } = aws;
    const { arn, publicKey } = await kms.createKey("RSA_2048");
    const text = await asText(publicKey);
    const { spkiSha256 } = KmsPublicKey.parse(text);
    const keys = { keyArn: arn, publicKey: text };
    const pinned = { ...keys, spkiSha256 };

    const bucketUrl = `${emulator.endpoint}/${bucket}`;
    const backEndOf = createBackEnds({ s3: store.client, bucket, bucketUrl }, options);
    const backEnd = backEndOf("the user of the page");
    const site = await serveSite({
      pages: { operations: "./operations.page.mjs", ...pages },
      api: backEnd,
      s3Origin: emulator.endpoint,
    });
    closers.push(site.close);
    await allowPages(store, site.origin);
    const openPage = async (name) => {
      const client = await chromiumClient(site.origin, name);
      closers.push(client.close);
      return client;
    };
    const chromium = await openPage("operations");
    const clients = [nodeClient(site.origin), chromium];
    const presign = presigner(store.client, bucketUrl);
    return {
      ...aws,
      close,
      keys,
      pinned,
      bucketUrl,
      backEnd,
      backEndOf,
      openPage,
      presign,
      site,
      clients,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Signs whatever a test wants, for requests that no back end should sign. */
function presigner({ config }, bucketUrl) {
  const signer = new S3RequestPresigner(config);
  return async (method, key, headers = {}, query = {}) => {
    const url = objectUrl(bucketUrl, key);
    const { protocol, hostname, port, pathname: path } = url;
    const request = {
      method,
      protocol,
      hostname,
      port: Number(port),
      path,
      headers: { ...headers },
      query,
    };
    const names = Object.keys(headers);
    const signed = await signer.presign(request, {
      signableHeaders: new Set(["host", ...names]),
      unhoistableHeaders: new Set(names),
    });
    return `${url}?${new URLSearchParams(signed.query)}`;
  };
}

export function allowPages({ client, bucket }, origin) {
  const CORSConfiguration = { CORSRules: [{ ...CORS_RULE, AllowedOrigins: [origin] }] };
  return client.send(new PutBucketCorsCommand({ Bucket: bucket, CORSConfiguration }));
}

/** A public key as a page gets it. */
async function asText(pem) {
  const key = createPublicKey(await readFile(pem));
  return key.export({ format: "der", type: "spki" }).toString("base64");
}
