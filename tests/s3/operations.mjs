// Operations that Node and a page of the site share: seal, have the back end sign, send to S3. Every operation takes and returns JSON.

import {
  CustomerKey,
  checksums,
  Keyring,
  multipartPlan,
  postForm,
  sealBlob,
  sealObject,
  sse,
  uploadParts,
  uploadRequest,
} from "bongtu";

import { plaintextOf } from "./plaintext.mjs";
import { checkSigned } from "./signed.mjs";

const MIB = 1024 * 1024;

export const operations = {
  /** One request as it is, to find out what S3 says to it. `body`: base64. */
  request({ url, method, headers, body }) {
    return send(url, { method, headers, body: body === undefined ? undefined : fromBase64(body) });
  },

  /** A form as it is. */
  sendForm({ url, form, body }) {
    return sendForm(url, form, new Blob([fromBase64(body)]));
  },

  /** A fresh customer key, sealed for the object that it is for. */
  async makeCustomerKey({ keys, place }) {
    const customerKey = CustomerKey.generate();
    const sealed = await customerKey.seal(Keyring.kmsRsa(keys), place);
    const headers = customerKey.headers("PutObject");
    return { sealed: toBase64(sealed), headers, md5: customerKey.md5 };
  },

  /** The headers of a PUT as the back end is asked to sign them. */
  async headers(what) {
    const { headers, contentLength } = uploadRequest(await seal(what), { createOnly: true });
    return { headers: { ...headers, "content-length": String(contentLength) } };
  },

  /** Asks the back end for a signature. */
  sign({ origin, ...request }) {
    return ask(origin, "sign", request);
  },

  /** A presigned PUT of what is sealed, and what S3 says when the same is sent once more. */
  async put({ origin, options, tamper, twice = false, ...what }) {
    const sealed = await seal(what);
    const body = await sealed.blob();
    const createOnly = true; // or the back end refuses
    const request = uploadRequest(sealed, {
      createOnly,
      ...(await requestOptions(sealed, options)),
    });
    const { key, url, headers } = await signed(origin, { method: "PUT", ...request });
    const sent = { method: "PUT", ...(await tampered({ headers, body }, tamper)) };
    const answer = await send(url, sent);
    return { key, ...answer, again: twice ? await send(url, sent) : undefined };
  },

  /** The form of a presigned POST, signed by the back end or by who gives `form`. */
  async post({ origin, options, tamper, form, ...what }) {
    const sealed = await seal(what);
    const body = await sealed.blob();
    const { format } = what;
    const { url, fields } = form ?? (await ask(origin, "form", { format, size: body.size }));
    const headers = Object.fromEntries(postForm(fields, sealed, modeOf(options)));
    const sent = await tampered({ headers, body }, tamper);
    return { key: fields.key, ...(await sendForm(url, sent.headers, sent.body)) };
  },

  /**
   * An upload in parts, in parallel; every request of it is presigned. One bit of the last part is lost on the way `corrupt`
   * times; one attempt is made after a failure.
   */
  async multipart({ origin, options, checksum = "MD5", corrupt = 0, ...what }) {
    const sealed = await seal(what);
    const plan = multipartPlan(sealed, { partSize: 5 * MIB, concurrency: 4 });
    // The values that each request carries beside those of uploadParts.
    const own = (operation) => uploadRequest({}, { ...modeOf(options), operation }).headers;
    const create = uploadRequest(sealed, {
      ...modeOf(options),
      operation: "CreateMultipartUpload",
    });
    let upload = {};
    let inFlight = 0;
    let most = 0;
    const request = async (method, { query, headers: own = {}, contentLength, body, signal }) => {
      const asked = { method, ...upload, ...query, headers: own, contentLength };
      const { key, url, headers } = await signed(origin, asked);
      upload = { key, ...upload };
      checkSigned(url, headers);
      return fetch(url, { method, headers, body, signal });
    };
    try {
      const { parts, checksum: whole } = await uploadParts(sealed, plan, {
        checksum,
        retries: 1,
        delays: { baseMs: 1, maxMs: 1 },
        async create({ headers, signal }) {
          const response = await request("POST", {
            headers: { ...create.headers, ...headers },
            signal,
          });
          upload.uploadId = element(await response.clone().text(), "UploadId");
          return response;
        },
        async putPart({ partNumber, size, body, headers, signal }) {
          most = Math.max(most, ++inFlight);
          // The first would otherwise be there, on some machines, before the second was sealed.
          const deadline = Date.now() + 10_000;
          while (most < Math.min(2, plan.partCount) && Date.now() < deadline) await shortly();
          if (partNumber === plan.partCount && corrupt-- > 0) body[0] ^= 1;
          const response = await request("PUT", {
            ...{ query: { partNumber }, contentLength: size, body, signal },
            headers: { ...own("UploadPart"), ...headers },
          });
          inFlight -= 1;
          return response;
        },
        complete: (_, __, { headers, body, signal }) =>
          request("POST", {
            ...{ body, signal },
            headers: {
              ...own("CompleteMultipartUpload"),
              ...withoutFullObject(headers),
              "if-none-match": "*",
            },
          }),
        abort: ({ signal }) => request("DELETE", { signal }),
      });
      return { key: upload.key, parts, whole, most };
    } finally {
      sealed.dispose();
    }
  },
};

