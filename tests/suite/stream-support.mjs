// Streams that hang, as the suites of streams share them.

export const never = () => new Promise(() => {});

/**
 * A source that gives `data` and then hangs; `cancelled` resolves with the reason once it is given
 * up.
 */
export function hanging(data) {
  let cancelled;
  const whenCancelled = new Promise((resolve) => {
    cancelled = resolve;
  });
  const stream = new ReadableStream({
    start: (controller) => controller.enqueue(data),
    pull: never,
    cancel: cancelled,
  });
  return { stream, whenCancelled };
}
