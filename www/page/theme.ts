// Loaded before the first paint, so that a chosen theme does not flash into place.

const chosen = localStorage.getItem("bongtu-theme");
if (chosen) document.documentElement.dataset.theme = chosen;
