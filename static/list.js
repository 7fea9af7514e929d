// Keyboard and choosing on lists: / search, j k rows, x choose, s ship and close what is chosen, Enter open (the row's
// link has the focus), ? help.
// Everything listens on the document, so rows that htmx brings later work alike. What is chosen is kept over the pages
// of a list until something is done with it. Without this file the forms still work, each page by itself.
(() => {
  const boxes = (form) => [...form.querySelectorAll("tbody input[type=checkbox]")];
  let last = null; // the box a Shift-click counts from

  // Of the actions, those that can be done to one of the chosen rows at least.
  const offer = (bar, chosen, others) => {
    const statuses = chosen.map((box) => box.closest("tr")?.querySelector("[data-status]")?.dataset.status).concat(others.map(() => ""));
    for (const button of bar.querySelectorAll("[data-for]")) {
      const fits = button.dataset.for.split(" ");
      button.hidden = statuses.length > 0 && statuses.every((status) => status && !fits.includes(status));
    }
  };

  // -- What is chosen, by the list's address without the page: its ids, in this tab of the browser ----------------------
  const nameOf = (form) => {
    const url = new URL(form.getAttribute("action") || location.pathname, location.href);
    for (const each of ["after", "sort"]) url.searchParams.delete(each);
    return `chosen ${form.elements.working_in?.value ?? ""} ${url.pathname}${url.search}`;
  };
  const read = (name) => {
    try { return new Set(JSON.parse(sessionStorage.getItem(name) || "[]")); } catch { return new Set(); }
  };
  const keep = (name, ids) => {
    try {
      if (ids.size) sessionStorage.setItem(name, JSON.stringify([...ids]));
      else sessionStorage.removeItem(name);
    } catch { /* then each page stands for itself */ }
  };
  const elsewhere = (form) => {
    const here = new Set(boxes(form).map((box) => box.value));
    return [...read(nameOf(form))].filter((id) => !here.has(id));
  };

  const count = (form) => {
    const all = boxes(form);
    const chosen = all.filter((box) => box.checked);
    const others = elsewhere(form);
    const bar = form.querySelector("[data-bulk]");
    const matching = form.querySelector("[data-all-matching]");
    const head = form.querySelector("[data-all]");
    keep(nameOf(form), new Set([...others, ...chosen.map((box) => box.value)]));
    if (bar) {
      const total = chosen.length + others.length;
      bar.classList.toggle("on", total > 0);
      if (matching && chosen.length < all.length) matching.checked = false; // whoever takes one out does not mean all
      offer(bar, matching?.checked ? [] : chosen, matching?.checked ? [] : others);
      bar.querySelector("[data-count]").textContent = matching?.checked
        ? matching.closest("label").textContent.trim().replace(/^or select /, "Selected: ")
        : `${total} selected${others.length ? `, ${others.length} on other pages` : ""}`;
      const clear = bar.querySelector("[data-clear]");
      if (clear) clear.hidden = total === 0;
    }
    if (head) {
      head.checked = chosen.length > 0 && chosen.length === all.length;
      head.indeterminate = chosen.length > 0 && chosen.length < all.length;
    }
  };
  const countAll = () => document.querySelectorAll("form[data-list]").forEach((form) => {
    const name = nameOf(form);
    const sent = read(`sent ${name}`); // what was refused is chosen still
    if (document.querySelector("#messages .tone-warn")) keep(name, new Set([...read(name), ...sent]));
    keep(`sent ${name}`, new Set());
    const kept = read(name);
    boxes(form).forEach((box) => { box.checked ||= kept.has(box.value); });
    count(form);
  });

  const send = (form) => {
    form.querySelectorAll("[data-kept]").forEach((field) => field.remove());
    if (!form.querySelector("[data-all-matching]")?.checked) {
      for (const id of elsewhere(form)) {
        const field = Object.assign(document.createElement("input"), { type: "hidden", name: "chosen", value: id });
        field.dataset.kept = "";
        form.append(field);
      }
    }
    keep(`sent ${nameOf(form)}`, read(nameOf(form)));
    keep(nameOf(form), new Set());
  };

  const choose = (form, box, shift) => {
    const all = boxes(form);
    if (shift && all.includes(last)) {
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
      all.slice(from, to + 1).forEach((each) => { each.checked = box.checked; });
    }
    last = box;
    count(form);
  };
  const clear = (form) => {
    keep(nameOf(form), new Set());
    form.querySelectorAll("input[type=checkbox]").forEach((box) => { box.checked = false; });
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
    "/": () => (document.querySelector("main input[type=search]") ?? document.querySelector("input[type=search]"))?.focus(),
    j: () => move(1),
    k: () => move(-1),
    x: () => document.activeElement.closest("[data-list] tbody tr")?.querySelector("input[type=checkbox]")?.click(),
    s: () => document.querySelector(".bulk.on [data-key=s]:not([hidden])")?.click(),
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
    if (form && event.target.closest("[data-clear]")) return clear(form);
    if (!form || !event.target.matches("input[type=checkbox]")) return;
    if (event.target.matches("[data-all], [data-all-matching]")) {
      if (event.target.checked || event.target.matches("[data-all]")) {
        boxes(form).forEach((box) => { box.checked = event.target.checked; });
      }
      count(form);
    } else if (event.target.closest("tbody")) choose(form, event.target, event.shiftKey);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("form[data-list]") && !event.submitter?.hasAttribute("formaction")) send(event.target);
  });
  // What is active in a strip that scrolls sideways is in sight.
  const reveal = () => document.querySelectorAll(".list-tabs [aria-current]").forEach((link) => {
    for (const strip of [link.closest("nav"), link.closest(".list-tabs")]) {
      const beyond = link.getBoundingClientRect().right - strip.getBoundingClientRect().right;
      if (beyond > 0) strip.scrollLeft += beyond + 16;
    }
  });
  for (const moment of ["DOMContentLoaded", "pageshow", "htmx:afterSettle"]) {
    window.addEventListener(moment, countAll);
    window.addEventListener(moment, reveal);
  }
})();
