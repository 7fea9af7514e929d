// Light or dark. Loaded in the head, before anything is drawn; without it pages follow the system.
(() => {
  const root = document.documentElement;
  const choices = ["system", "light", "dark"];
  const read = () => {
    try { return localStorage.getItem("theme") || "system"; } catch { return "system"; }
  };
  const show = (choice) => {
    if (choice === "system") delete root.dataset.theme;
    else root.dataset.theme = choice;
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      button.hidden = false;
      button.querySelector("[data-theme-word]").textContent = choice;
    }
  };

  root.dataset.js = "";
  show(read());
  document.addEventListener("DOMContentLoaded", () => show(read()));
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-switch]")) return;
    const next = choices[(choices.indexOf(read()) + 1) % choices.length];
    try { localStorage.setItem("theme", next); } catch { /* not remembered, still shown */ }
    show(next);
  });
})();
