import re
import shutil

import pytest

from cloudmarket.report import site
from cloudmarket.report.read import page
from cloudmarket.report.site import SiteError

from .conftest import write_notebook


def text(built, name):
    return (built / name).read_text(encoding="utf-8")


def test_a_figure_has_both_variants_alt_text_and_downloads(built):
    content = text(built, "01_summary.html")
    images = re.findall(r"<img[^>]*prices[^>]*>", content)
    assert len(images) == 2
    assert all('alt="Dots of twelve models on two clouds' in image for image in images)
    assert {"only-light", "only-dark"} == set(re.findall(r"only-\w+", " ".join(images)))
    for ending in (".png", ".svg", ".pdf", ".csv"):
        link = re.search(rf'href="(_downloads/[^"]*/prices{ending})"', content)
        assert (built / link[1]).is_file()


def test_every_link_and_image_leads_to_a_file(built):
    for path in built.glob("*.html"):
        for target in re.findall(r'\b(?:href|src)="([^"#?]+)[^"]*"', path.read_text(encoding="utf-8")):
            if not re.match(r"[a-z]+:", target):
                assert (built / target).exists(), f"{path.name} -> {target}"


def test_the_pages_say_what_they_are(built):
    index = text(built, "index.html")
    assert "Data as of 17 November 2026." in index
    assert "Do identical models cost the same on every cloud?" in index
    assert "{" not in re.sub(r"<script.*?</script>|<style.*?</style>", "", index, flags=re.DOTALL)
    gallery = text(built, "figures.html")
    assert "_images/prices.svg" in gallery
    assert "From <a" in gallery
    assert gallery.count("<h2>") == 1
    assert "In words: Dots of twelve models" in gallery
    assert "token_price.parquet" in text(built, "data.html")


def test_a_downloaded_notebook_is_the_committed_one(built, executed):
    link = re.search(r'href="(_downloads/[^"]*/01_summary.ipynb)"', text(built, "01_summary.html"))
    assert (built / link[1]).read_bytes() == (executed / "notebooks/01_summary.ipynb").read_bytes()


def test_the_site_is_the_same_when_built_again(built, executed, tmp_path, monkeypatch):
    monkeypatch.setenv("CLOUDMARKET_ROOT", str(executed))
    site.build(executed / "notebooks", executed / "build/figures", tmp_path / "site")
    first, second = (
        {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        for root in (built, tmp_path / "site")
    )
    assert first == second


def spoil_figure(root):
    (root / "build/figures/prices.pdf").unlink()


def spoil_name(root):
    shutil.copy(root / "notebooks/01_summary.ipynb", root / "notebooks/02_copy.ipynb")


def spoil_text(root):
    path = root / "notebooks/01_summary.ipynb"
    path.write_text(path.read_text().replace("Each row is a model.", "See [nothing](gone.md)."))


def spoil_privacy(root):
    path = root / "notebooks/01_summary.ipynb"
    path.write_text(path.read_text().replace("Each row", "<img alt='a' src='https://example.org/count.png'> Each row"))


def spoil_rows(root):
    (root / "build/claims/price-of-one.csv").unlink()


def spoil_claim(root):
    shutil.copy(root / "notebooks/06_token_prices.ipynb", root / "notebooks/07_copy.ipynb")


def spoil_reference(root):
    path = root / "notebooks/06_token_prices.ipynb"
    path.write_text(path.read_text().replace('"figure": "prices"', '"figure": "gone"'))


def spoil_all(root):
    shutil.rmtree(root / "notebooks")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (spoil_figure, "lacks prices.pdf: run the notebooks again"),
        (spoil_name, "more than one figure is called prices"),
        (spoil_text, "gone.md"),
        (spoil_privacy, "01_summary.html loads something from elsewhere"),
        (spoil_all, "no notebooks"),
        (spoil_rows, "lacks price-of-one.csv"),
        (spoil_claim, "more than one claim is called price-of-one"),
        (spoil_reference, "names figure gone, which no notebook shows"),
    ],
)
def test_a_site_that_is_not_whole_is_not_put_in_place(executed, tmp_path, monkeypatch, spoil, message):
    root = tmp_path / "project"
    shutil.copytree(executed, root)
    shutil.rmtree(root / "build/site", ignore_errors=True)
    (root / "build/site").mkdir()
    (root / "build/site/index.html").write_text("the old site")
    monkeypatch.setenv("CLOUDMARKET_ROOT", str(root))
    spoil(root)
    with pytest.raises(SiteError, match=message):
        site.build(root / "notebooks", root / "build/figures", root / "build/site")
    assert (root / "build/site/index.html").read_text() == "the old site"
    assert sorted(path.name for path in (root / "build").iterdir()) == ["claims", "figures", "site"]


def test_a_notebook_without_a_title_is_named(tmp_path):
    path = write_notebook(tmp_path / "01_x.ipynb", "x = 1")
    with pytest.raises(Exception, match=r"01_x.ipynb: the first cell must be text"):
        page(path)


def test_every_claim_leads_to_its_rows(built):
    content = text(built, "claims.html")
    assert "A token costs half a dollar | or so" in content
    assert "0.25 USD to 0.75 USD (range over aardvarks)" in content
    link = re.search(r'href="(_downloads/[^"]*/price-of-one.csv)"', content)
    rows = (built / link[1]).read_text().splitlines()
    assert rows[0] == "table,source,evidence,read_in,address,usd"
    assert rows[1] == "event,curated,A,Announcement,https://example.org/1,0.5"
    table = re.search(r'href="(_downloads/[^"]*/claims.csv)"', content)
    assert (built / table[1]).read_text().startswith("claim,statement,value,low,high,unit,interval,evidence,notebook")
    assert "claims.html" in text(built, "index.html")
