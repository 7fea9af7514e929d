"""What axe finds wrong with a page as it stands, by WCAG 2.2 AA.

It is put into a page once, though the page is looked at in several widths and themes. A theme changes colors and
nothing else, so a page that was looked at in the light is asked in the dark for what hangs on colors alone.
"""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

ALL = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
OF_COLORS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
# Listing all that is right takes as long as looking.
RUN = """
async ([within, runOnly]) => {
    // A bar at the edge covers half of what one has not scrolled out from under it: no target is too small by that.
    const bars = [...document.querySelectorAll(".close-bar, .save-bar, .bulk")].filter(bar =>
        !bar.matches(".bulk") || getComputedStyle(bar).position === "fixed");
    bars.forEach(bar => bar.style.position = "static");
    const found = await axe.run(within ?? document, {runOnly, resultTypes: ["violations"], iframes: false});
    bars.forEach(bar => bar.style.position = "");
    return found.violations.map(each => ({
        rule: each.id,
        help: each.help,
        nodes: each.nodes.map(node => `${node.target.join(" ")}: ${node.failureSummary}`),
    }));
}
"""


def broken(page: Page, *, within: str = "", colors_only: bool = False) -> list[dict[str, Any]]:
    """Return each rule that is broken, with the elements that break it; ``within`` is a selector."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[dict[str, Any]] = page.evaluate(RUN, [within or None, OF_COLORS if colors_only else ALL])
    return found
