// Permission to upload. A page asks with the headers that it is going to send; the back end signs nothing but what
// something sealed needs, and nothing that would replace an object.

import { randomUUID } from "node:crypto";
import { checkUploadHeaders } from "bongtu";

import { Refusal } from "./guard.mjs";

const MAX_OBJECT_BYTES = 600 * 1024 * 1024; // a message is held in memory twice while it is opened
const OWN_KEY = /^sealed\/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Headers that S3 would store as the page sends them, unless they are signed with a value. */
const FIXED = {
  "cache-control": "no-store",
  "content-disposition": "attachment",
  "content-encoding": "identity",
  "content-language": "und",
  expires: "Thu, 01 Jan 1970 00:00:00 GMT",
};

/** The uploads that may come from the page, by the format that it names. */
const EXPECTED = {
  message: { format: "message" },
  object: { format: "v3" },
  customerKey: { mode: "SSE-C" },
};

/** Beside an object under SSE-C, what opens it: the customer key, sealed. */
export const sealedKeyOf = (key) => `${key}.customer-key`;

/**
 * @param {import("./cloud.mjs").Cloud} cloud
 * @param {Map<string, string>} issued what was signed, by key: the only objects anybody may ask for. Where there are
 *   several users each has such a map; here there is one, who has the token of this start
 */
export function createUploads(cloud, issued) {
  async function permit(target, key, asked) {
    checkRecord(asked);
    // #region sign
    const request = checkUploadHeaders(asked, {
      ...EXPECTED[target],
      createOnly: true,
      maxBytes: MAX_OBJECT_BYTES,
      fixed: FIXED,
    });
    const url = await cloud.presign("PUT", key, request);
    // #endregion
    return { key, url, fixed: FIXED };
  }

  return {
    /** One upload of a message or an object, under a name of our choice. */
    async upload({ target, headers }) {
      if (target !== "message" && target !== "object") {
        throw new Refusal(400, "DEMO_TARGET", "what is uploaded is a message or an object");
      }
      const permission = await permit(target, `sealed/${randomUUID()}`, headers);
      issued.set(permission.key, target);
      return permission;
    },

    /**
     * Two: a file that S3 encrypts with a key of the page's, and that key, sealed. The page has chosen the name, since
     * the sealed key must say what it is for; S3 refuses one that is taken.
     */
    async uploadWithKey({ key, headers, sealedKeyHeaders }) {
      if (typeof key !== "string" || !OWN_KEY.test(key)) {
        throw new Refusal(400, "DEMO_KEY", "an object's name is sealed/ and a UUID");
      }
      const object = await permit("customerKey", key, headers);
      const sealedKey = await permit("message", sealedKeyOf(key), sealedKeyHeaders);
      issued.set(key, "customerKey");
      return { object, sealedKey };
    },
  };
}

export function checkRecord(headers) {
  if (headers === null || typeof headers !== "object" || Array.isArray(headers)) {
    throw new Refusal(400, "DEMO_HEADERS", "which headers?");
  }
}
