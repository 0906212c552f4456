"""``cloudmarket facts``: what it says, how it ends, and prompts answered as a person would."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from cloudmarket.cli import app
from commandline import command
from tables.facts import TABLES, Project, project, read

__all__ = ["command", "project"]

# One line per prompt; an empty one takes the default.
ANSWERS = [
    "2026-05-04", "OpenAI+AWS", "investment", "1000000000", "exact", "", "A new deal", "Press release", "AWS",
    "2026-05-04", "", "", "https://example.org", "A", "",
]  # fmt: skip


def test_check_says_ok_of_every_file(command, project: Project) -> None:
    code, out, err = command("facts", "check")
    assert (code, err) == (0, "")
    assert out.splitlines() == [f"{project.path(name)}: ok" for name in TABLES]


def test_check_lists_all_problems_and_ends_with_1(command, project: Project) -> None:
    def spoil(rows: list[dict[str, str]]) -> None:
        rows[0]["evidence"] = "D"
        rows[1]["type"] = "[gossip]"

    project.change("event", spoil)
    code, out, err = command("facts", "check", str(project.path("event")))
    assert code == 1
    assert "event.csv, row 2, column evidence: 'D' is none of A, B, C" in out
    assert "event.csv, row 3, column type: '[gossip]' breaks the rule" in out
    assert out.splitlines()[-1] == f"{project.path('event')}: 2 problems"
    assert "Error 2 problems in the curated facts" in err


def test_check_refuses_what_is_no_table(command, project: Project) -> None:
    code, _, err = command("facts", "check", "gossip.csv")
    assert code == 1
    assert "no curated table named 'gossip'; there are: capex," in err


def test_add_asks_and_puts_the_fact_in_its_place(project: Project) -> None:
    ended = CliRunner().invoke(app, ["facts", "add", "event"], input="\n".join([*ANSWERS, ""]))
    assert ended.exit_code == 0, ended.output
    rows = read(project.path("event"))
    assert ended.output.splitlines()[-1] == f"Row {len(rows) + 1} of {project.path('event')}"
    assert rows[-1]["headline"] == "A new deal"
    assert rows[-1]["known_on"] == rows[-1]["published_on"] == "2026-05-04"
    assert rows[-1]["is_amount_reported_only"] == "false"
    assert "(A, B, C)" in ended.output


def test_add_says_what_is_wrong_and_asks_again(project: Project) -> None:
    answers = ["May 2026", *ANSWERS]
    ended = CliRunner().invoke(app, ["facts", "add", "event"], input="\n".join([*answers, ""]))
    assert ended.exit_code == 0, ended.output
    assert "occurred_on: 'May 2026' is no date" in ended.output


def test_add_that_is_broken_off_changes_nothing(project: Project) -> None:
    before = project.path("event").read_bytes()
    ended = CliRunner().invoke(app, ["facts", "add", "event"], input="\n".join(ANSWERS[:6]))
    assert ended.exit_code == 1
    assert project.path("event").read_bytes() == before


@pytest.mark.parametrize("name", ["check", "add"])
def test_help_names_the_commands(command, name: str) -> None:
    assert name in command("facts", "--help")[1]
