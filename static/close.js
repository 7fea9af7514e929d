// Ship and Close with a scanner: Enter, which a scanner sends after each number, goes to the next field and never sends the
// form; a pasted column fills the fields below. Without this file Enter only checks, and a column goes into the text above.
(() => {
  const fields = () => [...document.querySelectorAll("#close input[data-scan]")];
  const say = (words) => {
    const place = document.getElementById("scanned");
    if (place) place.textContent = words;
  };

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
    (all[from + numbers.length] ?? document.getElementById("ship"))?.focus();
  });
})();
