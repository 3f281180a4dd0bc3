"""Programs nobody would write: drawn from Python's grammar, or known ones spoilt."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from keras_lint.engine import check_text
from keras_lint.settings import Settings

EVERYTHING = Settings(select=("KER",), edits=True)
MODEL = """
from keras import Input, Sequential, layers
model = Sequential([Input((10, 8)), layers.LSTM(4), layers.LSTM(4)])
"""


def complaint(content: bytes | str, name: str) -> str:
    """What went wrong inside the linter when it looked at a program; empty if nothing did."""
    result, _ = check_text(content, name, EVERYTHING)
    if result.traceback:
        return result.traceback
    if any(finding.code == "KER002" for finding in result.findings):
        return "a rule failed"
    return "several lines of reason" if "\n" in result.reason else ""


def spoilt(content: bytes, draw: random.Random) -> bytes:
    """A program cut off, with bytes changed, or with lines lost, doubled or moved."""
    kind = draw.randrange(5)
    if kind == 0:
        return content[: draw.randrange(len(content) + 1)]
    if kind == 1:
        changed = bytearray(content)
        for _ in range(draw.randint(1, 4)):
            changed[draw.randrange(len(changed))] = draw.randrange(256)
        return bytes(changed)
    lines = content.splitlines(keepends=True)
    place = draw.randrange(len(lines))
    if kind == 2:
        del lines[place]
    elif kind == 3:
        lines.insert(draw.randrange(len(lines) + 1), lines[place])
    else:
        lines.insert(draw.randrange(len(lines)), lines.pop(place))
    return b"".join(lines)


def spoilt_programs(folder: Path, seed: int) -> Iterator[tuple[str, bytes]]:
    """Without end: a name and the spoilt content of one of the programs in a folder."""
    draw = random.Random(seed)
    programs = sorted(path for path in folder.rglob("*") if path.suffix in (".py", ".ipynb"))
    contents = [(path.name, content) for path in programs if (content := path.read_bytes())]
    while True:
        name, content = draw.choice(contents)
        for _ in range(draw.randint(1, 3)):
            content = spoilt(content, draw) or content
        yield name, content
