import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from cloudmarket.report.clean import check

PNG = new_output("display_data", data={"image/png": "eA=="}, metadata={"image/png": {"alt": "Words."}})
MUTE = new_output("display_data", data={"image/png": "eA=="})
ABOUT = {"slug": "x", "title": "t", "alt": "a", "as_of": "2026-11-17"}
DESCRIBED = {"image/png": {"alt": "Words."}, "cloudmarket": ABOUT}
FIGURE = new_output("display_data", data={"image/png": "eA=="}, metadata=DESCRIBED)


def code(source="x = 1", count=1, outputs=()):
    return new_code_cell(source, execution_count=count, outputs=list(outputs))


def problems(tmp_path, *cells):
    path = tmp_path / "01_x.ipynb"
    nbformat.write(new_notebook(cells=list(cells)), path)
    return check(path)


@pytest.mark.parametrize(
    "cell",
    [
        code(),
        code("x", outputs=[PNG]),
        code("plot();"),
        code("[y for y in x if (lambda z: z)(y)]", outputs=[PNG]),
        new_markdown_cell("See [part of it](https://example.org/5%25) and `12 USD`, in 2025, for 3 clouds, GPT-5."),
        new_markdown_cell("On 22 July 2019 Microsoft put one billion dollars into OpenAI. ![words](x.png)"),
    ],
)
def test_clean_cells_have_no_problem(tmp_path, cell):
    assert problems(tmp_path, cell) == []


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        (code(count=None), "was not run"),
        (code(count=2), "ran as number 2, not 1"),
        (code("x"), "ends in an expression but shows no output"),
        (code("def f():\n    pass"), "defines f: definitions belong into the package"),
        (code("class C:\n    pass"), "defines C: definitions belong into the package"),
        (code("%matplotlib inline"), "is not plain Python: invalid syntax"),
        (
            code(outputs=[new_output("error", ename="KeyError", evalue="", traceback=[])]),
            "shows the error KeyError",
        ),
        (code(outputs=[new_output("stream", name="stderr", text="!")]), "shows output to standard error"),
        (code(outputs=[MUTE]), "shows an image without alt text"),
        (new_markdown_cell("![](x.png)"), "has an image without alt text"),
        (new_markdown_cell('<img src="x.png">'), "has an image without alt text"),
        (new_markdown_cell("It fell by 12.5 % since."), "has a typed figure in its prose: 12.5 %"),
        (new_markdown_cell("It costs $3.25."), "has a typed figure in its prose: $3.25."),
        (new_markdown_cell("It costs 3 USD."), "has a typed figure in its prose: 3 USD"),
        (new_markdown_cell("Worth 13 billion."), "has a typed figure in its prose: 13 billion"),
        (new_markdown_cell("It is 16x dearer."), "has a typed figure in its prose: 16x"),
    ],
)
def test_each_problem_is_found(tmp_path, cell, problem):
    assert problems(tmp_path, cell) == [f"01_x.ipynb, cell 1: {problem}"]


def test_more_than_six_figures_are_too_many(tmp_path):
    cells = [code("x", count, [FIGURE]) for count in range(1, 8)]
    assert problems(tmp_path, *cells[:6]) == []
    assert problems(tmp_path, *cells) == ["01_x.ipynb: 7 figures, at most 6 are allowed"]
