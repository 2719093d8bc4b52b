// The back end can decrypt, and any page the visitor has open can send requests to loopback.
// So: only our own host name (DNS rebinding), only our own page, only with the token of this start.

import { createHash, timingSafeEqual } from "node:crypto";

/** A refusal with the HTTP status and the stable code that the page shows. */
export class Refusal extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/**
 * @param {{ host: string, origin: string, token: string }} own
 * @returns checks that throw a `Refusal`
 */
export function createGuard({ host, origin, token }) {
  return {
    /** Every request. */
    checkHost(request) {
      if (request.headers.host !== host) {
        throw new Refusal(421, "DEMO_HOST", "this server answers to its own address only");
      }
    },

    /** Every request for something that the page alone may ask for. */
    checkCaller(request) {
      if (request.method !== "POST") throw new Refusal(405, "DEMO_METHOD", "use POST");
      // Browsers send Origin with every POST, their own pages' included.
      if (request.headers.origin !== origin) {
        throw new Refusal(403, "DEMO_ORIGIN", "only this server's own page may ask");
      }
      if (!isEqual(request.headers["x-demo-token"] ?? "", token)) {
        throw new Refusal(
          403,
          "DEMO_TOKEN",
          "open the address that this start of the demo printed",
        );
      }
    },
  };
}

/** Compares in a time that does not tell how much is equal; both are hashed first, because timingSafeEqual needs equal lengths. */
export function isEqual(left, right) {
  const digest = (text) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
