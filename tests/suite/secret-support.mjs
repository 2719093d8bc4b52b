// Keys, targets and encodings that the suites of small secrets share.

import { Keyring } from "bongtu";
import { assert } from "#harness";
import { KEY_ARN } from "../harness/kms.mjs";

export const DIRECT = { form: "direct" };
export const ALGORITHMS = ["RSAES_OAEP_SHA_256", "RSAES_OAEP_SHA_1"];
export const toBase64 = (data) => btoa(String.fromCharCode(...data));
export const fromBase64 = (text) =>
  Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
export const utf8 = (text) => new TextEncoder().encode(text);

/** A keyring that opens by `decrypt`. */
export function opening(decrypt, algorithm) {
  return Keyring.kmsRsa({ keyArn: KEY_ARN, algorithm, kms: { decrypt } });
}

export const unasked = opening(() => assert.fail("KMS was asked"));
