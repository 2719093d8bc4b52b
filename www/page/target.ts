// The target that is chosen: style.css shows those parts of index.html that belong to it.

const TARGETS = ["message", "object", "customerKey"] as const;

/** With `customerKey` S3 encrypts the file, and the key for that is sealed. */
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
