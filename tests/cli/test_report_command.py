"""``cloudmarket report`` and ``figures`` refuse a day of which nothing can be said, before anything runs."""

import pytest

from commandline import Command


@pytest.mark.parametrize("name", ["report", "figures"])
@pytest.mark.parametrize(
    ("day", "message"),
    [
        ("2020-01-01", "nothing had been observed by 2020-01-01"),
        ("2025-02-30", "'2025-02-30' is no date"),
        ("9999-12-31", "is no date"),
    ],
)
def test_a_day_that_cannot_be_reported(command: Command, name: str, day: str, message: str) -> None:
    code, printed, complained = command(name, "--as-of", day)
    assert code == 1
    assert printed == ""
    assert message in complained
    assert "Traceback" not in complained
