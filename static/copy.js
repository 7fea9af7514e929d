// Buttons with data-copy="id" copy the field or the text of that id. Without this file it can be copied by hand.
(() => {
  const copy = async (field) => {
    if (field.select) field.select();
    else getSelection().selectAllChildren(field);
    try {
      await navigator.clipboard.writeText(field.value ?? field.textContent.trim());
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
