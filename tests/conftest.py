"""Settings that every test shares."""

import pytest
from hypothesis import HealthCheck, settings

# The same cases on every run, and no clock: a busy machine is no failure.
settings.register_profile(
    "steady",
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("steady")


def pytest_configure(config: pytest.Config) -> None:
    # Ibis 12 calls a method that DuckDB 2 deprecates: nothing that this project could write otherwise.
    config.addinivalue_line("filterwarnings", "ignore:fetch_arrow_table:DeprecationWarning")
