// Leaves the result of the round trip, or what went wrong, where the test finds it.

import { roundTrip } from "./round-trip.mjs";

const violations = [];
document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
  violations.push(`${violatedDirective} ${blockedURI}`);
});

export async function reportRoundTrip(bongtu) {
  const result = await roundTrip(bongtu).catch((error) => ({ error: String(error) }));
  document.body.dataset.result = JSON.stringify({ ...result, violations });
}
