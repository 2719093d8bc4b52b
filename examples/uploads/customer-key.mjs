// Node stores an object under a key of its own (SSE-C) and keeps that key, sealed to an RSA key in KMS, in an object beside it. S3
// encrypts and decrypts; without `kms:Decrypt` nobody gets the object, S3's own administrators included.

import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { CustomerKey } from "bongtu";

const SUFFIX = ".customer-key";

/**
 * An object is never replaced: its key would be replaced first, and if the object's turn failed, it would be lost. Give the new
 * one a name of its own.
 *
 * @param {import("bongtu").Keyring} keyring with the public key is enough
 */
export async function put(s3, keyring, { Bucket, Key }, Body) {
  const customerKey = CustomerKey.generate();
  try {
    // First, so that there is never an object whose key is lost.
    const sealed = await customerKey.seal(keyring, { bucket: Bucket, key: Key });
    const create = (input) => s3.send(new PutObjectCommand({ Bucket, IfNoneMatch: "*", ...input }));
    await create({ Key: Key + SUFFIX, Body: sealed });
    await create({ Key, Body, ...asInput(customerKey.headers("PutObject")) });
  } finally {
    customerKey.dispose();
  }
}

/** @param {import("bongtu").Keyring} keyring with KMS */
export async function get(s3, keyring, { Bucket, Key }) {
  const stored = await s3.send(new GetObjectCommand({ Bucket, Key: Key + SUFFIX }));
  const sealed = await stored.Body.transformToByteArray();
  const customerKey = await CustomerKey.open(keyring, sealed, { bucket: Bucket, key: Key });
  try {
    const headers = customerKey.headers("GetObject");
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, ...asInput(headers) }));
    return Body;
  } finally {
    customerKey.dispose();
  }
}

/** As the SDK's commands take the headers; it computes the MD5 itself. */
function asInput(headers) {
  return {
    SSECustomerAlgorithm: headers["x-amz-server-side-encryption-customer-algorithm"],
    SSECustomerKey: headers["x-amz-server-side-encryption-customer-key"],
  };
}
