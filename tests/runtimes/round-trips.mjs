// What every runtime does with the package that it is given: each function that it exports, there and back, over sizes
// at which something changes. Returns a line for each: `ok`, or what went wrong.

import { createKms, KEY_ARN } from "./kms.mjs";

const FRAME = 256 * 1024;
const SIZES = [0, 1, FRAME, 5 * 1024 * 1024];

export async function roundTrips(bongtu) {
  const { publicKey, kms } = await createKms();
  const key = bongtu.KmsPublicKey.parse(publicKey, { keyArn: KEY_ARN });
  const given = {
    ...bongtu,
    key,
    keyring: bongtu.Keyring.kmsRsa({ publicKey: key, keyArn: KEY_ARN, kms }),
  };
  const results = {};
  for (const size of SIZES) {
    const data = Uint8Array.from({ length: size }, (_, i) => i * 7 + (i >> 8));
    for (const [name, run] of Object.entries(OF_DATA)) {
      results[`${name}, ${size} bytes`] = await outcome(() => run(given, data));
    }
  }
  for (const [name, run] of Object.entries(OTHERS)) results[name] = await outcome(() => run(given));
  return results;
}

async function outcome(run) {
  try {
    return (await run()) ? "ok" : "other bytes";
  } catch (error) {
    return `${error?.code ?? error?.name}: ${error?.message ?? error}`;
  }
}

const OF_DATA = {
  async "seal, open"({ keyring, seal, open, sealedSize }, data) {
    const message = await seal(keyring, data, { encryptionContext: { purpose: "runtimes" } });
    const { plaintext, encryptionContext } = await open(keyring, message);
    const foretold = sealedSize(keyring, data.length, {
      encryptionContext: { purpose: "runtimes" },
    });
    return (
      same(plaintext, data) &&
      encryptionContext.purpose === "runtimes" &&
      foretold === message.length
    );
  },

  async "sealStream, openStream"({ keyring, sealStream, openStream }, data) {
    const stream = new Blob([data]).stream();
    const opening = openStream(keyring);
    const opened = await read(stream.pipeThrough(sealStream(keyring)).pipeThrough(opening));
    return same(opened, data) && (await opening.header).suite !== undefined;
  },

  async "sealBlob, open"({ keyring, sealBlob, open }, data) {
    const sealed = await sealBlob(keyring, new Blob([data]));
    try {
      const message = await sealed.blob();
      return message.size === sealed.size && same((await open(keyring, message)).plaintext, data);
    } finally {
      sealed.dispose();
    }
  },

  async "sealObject, openObject"({ keyring, sealObject, openObject }, data) {
    const sealed = await sealObject(keyring, data);
    const { metadata } = sealed;
    const body = await sealed.arrayBuffer();
    const { plaintext } = await openObject(keyring, { metadata, body: new Uint8Array(body) });
    return same(await read(plaintext), data);
  },

  async "sealObjectStream, openObject"({ keyring, sealObjectStream, openObject }, data) {
    const sealed = await sealObjectStream(keyring);
    const body = await read(new Blob([data]).stream().pipeThrough(sealed));
    const { plaintext } = await openObject(keyring, { metadata: sealed.metadata, body });
    return same(await read(plaintext), data);
  },

  async checksums({ checksums }, data) {
    const whole = await checksums.of("CRC32C", data);
    const half = data.length >> 1;
    const parts = await Promise.all(
      [data.subarray(0, half), data.subarray(half)].map(async (part) => ({
        value: (await checksums.of("CRC32C", part)).value,
        size: part.length,
      })),
    );
    return (await checksums.combine("CRC32C", parts)).value === whole.value;
  },
};

const OTHERS = {
  async "sealSecret, openSecret"({ key, keyring, sealSecret, openSecret }) {
    const texts = [
      await sealSecret(keyring, "hunter2"),
      await sealSecret(key, "hunter2", { form: "direct" }),
    ];
    const opened = await Promise.all(texts.map((text) => openSecret(keyring, text)));
    return opened.every((secret) => new TextDecoder().decode(secret) === "hunter2");
  },

  async inspect({ keyring, seal, sealObject, inspect }) {
    const message = await inspect(await seal(keyring, new Uint8Array(FRAME + 1)));
    const { metadata } = await sealObject(keyring, new Uint8Array(1));
    return message.body.frames === 2 && (await inspect({ metadata })).version !== undefined;
  },

  async "uploadRequest, checkUploadHeaders, multipartPlan"(given) {
    const { keyring, sealBlob, uploadRequest, checkUploadHeaders, multipartPlan } = given;
    const sealed = await sealBlob(keyring, new Blob(["hello"]));
    const { headers, contentLength } = uploadRequest(sealed, { createOnly: true });
    const asked = { ...headers, "content-length": String(contentLength) };
    const { signedHeaders } = checkUploadHeaders(asked, { createOnly: true, maxBytes: 5e9 });
    return signedHeaders.includes("if-none-match") && multipartPlan(sealed).partCount === 1;
  },

  async "bucketPolicy, explain"({ bucketPolicy, explain }) {
    const { enforces } = explain(bucketPolicy({ bucket: "inbox", tlsOnly: true }));
    return enforces.some(({ rule }) => rule === "tls-only");
  },

  async objectUrl({ objectUrl }) {
    return objectUrl("https://inbox.s3.amazonaws.com/", "a b").href.endsWith("/a%20b");
  },

  async CustomerKey({ CustomerKey }) {
    const headers = CustomerKey.generate().headers("PutObject");
    return Object.keys(headers).length > 0;
  },

  async "errors have codes"({ keyring, open, BongtuError, ERROR_CODES }) {
    const [{ reason }] = await Promise.allSettled([open(keyring, new Uint8Array(100))]);
    return reason instanceof BongtuError && ERROR_CODES.includes(reason.code);
  },
};

async function read(stream) {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function same(one, other) {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}
