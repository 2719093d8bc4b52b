// The button that turns the light off or on; theme.ts finds what was chosen.

import { say } from "./language.ts";

const STORED = "bongtu-theme";
const root = document.documentElement;
const prefersDark = matchMedia("(prefers-color-scheme: dark)");

export function offerTheme(button: HTMLButtonElement): void {
  const isDark = () => (root.dataset.theme ?? (prefersDark.matches ? "dark" : "light")) === "dark";
  const label = () => {
    const other = isDark() ? "light" : "dark";
    say(button, ({ page }) => page[other]);
  };
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    localStorage.setItem(STORED, root.dataset.theme);
    label();
  });
  prefersDark.addEventListener("change", label);
  label();
}
