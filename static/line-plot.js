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
  const draw = () => {
    const { moments, names, values, base = 0 } = JSON.parse(document.getElementById("line-plot").textContent);
    drawn?.destroy();
    const axis = { stroke: resolved("--muted"), grid: { stroke: resolved("--line") }, ticks: { stroke: resolved("--line") } };
    drawn = new uPlot(
      {
        width: place.clientWidth,
        height: 240,
        scales: { y: { range: (_, low, high) => [Math.min(base, low), Math.max(high, base + 1)] } },
        axes: [axis, { ...axis, size: 60 }],
        series: [
          {},
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
