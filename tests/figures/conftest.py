from pathlib import Path

import pytest

SIDECAR = 'title = "LiteLLM price map"\nproducer = "BerriAI"\nlicence = "MIT"\n'


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one source, and no folder for the figures' files."""
    folder = tmp_path / "data" / "raw" / "litellm"
    folder.mkdir(parents=True)
    (folder / "source.toml").write_text(SIDECAR)
    monkeypatch.setenv("CLOUDMARKET_ROOT", str(tmp_path))
    monkeypatch.delenv("CLOUDMARKET_FIGURES", raising=False)
    return tmp_path
