"""``cloudmarket verify``."""

from __future__ import annotations

from rich.console import Console

from cloudmarket.verify import verify


def run(out: Console) -> None:
    """Print each check and what it looked at; the first that fails ends the command with its message."""
    for finding in verify():
        out.print(f"[green]ok[/] {finding}", soft_wrap=True)
