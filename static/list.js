// Keyboard and choosing on lists: / search, j k rows, x choose, Enter open (the row's link has the focus), ? help.
// Everything listens on the document, so rows that htmx brings later work alike. Without this file the forms still do.
(() => {
  const boxes = (form) => [...form.querySelectorAll("tbody input[type=checkbox]")];
  let last = null; // the box a Shift-click counts from

  // Of the actions, those that can be done to one of the chosen rows at least.
  const offer = (form, bar, chosen) => {
    const statuses = chosen.map((box) => box.closest("tr")?.querySelector("[data-status]")?.dataset.status);
    for (const button of bar.querySelectorAll("[data-for]")) {
      const fits = button.dataset.for.split(" ");
      button.hidden = statuses.length > 0 && statuses.every((status) => status && !fits.includes(status));
    }
  };

  const count = (form) => {
    const all = boxes(form);
    const chosen = all.filter((box) => box.checked).length;
    const bar = form.querySelector("[data-bulk]");
    const matching = form.querySelector("[data-all-matching]");
    const head = form.querySelector("[data-all]");
    if (bar) {
      bar.classList.toggle("on", chosen > 0);
      if (matching && chosen < all.length) matching.checked = false; // whoever takes one out does not mean all
      offer(form, bar, matching?.checked ? [] : all.filter((box) => box.checked));
      bar.querySelector("[data-count]").textContent = matching?.checked ? "All that match" : `${chosen} selected`;
    }
    if (head) {
      head.checked = chosen > 0 && chosen === all.length;
      head.indeterminate = chosen > 0 && chosen < all.length;
    }
  };
  const countAll = () => document.querySelectorAll("form[data-list]").forEach(count);

  const choose = (form, box, shift) => {
    const all = boxes(form);
    if (shift && all.includes(last)) {
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
      all.slice(from, to + 1).forEach((each) => { each.checked = box.checked; });
    }
    last = box;
    count(form);
  };

  const rows = () =>
    [...document.querySelectorAll("[data-list] tbody tr")].filter((row) => row.querySelector("a[href]"));
  const move = (step) => {
    const all = rows();
    const here = all.findIndex((row) => row.contains(document.activeElement));
    const row = all[here < 0 ? 0 : Math.min(Math.max(here + step, 0), all.length - 1)];
    row?.querySelector("a[href]").focus();
  };

  const keys = {
    "/": () => document.querySelector("input[type=search]")?.focus(),
    j: () => move(1),
    k: () => move(-1),
    x: () => document.activeElement.closest("[data-list] tbody tr")?.querySelector("input[type=checkbox]")?.click(),
    "?": () => document.getElementById("keys")?.showModal(),
  };
  const typing = (element) => element.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector("dialog[open]") || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  });
  document.addEventListener("click", (event) => {
    const form = event.target.closest("form[data-list]");
    if (!form || !event.target.matches("input[type=checkbox]")) return;
    if (event.target.matches("[data-all], [data-all-matching]")) {
      if (event.target.checked || event.target.matches("[data-all]")) {
        boxes(form).forEach((box) => { box.checked = event.target.checked; });
      }
      count(form);
    } else if (event.target.closest("tbody")) choose(form, event.target, event.shiftKey);
  });
  for (const moment of ["DOMContentLoaded", "pageshow", "htmx:afterSettle"]) window.addEventListener(moment, countAll);
})();
