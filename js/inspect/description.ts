import type { ObjectWrap } from "../object/open.js";
import type { ObjectFormat } from "../object/seal.js";

/** The parts of a message. Nothing in it is verified: anybody could have written it. */
export interface Description {
  readonly format: "message";
  readonly version: number;
  readonly suite: {
    /** For example `0x0478`. */
    readonly id: string;
    readonly name: string;
    readonly committing: boolean;
    readonly signed: boolean;
  };
  /** In hexadecimal. */
  readonly messageId: string;
  /** Unverified. */
  readonly encryptionContext: Record<string, string>;
  readonly encryptedDataKeys: readonly {
    readonly providerId: string;
    /** For a KMS keyring, the key's ARN. */
    readonly providerInfo: string;
    readonly ciphertextLength: number;
  }[];
  readonly contentType: "framed" | "nonframed";
  readonly frameLength: number;
  readonly headerLength: number;
  /** The header's bytes, in order and without gaps. */
  readonly fields: readonly {
    readonly name: string;
    readonly start: number;
    readonly length: number;
  }[];
  /** Describes as much of the body as was there. */
  readonly body: {
    readonly frames: number;
    readonly plaintextLength: number;
    readonly length: number;
    /** The final frame was there; no tag was checked. */
    readonly complete: boolean;
    /** Offset in the message. */
    readonly finalFrameStart?: number;
  };
}

/** What an object's envelope says. Nothing in it is verified: anybody could have written it. */
export interface ObjectDescription {
  readonly format: "object";
  readonly version: ObjectFormat;
  /** The name that the format has for it: `AES/GCM/NoPadding` or `115`. */
  readonly contentAlgorithm: string;
  readonly committing: boolean;
  readonly wrap: ObjectWrap;
  /** In bytes. */
  readonly wrappedKeyLength: number;
  /** Under a KMS wrap it is the encryption context. */
  readonly materialDescription: Record<string, string>;
  /**
   * Under an RSA wrap, the text of a description that is not a JSON object of strings. Nothing there
   * authenticates one, and `openObject` takes it for an empty one.
   */
  readonly unreadableDescription?: string;
  /** The length of the plaintext in bytes, which some writers note; it may be wrong. */
  readonly plaintextLength?: number;
}
