// What lies over a page while it is open: details.overlay, and on a phone the drawer of the filters. A click or the focus
// beside it closes it, and so does Escape. That another of the same name opens closes it by itself, without this file.
(() => {
  const own = (details) => details.querySelector(":scope > summary");
  const isOver = (details) => own(details).getClientRects().length > 0; // at a desk the drawer is a row like any other
  const opened = () => [...document.querySelectorAll("details.overlay[open], [data-drawer][open]")].filter(isOver);
  const closeBeside = ({ target }) => {
    for (const details of opened()) if (target.isConnected && !details.contains(target)) details.open = false;
  };

  document.addEventListener("click", closeBeside);
  document.addEventListener("focusin", closeBeside);
  document.addEventListener("keydown", (event) => {
    const details = opened().pop();
    if (event.key !== "Escape" || !details || document.querySelector("dialog[open]")) return;
    details.open = false;
    own(details).focus();
  });
  const settle = () => document.querySelectorAll("[data-drawer]").forEach((drawer) => {
    drawer.open = !isOver(drawer);
    drawer.dataset.ready = "";
  });
  matchMedia("(max-width: 800px)").addEventListener("change", settle);
  settle();
})();
