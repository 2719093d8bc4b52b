import { inputError } from "../../base/errors.js";
import { type Sealed, SealedRange } from "../../sealed/sealed.js";

/**
 * Lets nothing through but what was sealed here: a `Blob` has a size, `stream` and `slice` too, and
 * would go out as the plaintext that it is.
 */
export function checkSealed(given: unknown): asserts given is Sealed {
  if (!SealedRange.is(given)) {
    throw inputError(
      "only sealed data can be kept or uploaded: seal it first, with sealBlob or sealObject",
    );
  }
}
