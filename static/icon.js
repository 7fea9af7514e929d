// The tab's icon turns while something is wrong, as the menu's counts follow (live.js). Without this file it says how it
// was when the page was opened.
(() => {
  const icon = document.querySelector("link[rel=icon][data-alarmed]");
  const counts = document.querySelectorAll("nav [data-live^=menu-]");
  if (!icon || !counts.length) return;
  const turn = () => {
    const alarmed = document.querySelector("nav [data-live^=menu-] .count.tone-bad") !== null;
    const wanted = alarmed ? icon.dataset.alarmed : icon.dataset.calm;
    if (icon.getAttribute("href") !== wanted) icon.setAttribute("href", wanted);
  };
  const observer = new MutationObserver(turn);
  counts.forEach((each) => observer.observe(each, { childList: true, subtree: true }));
})();
