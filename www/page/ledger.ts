// Every request this page makes, seen twice: by the browser's own resource timing, and by counting the
// calls of what the page could send with.

export interface Sighting {
  /** Milliseconds since the page was opened. */
  at: number;
  seenBy: "timing" | "fetch" | "XMLHttpRequest" | "sendBeacon" | "policy";
  url: string;
}

// Resource timing reports after the fact; this is long enough for all of it to have arrived.
const SETTLE_MS = 100;

export class Ledger {
  readonly #sightings: Sighting[] = [];
  readonly #observer: PerformanceObserver;

  constructor() {
    this.#observer = new PerformanceObserver((list) => this.#take(list.getEntries()));
    this.#observer.observe({ type: "resource", buffered: true });
    this.#countCalls();
    // A request that the content security policy stops is never sent, but somebody has tried.
    document.addEventListener("securitypolicyviolation", ({ blockedURI, timeStamp }) =>
      this.#add(timeStamp, "policy", blockedURI),
    );
  }

  /** All requests so far, and those that began between two instants of `performance.now()`. */
  async between(start: number, end: number): Promise<{ all: Sighting[]; meanwhile: Sighting[] }> {
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    this.#take(this.#observer.takeRecords());
    const all = [...this.#sightings].sort((left, right) => left.at - right.at);
    return { all, meanwhile: all.filter(({ at }) => at >= start && at <= end) };
  }

  #take(entries: PerformanceEntryList): void {
    for (const { startTime, name } of entries) this.#add(startTime, "timing", name);
  }

  #countCalls(): void {
    const count = <Owner, Name extends keyof Owner>(
      owner: Owner,
      name: Name,
      seenBy: Sighting["seenBy"],
      addressOf: (args: unknown[]) => unknown,
    ) => {
      owner[name] = new Proxy(owner[name] as Owner[Name] & object, {
        apply: (method, self, args) => {
          this.#add(performance.now(), seenBy, String(addressOf(args)));
          return Reflect.apply(method as never, self, args);
        },
      });
    };
    const ofInput = ([input]: unknown[]) => (input instanceof Request ? input.url : input);
    count(window, "fetch", "fetch", ofInput);
    count(navigator, "sendBeacon", "sendBeacon", ofInput);
    count(XMLHttpRequest.prototype, "open", "XMLHttpRequest", ([, url]) => url);
  }

  // Blobs are pieces of this page's memory; showing one asks nobody. Queries hold signatures.
  #add(at: number, seenBy: Sighting["seenBy"], address: string): void {
    const { protocol, origin, pathname } = new URL(address, location.href);
    if (protocol !== "blob:") this.#sightings.push({ at, seenBy, url: origin + pathname });
  }
}
