// The box that finds everything: Ctrl-K opens it as a dialog that finds while one types; arrows go through what it found.
// And fields for several numbers: a column copied from a sheet is many lines, which a field would glue together.
// Without this file the box is a form like any other.
(() => {
  const open = (finder) => {
    finder.showModal();
    finder.querySelector("input[type=search]").select();
  };
  const isShortcut = (event) => (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
  const go = (finder, event) => {
    const types = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (isShortcut(event)) {
      event.preventDefault();
      finder.querySelector("input[type=search]").select();
      return;
    }
    if (types && document.activeElement?.matches("a[href]")) { // what is typed is asked for, it never opens a result
      finder.querySelector("input[type=search]").focus();
      return;
    }
    const stops = [...finder.querySelectorAll("input[type=search], a[href]")];
    const here = stops.indexOf(document.activeElement);
    const next = stops[here + { ArrowDown: 1, ArrowUp: -1 }[event.key]];
    if (here < 0 || !next) return;
    event.preventDefault();
    next.focus();
  };

  document.addEventListener("keydown", (event) => {
    const finder = document.getElementById("finder");
    if (!finder) return;
    if (finder.open) return go(finder, event);
    if (!isShortcut(event)) return;
    event.preventDefault();
    if (!document.querySelector("dialog[open]")) open(finder);
  });
  document.addEventListener("click", (event) => {
    if (event.target.id === "finder") event.target.close(); // beside the dialog
  });
  document.addEventListener("paste", (event) => {
    const { target } = event;
    const lines = event.clipboardData?.getData("text").trim() ?? "";
    if (!target.matches?.("[data-one-line]") || !/[\r\n]/.test(lines)) return;
    event.preventDefault();
    target.setRangeText(lines.replace(/\s*[\r\n]+\s*/g, ","), target.selectionStart, target.selectionEnd, "end");
    target.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
