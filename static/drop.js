// A file dropped anywhere on the page of the tracking import is chosen and sent, as if somebody had picked it and pressed
// the button. Without this file it is picked in the field.
(() => {
  const area = document.querySelector("[data-drop-area]");
  const field = area?.querySelector("input[data-drop]");
  if (!field) return;
  const holdsFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

  document.addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault(); // or the browser would open the file in place of the page
    area.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) area.classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    area.classList.remove("dropping");
    field.files = event.dataTransfer.files;
    area.requestSubmit();
  });
  field.addEventListener("change", () => { if (field.files.length) area.requestSubmit(); });
})();
