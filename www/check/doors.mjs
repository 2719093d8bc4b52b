// The back end can decrypt, so nobody but its own page of this start may come in.

import { request } from "node:http";

import { check } from "./report.mjs";

/** @param {{ origin: string, token: string }} demo */
export async function checkDoors({ origin, token }) {
  const own = { host: new URL(origin).host, origin, "x-demo-token": token };
  const { origin: _, ...withoutOrigin } = own;
  const { "x-demo-token": __, ...withoutToken } = own;

  check("the back end answers its own page", (await ask(origin, "POST", own)) === 200);
  check(
    "and refuses another host name, another origin, none, no token, a wrong one, and GET",
    (await ask(origin, "POST", { ...own, host: "rebound.example" })) === 421 &&
      (await ask(origin, "POST", { ...own, origin: "http://elsewhere.example" })) === 403 &&
      (await ask(origin, "POST", withoutOrigin)) === 403 &&
      (await ask(origin, "POST", withoutToken)) === 403 &&
      (await ask(origin, "POST", { ...own, "x-demo-token": `${token}x` })) === 403 &&
      (await ask(origin, "GET", own)) === 405,
  );
}

/** The status of an answer; `fetch` would not send these headers. */
function ask(origin, method, headers) {
  return new Promise((resolve, reject) => {
    request(`${origin}/api/key`, { method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end(method === "POST" ? "{}" : undefined);
  });
}
