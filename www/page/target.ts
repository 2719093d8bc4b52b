// What a file is sealed to: style.css shows what index.html has for the one or the other.

export type Target = "message" | "object";

/** Calls back with the first choice and with every other. */
export function offerTargets(onTarget: (target: Target) => void): void {
  const inputs = document.querySelectorAll<HTMLInputElement>('input[name="target"]');
  for (const input of inputs) {
    const take = () => {
      const target: Target = input.value === "object" ? "object" : "message";
      document.documentElement.dataset.target = target;
      onTarget(target);
    };
    input.addEventListener("change", take);
    if (input.checked) take();
  }
}
