// Locks between the pages of an origin, which end with the page that has them.

/** Resolves to a function that releases the lock, or to `undefined` if somebody else holds it. */
export function takeWebLock(name: string): Promise<(() => Promise<void>) | undefined> {
  return new Promise((resolve, reject) => {
    const held = (lock: Lock | null) => {
      if (lock === null) {
        resolve(undefined);
        return undefined;
      }
      return new Promise<void>((release) => {
        resolve(async () => {
          release();
          await ended;
        });
      });
    };
    const ended = navigator.locks.request(name, { ifAvailable: true }, held);
    ended.catch(reject);
  });
}
