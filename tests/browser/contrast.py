"""Whether every text of a form can be read: its contrast as WCAG 2 measures it."""

from __future__ import annotations

import re
from typing import Any

_TEXTS = (
    "label, legend, summary, h3, h4, p, li, th, td, code, pre, .cwkit-help, .cwkit-message:not(:empty), "
    ".cwkit-summary, .cwkit-toggle span, .cwkit-url, .cwkit-mark, .cwkit-code, .cwkit-badge, .cwkit-clean, "
    "[role=tab], button:not([aria-disabled=true])"
)


def assert_readable(form: Any) -> None:
    """Check that each visible text of a form has a contrast of 4.5 or more."""
    texts = form.locator(".cwkit").locator(_TEXTS).locator("visible=true")
    ratios = texts.evaluate_all(_CONTRAST)
    assert len(ratios) > 15
    names = texts.evaluate_all("(all) => all.map((e) => e.className + ': ' + e.textContent.slice(0, 40))")
    assert [(ratio, name) for ratio, name in zip(ratios, names, strict=True) if ratio < 4.5] == []


# The contrast of WCAG 2: each element's colour against the nearest background that is not transparent.
_CONTRAST = re.sub(
    r"\s+",
    " ",
    """
(elements) => {
  const scale = (text) => (text.startsWith("color(") ? 255 : 1);
  const parse = (text) => text.match(/[\\d.]+/g).map((n, i) => (i < 3 ? n * scale(text) : Number(n)));
  const light = (c) => c.slice(0, 3).map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const back = (e) => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  return elements.map((e) => {
    const under = back(e);
    const over = parse(getComputedStyle(e).color);
    const alpha = over[3] ?? 1;
    const seen = [0, 1, 2].map((i) => over[i] * alpha + under[i] * (1 - alpha));
    const [a, b] = [light(seen), light(under)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  });
}
""",
)
