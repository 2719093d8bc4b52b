import { prepareAll } from "./compile.js";

/**
 * Compiles all WebAssembly that is imported here and was not compiled yet, in the background. Only
 * where an engine refuses to compile synchronously is it needed; elsewhere calls are quicker after it.
 */
export async function ready(): Promise<void> {
  await prepareAll();
}
