"""Files of strangers are data, and hostile ones are refused within limits."""

from __future__ import annotations

import io
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from cloudmarket.errors import ParseError
from cloudmarket.sources import safely

BOMB = "\n".join(["a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40))])
XML_BOMB = (
    '<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    + ']><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    '<c r="A1" t="inlineStr"><is><t>&a11;</t></is></c></row></sheetData></worksheet>'
)


def excel(**members: bytes) -> bytes:
    """Return an Excel file with the cells a, 1; ``members`` replace its parts."""
    book = openpyxl.Workbook()
    book.active.append(["a", 1])
    plain = io.BytesIO()
    book.save(plain)
    changed = io.BytesIO()
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, members.get(name.rpartition("/")[2].partition(".")[0], old.read(name)))
    return changed.getvalue()


CASES: list[tuple[Callable[..., Any], bytes, str]] = [
    (safely.load_json, b"[" * 1_000_000, "no JSON"),
    (safely.load_json, b'{"a": NaN}', "no JSON"),
    (safely.load_json, b"\xff\xfe", "no JSON"),
    (safely.load_toml, b"a = " + b"[" * 100_000, "no TOML"),
    (safely.load_toml, b"a = 1\na = 2", "no TOML"),
    (safely.load_toml, b"a = '\xff'", "no TOML"),
    (safely.load_yaml, b"a: !!python/object/apply:os.system ['touch ran']", "tag .*python/object"),
    (safely.load_yaml, b"a: !!binary aGk=", "tag"),
    (safely.load_yaml, BOMB.encode(), "an anchor or an alias"),
    (safely.load_yaml, b"a: &a 1", "an anchor or an alias"),
    (safely.load_yaml, b"[" * 100_000, "nests deeper than 50"),
    (safely.load_yaml, b"a: [1", "no plain YAML"),
    (safely.load_yaml, b"\xff\xff", "no plain YAML"),
    (safely.sheets, b"PK\x03\x04 broken", "no Excel file"),
    (safely.sheets, b"text", "no Excel file"),
    (safely.sheets, excel(sheet1=b"<worksheet>" + b" " * 250_000_000), "unpacks to 2[0-9]{8} bytes"),
]


@pytest.mark.parametrize(("read", "content", "message"), CASES, ids=[f"{c[0].__name__} {c[2]}" for c in CASES])
def test_what_is_hostile_or_broken_is_refused(read: Callable[..., Any], content: bytes, message: str) -> None:
    with pytest.raises(ParseError, match=f"^example 1.0: .*{message}"):
        read(content, "example", "1.0")


def test_plain_files_are_read() -> None:
    assert safely.load_json(b'{"a": [1, 2.5]}', "example", "1") == {"a": [1, 2.5]}
    assert safely.load_toml(b"[a]\nb = 0.1", "example", "1") == {"a": {"b": 0.1}}
    assert safely.load_yaml(b"a:\n  b: 0.1\n  c: yes", "example", "1") == {"a": {"b": 0.1, "c": True}}
    assert safely.sheets(excel(), "example", "1") == {"Sheet": [["a", 1.0]]}


def test_entities_of_xml_are_not_expanded() -> None:
    """An Excel file whose cell would grow to a terabyte; read apart, so that failing is no swap storm."""
    program = (
        "import sys; from cloudmarket.sources import safely; from cloudmarket.errors import ParseError\n"
        "try: print(len(repr(safely.sheets(sys.stdin.buffer.read(), 'example', '1'))))\n"
        "except ParseError: print(0)"
    )

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))

    done = subprocess.run(
        [sys.executable, "-c", program], input=excel(sheet1=XML_BOMB.encode()), capture_output=True, timeout=60,
        preexec_fn=limited, check=True,
    )  # fmt: skip
    assert int(done.stdout) < 1000


class TestCsv:
    def rows(self, content: bytes, **options: Any) -> list[dict[str, str]]:
        return list(safely.csv_rows(content, "example", "1.0", **options))

    def test_rows_by_name(self) -> None:
        assert self.rows(b"\xef\xbb\xbfa;b\n1;2\n", delimiter=";") == [{"a": "1", "b": "2"}]

    def test_quoted_line_ends_are_part_of_a_cell(self) -> None:
        assert self.rows(b'a,b\n"1\n2",3\n') == [{"a": "1\n2", "b": "3"}]

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"a\n1\n", "has no column b"),
            (b"", "has no column b"),
            (b"a,b\n1\n", "row 2 is cut short"),
            (b'a,b\n1,"2', "no CSV"),
            (b"a,b\n1,\xff", "no CSV"),
            (b"a,b\n1," + b"x" * 1_100_000, "no CSV"),
        ],
    )
    def test_refused(self, content: bytes, message: str) -> None:
        with pytest.raises(ParseError, match=f"example 1.0: .*{message}"):
            self.rows(content, needed=("b",))
