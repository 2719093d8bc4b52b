// Loaded before the first paint, so that a chosen theme does not flash into place.

const STORED = "bongtu-theme";
const root = document.documentElement;
const prefersDark = matchMedia("(prefers-color-scheme: dark)");

const chosen = localStorage.getItem(STORED);
if (chosen) root.dataset.theme = chosen;

document.addEventListener("DOMContentLoaded", () => {
  const button = document.getElementById("theme");
  if (!button) return;
  const name = () => root.dataset.theme ?? (prefersDark.matches ? "dark" : "light");
  const label = () => {
    button.textContent = name() === "dark" ? "Light theme" : "Dark theme";
  };
  button.addEventListener("click", () => {
    root.dataset.theme = name() === "dark" ? "light" : "dark";
    localStorage.setItem(STORED, root.dataset.theme);
    label();
  });
  prefersDark.addEventListener("change", label);
  label();
});
