// How the pages of these examples ask their back end (back-end.mjs).

/** Calls one of its functions. */
export async function ask(name, input) {
  const response = await fetch(`/api/${name}`, { method: "POST", body: JSON.stringify(input) });
  if (!response.ok) throw new Error(`the back end refused: ${await response.text()}`);
  return response.json();
}

/**
 * Has it sign a request: `headers` as they are to be sent, `contentLength` for the one that only the browser can set. In the answer
 * are the headers that must be sent, those among them that the back end added.
 */
export function sign({ headers = {}, contentLength, ...request }) {
  const length = contentLength === undefined ? {} : { "content-length": String(contentLength) };
  return ask("sign", { ...request, headers: { ...headers, ...length } });
}
