// Draws lines over time from the numbers beside them. Without this file the page's tables say the same.
// A page that follows by itself puts another place there, which is drawn anew.
(() => {
  let place;
  let drawn;
  const begin = () => {
    place = document.querySelector("[data-line-plot]");
    if (!place || !document.getElementById("line-plot") || !window.uPlot) return;
    place.hidden = false;
    draw();
  };
  const colors = ["--accent", "--good", "--warn", "--bad", "--busy", "--muted"];
  const colored = (name) => getComputedStyle(place).getPropertyValue(name).trim();
  // Colors with two values are resolved by an element: a canvas takes only one.
  const resolved = (name) => {
    place.style.color = `var(${name})`;
    const found = getComputedStyle(place).color;
    place.style.color = "";
    return found || colored(name);
  };
  // In the time zone that the page tells its times in, not in the browser's own.
  let day;
  let hour;
  const zoned = (timeZone) => {
    day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone });
    hour = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone });
  };
  // As times are told elsewhere: "21 Nov", and the hour where hours are drawn; the day once, where it begins.
  const marks = (_, moments, axis, space, step) =>
    moments.map((moment, place) => {
      const at = new Date(moment * 1000);
      if (step >= 86400) return day.format(at);
      const before = place ? day.format(new Date(moments[place - 1] * 1000)) : "";
      return before === day.format(at) ? hour.format(at) : `${hour.format(at)}\n${day.format(at)}`;
    });
  const told = (_, moment) => (moment ? `${day.format(moment * 1000)}, ${hour.format(moment * 1000)}` : "–");
  const draw = () => {
    const { moments, names, values, base = 0 } = JSON.parse(document.getElementById("line-plot").textContent);
    const zone = place.dataset.zone || undefined;
    zoned(zone);
    drawn?.destroy();
    const axis = { stroke: resolved("--muted"), grid: { stroke: resolved("--line") }, ticks: { stroke: resolved("--line") } };
    drawn = new uPlot(
      {
        width: place.clientWidth,
        height: 240,
        tzDate: (moment) => (zone ? uPlot.tzDate(new Date(moment * 1000), zone) : new Date(moment * 1000)),
        scales: { y: { range: (_, low, high) => [Math.min(base, low), Math.max(high, base + 1)] } },
        axes: [{ ...axis, values: marks, size: 50 }, { ...axis, size: 60 }],
        series: [
          { label: "Time", value: told },
          ...names.map((label, number) => ({
            label,
            stroke: resolved(colors[number % colors.length]),
            width: 2,
            dash: number ? [6, 4] : undefined,
            spanGaps: true,
            paths: uPlot.paths.stepped({ align: 1 }),
          })),
        ],
      },
      [moments, ...values],
      place,
    );
  };
  begin();
  if (!drawn) return;
  addEventListener("resize", () => drawn.setSize({ width: place.clientWidth, height: 240 }));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  const live = place.closest("[data-live]");
  if (live) new MutationObserver(() => { if (!place.isConnected) begin(); }).observe(live, { childList: true });
})();
