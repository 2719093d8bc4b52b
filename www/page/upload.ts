// The requests that bring a sealed file to S3: with which headers, and the back end's permission for just these.

import { type CustomerKey, type UploadRequest, uploadRequest } from "bongtu";

import type { BackEnd } from "./back-end.ts";
import { DemoError } from "./errors.ts";
import type { SealedFile } from "./seal-file.ts";

/** A PUT, exactly as it is sent. */
export interface Upload {
  what: "message" | "object" | "sealedKey" | "file";
  url: string;
  headers: Record<string, string>;
  body: Blob;
  /** The key that S3 is to say it has used. */
  customerKey?: CustomerKey;
}

/** @returns the key of the object, and what to send in this order */
export async function permitted(
  backEnd: BackEnd,
  { file, form, sealed, metadata, customer }: SealedFile,
): Promise<{ key: string; uploads: Upload[] }> {
  if (!customer) {
    const { size } = sealed;
    // #region request
    const request = uploadRequest({ size, metadata }, { createOnly: true });
    // #endregion
    const { key, url, fixed } = await backEnd.upload(form, askedFor(request));
    const headers = { ...request.headers, ...fixed };
    return { key, uploads: [{ what: form, url, headers, body: sealed }] };
  }

  const { key: mode, place, endpoint } = customer;
  // #region request-customer-key
  const forKey = uploadRequest(sealed, { createOnly: true });
  const forFile = uploadRequest(file, { mode, createOnly: true, endpoint });
  // #endregion
  const { sealedKey, object } = await backEnd.uploadWithKey(
    place.key,
    askedFor(forFile),
    askedFor(forKey),
  );
  // The key first: a file that is there without it would be lost.
  return {
    key: object.key,
    uploads: [
      {
        what: "sealedKey",
        url: sealedKey.url,
        headers: { ...forKey.headers, ...sealedKey.fixed },
        body: sealed,
      },
      {
        what: "file",
        url: object.url,
        headers: { ...forFile.headers, ...object.fixed },
        body: file,
        customerKey: mode,
      },
    ],
  };
}

/** Sends it, and says how far it has got, which fetch does not. */
export function put(
  { url, headers, body }: Upload,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<{ status: number; headers: Record<string, string> }> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.onprogress = ({ loaded }) => onBytes(loaded);
    request.onload = () => resolve({ status: request.status, headers: headersOf(request) });
    request.onerror = () => reject(new DemoError("DEMO_UPLOAD_LOST"));
    request.onabort = () => reject(signal.reason);
    signal.addEventListener("abort", () => request.abort());
    request.open("PUT", url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.send(body);
  });
}

/** The headers with the length, which the browser sends by itself and the back end signs. */
export const askedFor = ({ headers, contentLength }: UploadRequest): Record<string, string> => ({
  ...headers,
  "content-length": String(contentLength),
});

function headersOf(request: XMLHttpRequest): Record<string, string> {
  const lines = request.getAllResponseHeaders().trim().split("\r\n");
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }),
  );
}
