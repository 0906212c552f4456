import shutil
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from cloudmarket.report import site
from cloudmarket.report.run import run_notebook

REAL = Path(__file__).resolve().parents[2]
SIDECAR = 'title = "LiteLLM price map"\nproducer = "BerriAI"\nlicence = "MIT"\n'

SET_UP = """
import pandas as pd

from cloudmarket import figures
from cloudmarket.figures import charts

rows = [(f"model-{step}", seller, 0.5 * step + 0.25) for seller in ("aws", "gcp") for step in range(12)]
prices = pd.DataFrame(rows, columns=["model", "seller", "usd"])
"""
FIGURE = """
figures.publish(
    "{slug}", charts.dots, prices, title="Prices differ little", subtitle="USD per million tokens",
    alt="Dots of twelve models on two clouds: the two prices of each model are the same.",
    sources=["litellm"], as_of="2026-11-17", value="usd", category="model", series="seller",
)
"""
CLAIM = """
import pandas as pd

from cloudmarket import arguments

rows = pd.DataFrame([("event", "curated", "A", "Announcement", "https://example.org/1", 0.5)],
                    columns=["table", "source", "evidence", "source_title", "url", "usd"])
arguments.publish([
    arguments.Claim(
        claim="price-of-one", statement="A token costs half a dollar | or so", value=0.5, low=0.25, high=0.75,
        unit="USD", interval="range over aardvarks", evidence="A 100%", notebook="06_token_prices", figure="prices",
        sources=["curated"], rows=rows, would_change_if="it cost more",
    )
])
"""
TABLE = 'prices.query("seller == \'aws\'")[["model", "usd"]].iloc[::-1].assign(note="a long remark " * 4)'


def write_notebook(path: Path, *cells: str) -> Path:
    """Write an unexecuted notebook: a cell that starts with '#' is text, any other is code."""
    made = [
        new_markdown_cell(cell.strip()) if cell.strip().startswith("# ") or cell.strip().startswith("## ")
        else new_code_cell(cell.strip())
        for cell in cells
    ]  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=made), path)
    return path


def make_project(root: Path) -> Path:
    """Make a project with two notebooks, one source, one table and the real source of the site."""
    (root / "data/raw/litellm").mkdir(parents=True)
    (root / "data/raw/litellm/source.toml").write_text(SIDECAR)
    (root / "data/processed").mkdir()
    pd.DataFrame({"usd": [1.5]}).to_parquet(root / "data/processed/token_price.parquet")
    (root / "requirements.txt").write_text("")
    shutil.copytree(REAL / "docs" / "site", root / "docs" / "site")
    write_notebook(
        root / "notebooks" / "01_summary.ipynb",
        "# The market\n\nDo identical models cost the same on every cloud?\n\nThey do, says the aardvark.",
        SET_UP,
        "## Prices\n\nEach row is a model.",
        FIGURE.format(slug="prices"),
        TABLE,
        "## Limits\n\nThese are list prices.",
    )
    write_notebook(
        root / "notebooks" / "06_token_prices.ipynb",
        "# Token prices\n\nWhat does a token cost?\n\nAsk the aardvark.",
        "prices = {'model': 'one', 'usd': 0.5}\n\nprices",
        CLAIM,
        "## Limits\n\nEach row is a model.",
    )
    return root


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of its own, not yet built."""
    monkeypatch.setenv("CLOUDMARKET_ROOT", str(tmp_path))
    return make_project(tmp_path)


@pytest.fixture(scope="session")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose notebooks were run; tests only read it."""
    root = make_project(tmp_path_factory.mktemp("executed"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLOUDMARKET_ROOT", str(root))
        for path in sorted((root / "notebooks").glob("*.ipynb")):
            run_notebook(path, path, as_of=None, figures=root / "build" / "figures")
    return root


@pytest.fixture(scope="session")
def built(executed: Path) -> Path:
    """The site of that project; tests only read it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLOUDMARKET_ROOT", str(executed))
        site.build(executed / "notebooks", executed / "build" / "figures", executed / "build" / "site")
    return executed / "build" / "site"
