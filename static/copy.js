// Buttons with data-copy="id" copy the field of that id. Without this file the field can be copied by hand.
(() => {
  const copy = async (field) => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy"); // where there is no TLS, browsers offer nothing newer
    }
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    const field = button && document.getElementById(button.dataset.copy);
    if (!field) return;
    await copy(field);
    button.querySelector("span").textContent = "Copied";
  });
  document.querySelectorAll("[data-copy]").forEach((button) => { button.hidden = false; });
})();
