// Messages can be put away, and a form that was refused is where the reader is. Without this file messages stay until the
// next page, and what is wrong stands beside its field.
(() => {
  const ready = () => {
    for (const button of document.querySelectorAll("[data-dismiss]")) button.hidden = false;
    const main = document.getElementById("main");
    const wrong = main?.querySelector("form [role=alert], .problem[role=alert]") ?? main?.querySelector("[aria-invalid=true]");
    if (!wrong) return;
    if (!wrong.matches("input, select, textarea")) wrong.tabIndex = -1;
    wrong.focus();
  };
  document.addEventListener("DOMContentLoaded", ready);
  document.addEventListener("htmx:oobAfterSwap", () => {
    for (const button of document.querySelectorAll("[data-dismiss]")) button.hidden = false;
  });
  document.addEventListener("click", (event) => {
    event.target.closest("[data-dismiss]")?.closest(".message").remove();
  });
})();
