// Pages that follow by themselves (core/ui/live_pages.py): asks for the page again and puts in place what says so by
// data-live. Nothing is replaced that somebody types into, has ticked, opened, or is about to click; nothing moves under
// the pointer. Without this file there is a link that loads the page again.
(() => {
  const MOST_FAILED = 4;
  const HIDDEN = 6; // times slower while nobody looks
  const main = document.getElementById("main");
  if (!main?.dataset.liveEvery) return;
  const every = Number(main.dataset.liveEvery) * 1000;
  const address = () =>
    document.querySelector("[data-live-address]")?.dataset.liveAddress ?? main.dataset.liveUrl ?? location.pathname + location.search;
  const regions = (root) => [...root.querySelectorAll("[data-live]")];
  const html = (region) => region.innerHTML.replace(/(name="csrfmiddlewaretoken" value=")[^"]*/g, "$1");
  const shows = new WeakMap(regions(document).map((region) => [region, html(region)]));
  let tag = main.dataset.liveTag ?? "";
  if (!tag && !main.dataset.liveUrl) return;
  let failed = 0;
  let timer = null;
  let waiting = null; // what could not be put in place yet
  let pointer = null;

  // -- When a part has to stay as it is --------------------------------------------------------------------------------
  const isTouched = (field) => {
    if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
    if (field.matches("select")) return [...field.options].some((option) => option.selected !== option.defaultSelected);
    return field.type !== "hidden" && field.value !== field.defaultValue;
  };
  const isBusy = (region) => {
    const guard = region.closest("[data-live-guard]") ?? region;
    if (guard.contains(document.activeElement)) return true;
    if ([...guard.querySelectorAll("input, textarea, select")].some(isTouched)) return true;
    if (guard.querySelector("details[open], dialog[open]")) return true;
    if ([...guard.querySelectorAll("[popover]")].some((each) => each.matches(":popover-open"))) return true;
    return region.matches(":hover") && region.querySelector("a, button, summary, label, input, select") !== null;
  };

  // -- Putting in place ------------------------------------------------------------------------------------------------
  const keepingStill = (change) => {
    const under = pointer && document.elementFromPoint(...pointer);
    const top = under?.getBoundingClientRect().top;
    change();
    if (!under?.isConnected) return;
    const moved = under.getBoundingClientRect().top - top;
    if (moved) window.scrollBy({ top: moved, behavior: "instant" });
  };
  const put = (region, fresh) => {
    region.className = fresh.className;
    region.replaceChildren(...fresh.content);
    shows.set(region, fresh.html);
    window.htmx?.process(region);
  };
  const apply = () => {
    if (!waiting) return;
    const due = [];
    let left = false;
    for (const region of regions(document)) {
      const fresh = waiting.get(region.dataset.live);
      if (!fresh || fresh.html === shows.get(region)) continue;
      if (isBusy(region)) left = true;
      else due.push([region, { ...fresh, content: [...fresh.region.cloneNode(true).childNodes] }]);
    }
    if (due.length) keepingStill(() => due.forEach(([region, fresh]) => put(region, fresh)));
    if (!left) waiting = null;
  };
  const take = (text) => {
    const answer = document.createElement("template");
    answer.innerHTML = text;
    waiting = new Map();
    for (const region of regions(answer.content)) {
      const name = region.dataset.live;
      if (!waiting.has(name)) waiting.set(name, { region, html: html(region), className: region.className });
    }
    apply();
  };

  // -- Asking ----------------------------------------------------------------------------------------------------------
  const say = (words) => {
    const place = document.getElementById("live-state");
    if (!place) return;
    place.replaceChildren();
    if (!words) return;
    const again = document.createElement("a");
    again.href = location.href;
    again.textContent = "Reload";
    place.append(`${words} `, again);
  };
  const later = () => {
    clearTimeout(timer);
    const slower = (document.visibilityState === "hidden" ? HIDDEN : 1) * 2 ** failed;
    timer = setTimeout(ask, every * slower);
  };
  const stop = (words) => {
    clearTimeout(timer);
    main.dataset.liveStopped = "";
    say(words);
  };
  const ask = async () => {
    clearTimeout(timer);
    const rows = [...document.querySelectorAll("[data-live-row]")].map((row) => row.dataset.liveRow);
    const about = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
    const headers = { "X-Live": "1", "If-None-Match": tag, "X-Live-Shown": rows.join(",") };
    if (about["X-Working-In"]) headers["X-Working-In"] = about["X-Working-In"];
    const asked = address();
    let answer = null;
    let text = "";
    try {
      answer = await fetch(asked, { headers, cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(20000) });
      if (answer.ok) text = await answer.text();
    } catch { /* away: asked again */ }
    if (asked !== address()) return later(); // somebody went on meanwhile
    if (answer?.status === 409) return stop("You now work in another organization.");
    if (answer && (answer.type === "opaqueredirect" || (answer.status >= 400 && answer.status < 500 && answer.status !== 429)))
      return stop("Not up to date.");
    if (answer?.ok || answer?.status === 304) {
      failed = 0;
      if (answer.ok) {
        tag = answer.headers.get("ETag") ?? "";
        take(text);
      }
    } else if (++failed >= MOST_FAILED) return stop("Not up to date.");
    return later();
  };

  document.addEventListener("pointermove", (event) => { pointer = [event.clientX, event.clientY]; }, { passive: true });
  for (const moment of ["pointerover", "focusout", "click", "keyup"])
    document.addEventListener(moment, () => { if (waiting) setTimeout(apply); }, { passive: true });
  document.addEventListener("visibilitychange", () => {
    if ("liveStopped" in main.dataset) return;
    if (document.visibilityState === "visible") ask();
    else later();
  });
  later();
})();
