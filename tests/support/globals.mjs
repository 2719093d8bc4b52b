// Puts other things in the place of globals, and the globals back.

/** Runs with these property descriptors for globals, by name. */
export async function withDescriptors(descriptors, run) {
  const before = Object.keys(descriptors).map((name) => [
    name,
    Object.getOwnPropertyDescriptor(globalThis, name),
  ]);
  Object.defineProperties(globalThis, descriptors);
  try {
    return await run();
  } finally {
    for (const [name, descriptor] of before) {
      if (descriptor === undefined) {
        delete globalThis[name];
      } else {
        Object.defineProperty(globalThis, name, descriptor);
      }
    }
  }
}

/** Runs with these values for globals, by name. */
export async function withGlobals(globals, run) {
  const descriptors = Object.entries(globals).map(([name, value]) => [
    name,
    { value, configurable: true, writable: true },
  ]);
  return await withDescriptors(Object.fromEntries(descriptors), run);
}
