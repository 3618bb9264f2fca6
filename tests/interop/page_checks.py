"""What every view of the page must be: named for a screen reader, no wider than it, readable."""
# MIT License; see LICENSE

CONTROLS = {"button", "link", "textbox", "slider", "combobox", "checkbox", "radio"}


async def nameless(page):
    """The visible controls that a screen reader could not name."""
    session = await page.context.new_cdp_session(page)
    tree = await session.send("Accessibility.getFullAXTree")
    return [
        node["role"]["value"]
        for node in tree["nodes"]
        if node.get("role", {}).get("value") in CONTROLS
        and not node.get("name", {}).get("value", "").strip()
    ]


async def overflow(page):
    """By how many pixels the page is wider than its window."""
    return await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


async def faint(page):
    """The texts whose contrast with what is behind them is below 4.5 : 1 (WCAG 2.2, 1.4.3)."""
    return await page.evaluate(_FAINT)


_FAINT = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const painted = (colors, text, opacity) => {
    canvas.globalAlpha = 1;
    canvas.clearRect(0, 0, 1, 1);
    for (const color of colors) { canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); }
    if (text) {
      canvas.globalAlpha = opacity;
      canvas.fillStyle = text;
      canvas.fillRect(0, 0, 1, 1);
    }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const luminance = (rgb) => rgb
    .map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const faint = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!own || !element.checkVisibility({ opacityProperty: true })) continue;
    const behind = [];
    let opacity = 1;
    for (let e = element; e; e = e.parentElement) {
      behind.unshift(getComputedStyle(e).backgroundColor);
      opacity *= Number(getComputedStyle(e).opacity);
    }
    const { color } = getComputedStyle(element);
    const [a, b] = [painted(behind, color, opacity), painted(behind)]
      .map(luminance).sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) faint.push(`${element.textContent.trim()}: ${ratio.toFixed(2)}`);
  }
  return faint;
}"""
