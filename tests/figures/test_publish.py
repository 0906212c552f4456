import base64
import io
from datetime import date

import pandas as pd
import pytest
from PIL import Image

from cloudmarket import figures
from cloudmarket.errors import CloudMarketError
from cloudmarket.figures import charts
from cloudmarket.figures.export import files

DATA = pd.DataFrame({"seller": ["aws", "azure", "gcp"], "models": [122, 119, 81]})
ALT = "Bars: AWS lists 122 models, Azure 119 and Google Cloud 81."
WORDS = {
    "title": "AWS and Azure list half as many models again as Google Cloud",
    "subtitle": "Models in the catalogue, count",
    "alt": ALT,
    "sources": ["litellm"],
    "as_of": "2026-11-17",
}
BARS = {"value": "models", "category": "seller"}


def publish(slug="catalogues", data=DATA, **change):
    return figures.publish(slug, charts.bars, data, **{**WORDS, **BARS, **change})


def test_a_figure_has_all_its_files_and_the_same_bytes_again(tmp_path, monkeypatch):
    runs = []
    for name in ("first", "second"):
        monkeypatch.setenv("CLOUDMARKET_FIGURES", str(tmp_path / name))
        publish()
        runs.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})
    assert set(runs[0]) == set(files("catalogues"))
    assert runs[0] == runs[1]
    for content in runs[0].values():
        assert b"CreationDate" not in content
        assert b"<dc:date>" not in content
    assert runs[0]["catalogues.svg"] != runs[0]["catalogues-dark.svg"]
    pd.testing.assert_frame_equal(pd.read_csv(io.BytesIO(runs[0]["catalogues.csv"])), DATA, check_dtype=False)


def test_a_notebook_gets_a_small_image_with_its_words():
    data, metadata = publish()._repr_mimebundle_()
    image = base64.b64decode(data["image/png"])
    assert len(image) < 120_000
    with Image.open(io.BytesIO(image)) as opened:
        assert opened.width == 2 * metadata["image/png"]["width"]
    assert metadata["image/png"]["alt"] == ALT
    assert metadata["cloudmarket"] == {
        "slug": "catalogues",
        "title": WORDS["title"],
        "subtitle": WORDS["subtitle"],
        "alt": ALT,
        "as_of": "2026-11-17",
    }
    assert ALT in data["text/plain"]


def test_nothing_is_written_unless_a_folder_is_named(project):
    before = sorted(project.rglob("*"))
    publish()
    assert sorted(project.rglob("*")) == before


def test_the_source_line_comes_from_the_sidecar():
    assert publish().source == "Source: LiteLLM price map (BerriAI, MIT). Data as of 17 November 2026."
    assert publish(as_of=date(2025, 6, 3)).source.endswith("Data as of 3 June 2025.")


def test_a_source_without_its_sidecar_is_refused(project):
    with pytest.raises(CloudMarketError, match=r"source gossip has no sidecar"):
        publish(sources=["gossip"])
    (project / "data/raw/litellm/source.toml").write_text('title = "x"\n')
    with pytest.raises(CloudMarketError, match=r"lacks producer, licence"):
        publish()
    with pytest.raises(ValueError, match="at least one source"):
        publish(sources=[])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"alt": ""}, "alt text has 0 characters"),
        ({"alt": "Too short to help anybody."}, "alt text has 26 characters"),
        ({"data": DATA.iloc[:0]}, "no data to draw"),
        ({"slug": "Not A Slug"}, "cannot name a figure"),
        ({"slug": "night-dark"}, "cannot name a figure"),
        ({"title": " "}, "both are needed"),
        ({"size": "huge"}, "no figure size 'huge'"),
        ({"title": "W" * 90}, "wider than the figure"),
        ({"labels": {"aws": "A name that is far longer than the canvas is wide " * 3}}, "leave no room"),
    ],
)
def test_what_makes_no_figure_is_refused_with_a_reason(change, message):
    with pytest.raises(ValueError, match=message):
        publish(**change)


def test_alt_text_cannot_be_left_out():
    words = {key: value for key, value in WORDS.items() if key != "alt"}
    with pytest.raises(TypeError, match="alt"):
        figures.publish("catalogues", charts.bars, DATA, **words, **BARS)


def test_a_reader_s_own_settings_change_nothing():
    import matplotlib as mpl

    plain = publish().png
    with mpl.rc_context({"font.size": 22, "axes.facecolor": "pink"}):
        assert publish().png == plain


def test_long_captions_wrap_and_make_the_figure_higher():
    assert publish(title="Many words make a long title. " * 6).png != publish().png
    low, high = (Image.open(io.BytesIO(publish(title=title).png)).height for title in ("One line", "Two lines " * 12))
    assert high > low


def test_a_note_stands_in_for_a_figure():
    assert figures.note("No data before 2023.")._repr_mimebundle_()["text/markdown"] == "> No data before 2023."
