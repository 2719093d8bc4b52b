// Asks KMS again after throttling, timeouts and failures of KMS's own, never after a refusal.

import { inputError } from "../base/errors.js";
import { checkOptions } from "../base/options.js";
import { checkKms, type Kms, nameOf } from "../keys/kms.js";
import { openWasm } from "../modules/open.js";
import { clock } from "../platform/platform.js";
import { isOfNetwork } from "../s3/http/network.js";
import { passes, retryAfterIn, statusOf } from "../s3/http/response.js";
import { backoff } from "../s3/http/retry.js";
import { attemptsOf, withAttempts, wrapped } from "./wrapped.js";

export interface RetryingOptions {
  /** Attempts of each call, the first among them; 5 unless set. */
  readonly attempts?: number | undefined;
  /** The longest wait after the first failure, in milliseconds; 100 unless set. It doubles with each. */
  readonly baseMs?: number | undefined;
  /** The longest wait of all, in milliseconds; 20,000 unless set. KMS's `Retry-After` counts for more. */
  readonly capMs?: number | undefined;
}

/**
 * A `Kms` that asks `kms` again, after waits with full jitter, when it was throttled, timed out or
 * failed by itself. The last failure is the one that is thrown. An operation's `signal` ends the
 * waiting.
 *
 * The AWS SDK's clients try three times by themselves, unseen: give them `maxAttempts: 1`. A `kms` of
 * `bongtu/aws` whose client does more is refused (`ERR_INPUT`) when it is first asked.
 */
export function retrying(kms: Kms, options: RetryingOptions = {}): Kms {
  checkOptions(options, { attempts: true, baseMs: true, capMs: true });
  const { attempts = 5, baseMs = 100, capMs = 20_000 } = options;
  if (!(Number.isInteger(attempts) && attempts > 0)) {
    throw inputError("attempts must be a whole number from 1 on");
  }
  for (const [name, value] of Object.entries({ baseMs, capMs })) {
    if (!(typeof value === "number" && value >= 0 && Number.isFinite(value))) {
      throw inputError(`${name} must be a number of milliseconds from 0 on`);
    }
  }
  const behind = attemptsOf(checkKms(kms));
  const front = wrapped(kms, async (call, { signal }) => {
    await checkAttempts(behind);
    for (let failures = 0; ; failures++) {
      try {
        return await call();
      } catch (thrown) {
        if (failures + 1 >= attempts || signal.aborted || !isTransient(thrown)) {
          throw thrown;
        }
        const wait = backoff(failures, { baseMs, maxMs: capMs });
        await clock.sleep(Math.max(wait, retryAfterIn(thrown, clock.now())), signal);
        signal.throwIfAborted();
      }
    }
  });
  return withAttempts(front, async () => attempts);
}

async function checkAttempts(attempts: (() => Promise<number | undefined>) | undefined) {
  const behind = await attempts?.();
  // Clients take text for a number too, and 0 for 1.
  if (behind !== undefined && !(Number(behind) <= 1)) {
    throw inputError(
      `the Kms given to retrying makes ${behind} attempts by itself; create its KMSClient with maxAttempts: 1`,
    );
  }
}

/** Rust knows the names; whether anything answered at all, clients say each in their own way. */
function isTransient(thrown: unknown): boolean {
  const status = statusOf(thrown);
  const passing = status === undefined ? isOfNetwork(thrown) : passes(status, undefined);
  return passing || openWasm().isTransient(nameOf(thrown));
}
