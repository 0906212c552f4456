"""Figures and images on the site: light or dark as the page is, with alt text and downloads."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from typing import Any, ClassVar

from docutils import nodes
from myst_nb.core.render import MimeData, NbElementRenderer
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

FIGURES = "/figures"
"""Folder of the figures' files inside the site's source."""

_DOWNLOADS = (("PNG", ".png"), ("SVG", ".svg"), ("PDF", ".pdf"), ("Data (CSV)", ".csv"))


class AltTextRenderer:
    """Renders images of notebooks with the alt text that their outputs carry.

    myst-nb calls it for every output; outputs other than PNG images with alt text are left to myst-nb.
    """

    mime_priority_overrides: ClassVar[Sequence[tuple[str, str, int | None]]] = ()

    @staticmethod
    def handle_mime(renderer: NbElementRenderer, data: MimeData, inline: bool) -> list[nodes.Element] | None:
        """Return the nodes of a figure or of an image with alt text, or None for any other output."""
        if data.mime_type != "image/png" or inline:
            return None
        about = data.output_metadata.get("cloudmarket")
        if about:
            return figure_nodes(about["slug"], about["alt"])
        alt = data.output_metadata.get("image/png", {}).get("alt")
        if not alt:
            return None
        images: list[nodes.Element] = renderer.render_image(data)
        images[0]["alt"] = alt
        return images


def figure_nodes(slug: str, alt: str) -> list[nodes.Element]:
    """Return a published figure as document nodes: both variants, alt text, and its files to download."""
    figure = nodes.figure(classes=["cm-figure"], ids=[f"figure-{slug}"])
    for ending, shown in ((".svg", "only-light"), ("-dark.svg", "only-dark")):
        figure += nodes.image(uri=f"{FIGURES}/{slug}{ending}", alt=alt, classes=[shown], loading="lazy")
    links = nodes.legend(classes=["cm-downloads"])
    paragraph = nodes.paragraph("", "Download: ")
    for place, (name, ending) in enumerate(_DOWNLOADS):
        if place:
            paragraph += nodes.Text(" · ")
        target = f"{FIGURES}/{slug}{ending}"
        paragraph += addnodes.download_reference("", "", nodes.inline("", name), reftarget=target)
    links += paragraph
    figure += links
    return [figure]


class FigureDirective(SphinxDirective):
    """The directive ``cloudmarket-figure``: a figure on a page, its slug and alt text as JSON."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the figure's nodes."""
        about = json.loads("\n".join(self.content))
        return [*figure_nodes(about["slug"], about["alt"])]


def _plain_formula(writer: HTML5Translator, node: nodes.Element) -> None:
    writer.body.append(f"<code>{html.escape(node.astext())}</code>")
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive, and formulas shown as they are typed, with Sphinx."""
    app.add_directive("cloudmarket-figure", FigureDirective)
    app.add_html_math_renderer("plain", (_plain_formula, None), (_plain_formula, None))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
