"""Settings of the site; nothing a reader opens asks another machine for anything."""

project = "Cloud AI Market"
author = "Cloud AI Market contributors"
html_title = "Cloud AI Market"
language = "en"

# Ours first: importing it spares every build two seconds, see cloudmarket/report/__init__.py.
extensions = ["cloudmarket.report.render", "myst_nb"]
exclude_patterns = ["downloads/**"]

# A dollar sign in prose is a price, not mathematics.
myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3
nb_execution_mode = "off"
# Tables and links to other notebooks in computed text work as they do in written text.
nb_render_markdown_format = "myst"
nb_code_prompt_show = "Show the code"
nb_code_prompt_hide = "Hide the code"
nb_ipywidgets_js: dict[str, dict[str, str]] = {}
# Sphinx's own choice, MathJax, would be loaded from another machine.
html_math_renderer = "plain"

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["cloudmarket.css"]
html_js_files = [("cloudmarket.js", {"defer": "defer"})]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_show_copyright = False
# Summaries under search hits are fetched, and a page opened from the file system must not fetch.
html_show_search_summary = False
html_theme_options = {"navigation_with_keys": True, "footer_icons": []}
