// The back end's side of the page. Every call carries the token of this start.

import type { CompletedPart, ListPartsOutput } from "bongtu";

import { DemoError } from "./errors.ts";
import type { Spot } from "./field.ts";

const REMEMBERED = "bongtu-address";

/** KMS GetPublicKey, as JSON. */
export interface PublicKeyResponse {
  KeyId: string;
  PublicKey: string;
  KeySpec: string;
  KeyUsage: string;
  EncryptionAlgorithms: string[];
}

export interface KeyAnswer {
  publicKey: PublicKeyResponse;
  encryptionContext: Record<string, string>;
  bucket: string;
  endpoint: string;
}

export interface UploadPermission {
  url: string;
  /** The headers that must be sent beside those that were asked for. */
  fixed: Headers;
  key: string;
}

/** The id of an upload in parts, as uploadParts has it. */
type UploadId = string | undefined;

/** The headers of a request, with `content-length`. */
type Headers = Record<string, string>;

export interface StoredObject {
  bucket: string;
  key: string;
  size: number;
  contentType: string;
  etag: string;
  lastModified: string;
  metadata: Record<string, string>;
  firstBytes: string;
}

export interface KmsCall {
  keyId: string;
  algorithm: string;
  ciphertextLength: number;
  plaintextLength: number;
  milliseconds: number;
}

/** The steps of the back end to open an object. */
export interface Opening {
  /** A message's algorithm suite or an object's version. */
  form: string;
  calls: KmsCall[];
}

export interface TamperAnswer {
  refused?: { code: string; message: string };
  /** Bytes of plaintext that came out. */
  released: number;
}

export interface S3Refusal {
  status: number;
  code: string;
  message: string;
}

export class BackEnd {
  readonly #token: string;
  /** SHA-256 of the key to seal to, as the address said it; empty where it did not. */
  readonly pin: string;

  private constructor(token: string, pin: string) {
    this.#token = token;
    this.pin = pin;
  }

  /**
   * Token and fingerprint come in the fragment of the address, which browsers send to nobody. They are
   * kept for this tab, for reloads, and taken out of the address bar.
   */
  static fromAddress(): BackEnd {
    if (location.hash.startsWith("#token=")) {
      sessionStorage.setItem(REMEMBERED, location.hash.slice(1));
      history.replaceState(null, "", location.pathname);
    }
    const address = new URLSearchParams(sessionStorage.getItem(REMEMBERED) ?? "");
    return new BackEnd(address.get("token") ?? "", address.get("key") ?? "");
  }

  key(): Promise<KeyAnswer> {
    return this.#json("key", {});
  }

  upload(target: "message" | "object", headers: Headers): Promise<UploadPermission> {
    return this.#json("upload", { target, headers });
  }

  /** @param key of the object, as it is sealed with the customer key */
  uploadWithKey(
    key: string,
    headers: Headers,
    sealedKeyHeaders: Headers,
  ): Promise<Record<"object" | "sealedKey", UploadPermission>> {
    return this.#json("uploadWithKey", { key, headers, sealedKeyHeaders });
  }

  object(key: string): Promise<StoredObject> {
    return this.#json("object", { key });
  }

  /** The plaintext of a stored object, as the body. */
  open(key: string): Promise<Response> {
    return this.#post("open", { key });
  }

  /** The outcome of opening it when one bit of that byte has changed. */
  tamper(key: string, spot: Spot): Promise<TamperAnswer> {
    return this.#json("tamper", { key, ...spot });
  }

  withoutKey(key: string): Promise<Record<"without" | "withOther", S3Refusal>> {
    return this.#json("withoutKey", { key });
  }

  beginParts(): Promise<{ UploadId: string }> {
    return this.#json("beginParts", {});
  }

  signPart(uploadId: UploadId, partNumber: number, headers: Headers): Promise<{ url: string }> {
    return this.#json("signPart", { uploadId, partNumber, headers });
  }

  listParts(uploadId: UploadId, partNumberMarker?: string): Promise<ListPartsOutput> {
    return this.#json("listParts", { uploadId, partNumberMarker });
  }

  /** @returns the key of the object, and S3's word that it is there */
  completeParts(
    uploadId: UploadId,
    parts: CompletedPart[],
    checksum: string | undefined,
    size: number,
  ): Promise<{ key: string; ETag: string }> {
    return this.#json("completeParts", { uploadId, parts, checksum, size });
  }

  abortParts(uploadId: UploadId): Promise<object> {
    return this.#json("abortParts", { uploadId });
  }

  /** The findings of the back end when it opened a message without keeping it. */
  verify(key: string): Promise<{ size: number; sha256: string }> {
    return this.#json("verify", { key });
  }

  async #json<T>(name: string, input: object): Promise<T> {
    return (await this.#post(name, input)).json();
  }

  async #post(name: string, input: object): Promise<Response> {
    const answer = await fetch(`/api/${name}`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-demo-token": this.#token },
      body: JSON.stringify(input),
    }).catch(() => {
      throw new DemoError(navigator.onLine ? "DEMO_GONE" : "DEMO_OFFLINE");
    });
    if (answer.ok) return answer;
    const { code, message } = await answer.json();
    throw new DemoError(code, message, answer.status);
  }
}

export const openingOf = (answer: Response): Opening =>
  JSON.parse(answer.headers.get("x-opening") ?? "null");
