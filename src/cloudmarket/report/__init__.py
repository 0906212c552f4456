"""Run the notebooks and build the site."""

import sys

# jsonschema, which nbformat imports, tries this module for a check of addresses that the notebook format has no use
# for; it compiles a grammar for two seconds at import, once in every process of a build. Without it that check is
# left out, as jsonschema provides for.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
