// Ship and Close with a scanner: Enter, which a scanner sends after each number, goes to the next field and never sends the
// form; a pasted column fills the fields below. A ship method that is chosen fills in carrier, SCAC and service; typing over
// one of them lets go of it. Without this file Enter only checks, a column goes into the text above, and the server does
// the same with ship methods when the form is sent.
(() => {
  const fields = () => [...document.querySelectorAll("#close input[data-scan]")];
  const say = (words) => {
    const place = document.getElementById("scanned");
    if (place) place.textContent = words;
  };
  const count = () => {
    const place = document.querySelector("#close [data-scanned]");
    if (!place) return;
    const there = (field) => field.value.trim() || field.closest(".package-number")?.querySelector("select")?.value;
    place.textContent = fields().filter(there).length;
  };

  // -- Ship methods ---------------------------------------------------------------------------------------------------
  const typed = (group) => ["carrier", "scac", "service"].map((name) => [name, group.querySelector(`input[name^="${name}"]`)]);
  const filledBy = (group) => group.querySelector('input[name^="filled_by"]');

  document.addEventListener("change", (event) => {
    if (!event.target.matches?.("#close select[data-fills]")) {
      count();
      return;
    }
    const group = event.target.closest("[data-method]");
    const option = event.target.selectedOptions[0];
    if (option.value) typed(group).forEach(([name, field]) => { field.value = option.dataset[name]; });
    filledBy(group).value = option.value;
    const more = group.querySelector("details");
    if (more) more.open = !option.value;
  });

  document.addEventListener("input", (event) => {
    count();
    const group = event.target.closest?.("#close [data-method]");
    if (!group || !typed(group).some(([, field]) => field === event.target)) return;
    group.querySelector("select[data-fills]").value = "";
    filledBy(group).value = "";
  });

  // -- A scanner ------------------------------------------------------------------------------------------------------
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches?.("#close input[data-scan]")) return;
    event.preventDefault();
    const all = fields();
    const next = all[all.indexOf(event.target) + 1];
    if (next) {
      next.focus();
      next.select();
    } else document.getElementById("ship")?.focus();
  });

  document.addEventListener("paste", (event) => {
    if (!event.target.matches?.("#close input[data-scan]")) return;
    const text = event.clipboardData?.getData("text") ?? "";
    const numbers = text.replace(/[\r\n]+$/, "").split(/\r\n|\r|\n/).map((number) => number.trim());
    const box = document.querySelector("#close textarea[name=column]");
    if (box && /[\t;,|]/.test(text)) { // rows of a sheet: the server finds the orders they name
      event.preventDefault();
      box.value = text;
      box.closest("details").open = true;
      document.querySelector("#close button[name=spread]").click();
      return;
    }
    if (numbers.length < 2) return;
    event.preventDefault();
    const all = fields();
    const from = all.indexOf(event.target);
    const left = all.length - from;
    if (numbers.length > left) {
      say(`There are ${numbers.length} lines for ${left} field${left === 1 ? "" : "s"}. Nothing was filled in.`);
      return;
    }
    numbers.forEach((number, place) => { all[from + place].value = number; });
    say(`${numbers.length} tracking numbers filled in.`);
    count();
    (all[from + numbers.length] ?? document.getElementById("ship"))?.focus();
  });
})();
