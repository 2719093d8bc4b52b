// SSE-C: S3 encrypts and decrypts with a key that it is given with every request and keeps no copy of. Here the key
// comes from the sealed key beside the object, opened through KMS.

import { CustomerKey, Keyring } from "bongtu";

/**
 * @param {object} stored
 * @param {string} stored.keyArn
 * @param {import("bongtu").Kms} stored.kms
 * @param {Record<string, string>} stored.encryptionContext what the sealed key must say
 * @param {string} stored.bucket
 * @param {string} stored.key of the object
 * @param {() => Promise<Uint8Array>} stored.sealedKey downloads it
 * @param {(headers: Record<string, string>) => Promise<Response>} stored.get asks S3 for the object
 * @param {AbortSignal} signal
 */
export async function openWithCustomerKey(
  { keyArn, kms, encryptionContext, bucket, key, sealedKey, get },
  signal,
) {
  const sealed = await sealedKey();
  // #region open-customer-key
  const keyring = Keyring.kmsRsa({ keyArn, kms });
  const options = { bucket, key, encryptionContext, signal };
  const customerKey = await CustomerKey.open(keyring, sealed, options);
  try {
    const response = await get(customerKey.headers("GetObject"));
    customerKey.checkResponse(response);
    return opened(response);
  } finally {
    customerKey.dispose();
  }
  // #endregion
}

const opened = ({ headers, body }) => ({
  form: headers.get("x-amz-server-side-encryption-customer-algorithm"),
  size: Number(headers.get("content-length")),
  plaintext: body,
});

/** The headers that every request for the object must carry, HEAD included. */
export async function keyHeaders({ keyArn, kms, encryptionContext, bucket, key, sealedKey }) {
  const keyring = Keyring.kmsRsa({ keyArn, kms });
  const customerKey = await CustomerKey.open(keyring, await sealedKey(), {
    bucket,
    key,
    encryptionContext,
  });
  try {
    return customerKey.headers("GetObject");
  } finally {
    customerKey.dispose();
  }
}

/** The answers of S3 to requests without the key and with another key. */
export async function askWithoutKey({ get }) {
  const other = CustomerKey.generate();
  try {
    const answers = await Promise.all([get({}), get(other.headers("GetObject"))]);
    const [without, withOther] = await Promise.all(answers.map(describe));
    return { without, withOther };
  } finally {
    other.dispose();
  }
}

async function describe(response) {
  const text = await response.text();
  const element = (name) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? "";
  return { status: response.status, code: element("Code"), message: element("Message") };
}
