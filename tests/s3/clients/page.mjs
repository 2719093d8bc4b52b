// Lets a test have a page perform operations. Errors are values here: of an exception only its text would reach the test.

/** @param {Record<string, (input: object) => Promise<unknown>>} operations */
export function offer(operations) {
  globalThis.perform = async (operation, input) => {
    try {
      return { value: await operations[operation](input) };
    } catch (error) {
      return { error: { code: error.code, message: `${error} ${error.cause ?? ""}` } };
    }
  };
}
