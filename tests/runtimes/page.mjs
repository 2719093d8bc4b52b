// Runs the round trips here, or in a worker of the kind that the test asks for, under a policy with Trusted Types.

import * as bongtu from "/node_modules/bongtu/dist/index.js";
import { roundTrips } from "./round-trips.mjs";

const policy = trustedTypes.createPolicy("tests", { createScriptURL: (url) => url });

const KINDS = {
  page: () => roundTrips(bongtu),

  async "module worker"() {
    const url = policy.createScriptURL("/module-worker.mjs");
    return answerOf(new Worker(url, { type: "module" }));
  },

  async "shared worker"() {
    const url = policy.createScriptURL("/shared-worker.mjs");
    const { port } = new SharedWorker(url, { type: "module" });
    port.start();
    return answerOf(port);
  },

  async "service worker"() {
    const url = policy.createScriptURL("/service-worker.mjs");
    const registration = await navigator.serviceWorker.register(url, { type: "module" });
    const answer = answerOf(navigator.serviceWorker);
    navigator.serviceWorker.startMessages();
    (registration.installing ?? registration.waiting ?? registration.active).postMessage("start");
    return answer;
  },
};

globalThis.perform = (kind) => KINDS[kind]();

function answerOf(target) {
  return new Promise((resolve, reject) => {
    target.addEventListener("message", ({ data }) => resolve(data));
    target.addEventListener("error", ({ message }) => reject(new Error(message)));
  });
}
