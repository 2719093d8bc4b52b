// The back end's side of the page. Every call carries the token of this start.

import { DemoError } from "./errors.ts";
import type { Spot } from "./field.ts";
import type { PublicKeyResponse } from "./key.ts";

const REMEMBERED = "bongtu-address";

export interface KeyAnswer {
  publicKey: PublicKeyResponse;
  encryptionContext: Record<string, string>;
}

export interface UploadPermission {
  url: string;
  key: string;
  headers: Record<string, string>;
}

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

/** What the back end did to open an object. */
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

export class BackEnd {
  readonly #token: string;
  /** SHA-256 of the key to seal to, as the address said it. */
  readonly pin: string | undefined;

  private constructor(token: string, pin: string | undefined) {
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
    return new BackEnd(address.get("token") ?? "", address.get("key") ?? undefined);
  }

  key(): Promise<KeyAnswer> {
    return this.#json("key", {});
  }

  /** @param metadata to be stored with it */
  upload(size: number, metadata: Record<string, string>): Promise<UploadPermission> {
    return this.#json("upload", { size, metadata });
  }

  object(key: string): Promise<StoredObject> {
    return this.#json("object", { key });
  }

  /** The plaintext of a stored object, as the body. */
  open(key: string): Promise<Response> {
    return this.#post("open", { key });
  }

  /** What becomes of opening it when one bit of that byte has changed. */
  tamper(key: string, spot: Spot): Promise<TamperAnswer> {
    return this.#json("tamper", { key, ...spot });
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
      throw new DemoError("DEMO_GONE");
    });
    if (answer.ok) return answer;
    const { code, message } = await answer.json();
    throw new DemoError(code, message);
  }
}

export const openingOf = (answer: Response): Opening =>
  JSON.parse(answer.headers.get("x-opening") ?? "null");