const shortly = () => new Promise((resolve) => setTimeout(resolve, 1));

/** The emulator knows checksums of objects in parts as composite ones only. */
function withoutFullObject(headers) {
  if (headers["x-amz-checksum-type"] !== "FULL_OBJECT") return headers;
  const others = ([name]) => !name.startsWith("x-amz-checksum-");
  return Object.fromEntries(Object.entries(headers).filter(others));
}

/** The options of a test: `format` "message", "v2" or "v3", `length` bytes of plaintext under `keys`. */
function seal({ keys: { keyArn, publicKey }, format, length }) {
  const keyring = Keyring.kmsRsa({ keyArn, publicKey });
  const plaintext = new Blob([plaintextOf(length)]);
  return format === "message"
    ? sealBlob(keyring, plaintext)
    : sealObject(keyring, plaintext, { format });
}

async function requestOptions(sealed, { checksum, ...options } = {}) {
  const given = modeOf(options);
  return checksum === undefined
    ? given
    : { ...given, checksum: await checksums.of(checksum, sealed) };
}

/** Options for bongtu out of a test's: `customerKey` is base64, `kmsKeyId` asks for SSE-KMS. */
function modeOf({ customerKey, kmsKeyId, ...options } = {}) {
  if (customerKey !== undefined) {
    return { ...options, mode: CustomerKey.from(fromBase64(customerKey)) };
  }
  return kmsKeyId === undefined ? options : { ...options, mode: sse.kms({ keyId: kmsKeyId }) };
}

/** Changes that somebody makes on the way: `headers` (null takes one out), one bit of the body, or its length. */
async function tampered(
  { headers, body },
  { headers: changes = {}, flip = false, append = 0 } = {},
) {
  const changed = { ...headers, ...changes };
  for (const [name, value] of Object.entries(changed)) if (value === null) delete changed[name];
  const pieces = [body, new Uint8Array(append)];
  if (flip) {
    const at = body.size >> 1;
    const [byte] = new Uint8Array(await body.slice(at, at + 1).arrayBuffer());
    pieces.splice(0, 1, body.slice(0, at), new Uint8Array([byte ^ 1]), body.slice(at + 1));
  }
  return { headers: changed, body: new Blob(pieces) };
}

function sendForm(url, fields, file) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  body.append("file", file); // the last one: S3 ignores what comes after it
  return send(url, { method: "POST", body });
}

async function send(url, { method, headers = {}, body }) {
  checkSigned(url, headers);
  const response = await fetch(url, { method, headers, body });
  const bytes = new Uint8Array(await response.arrayBuffer());
  const { status, ok } = response;
  const text = ok ? undefined : new TextDecoder().decode(bytes);
  return {
    status,
    code: text && element(text, "Code"),
    headers: Object.fromEntries(response.headers),
    body: toBase64(bytes),
  };
}

/** Has the back end sign a request with these headers, and the length that the browser will add. */
function signed(origin, { headers, contentLength, ...request }) {
  const length = contentLength === undefined ? {} : { "content-length": String(contentLength) };
  return ask(origin, "sign", { ...request, headers: { ...headers, ...length } });
}

/** The back end of the site. */
async function ask(origin, name, input) {
  const response = await fetch(`${origin}/api/${name}`, {
    method: "POST",
    body: JSON.stringify(input),
  });
  const output = await response.json();
  if (!response.ok) throw Object.assign(new Error(output.message), { code: output.code });
  return output;
}

const element = (xml, name) => xml.match(`<${name}>([^<]*)</${name}>`)?.[1];
const fromBase64 = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));

function toBase64(bytes) {
  let text = "";
  for (let i = 0; i < bytes.length; i += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  }
  return btoa(text);
}
