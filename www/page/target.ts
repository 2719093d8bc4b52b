// What is sealed, and to what: style.css shows what index.html has for the one or the other.

const TARGETS = ["message", "object", "customerKey"] as const;

/** With `customerKey` S3 encrypts the file, and what is sealed is the key that it does that with. */
export type Target = (typeof TARGETS)[number];

/** Calls back with the first choice and with every other. */
export function offerTargets(onTarget: (target: Target) => void): void {
  const inputs = document.querySelectorAll<HTMLInputElement>('input[name="target"]');
  for (const input of inputs) {
    const take = () => {
      const target = TARGETS.find((known) => known === input.value) ?? "message";
      document.documentElement.dataset.target = target;
      onTarget(target);
    };
    input.addEventListener("change", take);
    if (input.checked) take();
  }
}
