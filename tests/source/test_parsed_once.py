"""A file that is checked and imported by others is parsed once, and let go when all is said."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

from keras_lint.engine import check_bytes
from keras_lint.interp import analyse
from keras_lint.settings import Settings
from keras_lint.source.project import Project
from keras_lint.source.reader import parse, with_deep_stack

BLOCKS = """import keras
from keras import layers


class Block(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.dense = layers.Dense(units)

    def call(self, x):
        return self.dense(x)
"""
USER = """import keras
from blocks import Block

inputs = keras.Input((8,))
model = keras.Model(inputs, keras.layers.Reshape((5,))(Block(4)(inputs)))
"""
CIRCLE = """import keras
import circle
from keras import layers


def build(units):
    inputs = keras.Input((8,))
    return keras.Model(inputs, layers.Reshape((5,))(layers.Dense(units)(inputs)))


model = circle.build(4)
"""


def test_a_checked_file_is_not_parsed_again_for_those_that_import_it(tmp_path: Path) -> None:
    blocks, user = tmp_path / "blocks.py", tmp_path / "user.py"
    blocks.write_text(BLOCKS)
    user.write_text(USER)
    project = Project()
    checked = project.parse(str(blocks), BLOCKS)
    project.parse(str(user), USER)
    loaded = project.load(blocks)
    assert loaded is not None
    assert loaded.module is checked.module
    assert project.parse(str(blocks), BLOCKS).module is checked.module
    # nor is one that was imported first; what it says now counts, not what is on the disk
    assert project.parse(str(blocks), BLOCKS + "\n").module is not checked.module


def test_the_order_of_files_changes_no_finding(tmp_path: Path) -> None:
    (tmp_path / "blocks.py").write_text(BLOCKS)
    (tmp_path / "user.py").write_text(USER)
    (tmp_path / "circle.py").write_text(CIRCLE)

    def findings(*names: str) -> dict[str, list[tuple[str, int]]]:
        project = Project()
        return {
            name: [
                (finding.code, finding.span.line)
                for finding in check_bytes(
                    (tmp_path / name).read_bytes(),
                    str(tmp_path / name),
                    Settings(),
                    project=project,
                ).result.findings
            ]
            for name in names
        }

    first = with_deep_stack(lambda: findings("blocks.py", "user.py", "circle.py", "blocks.py"))
    second = with_deep_stack(lambda: findings("circle.py", "user.py", "blocks.py"))
    assert first == second
    assert first["user.py"]
    assert first["circle.py"]


def test_a_file_that_imports_itself_is_another_one_there(tmp_path: Path) -> None:
    circle = tmp_path / "circle.py"
    circle.write_text(CIRCLE)
    project = Project()
    project.load(circle)
    checked = project.parse(str(circle), CIRCLE)
    loaded = project.load(circle)
    assert loaded is not None
    assert loaded.module is not checked.module


def test_nothing_of_a_file_waits_for_the_collector_of_cycles() -> None:
    text = BLOCKS + "\n\nmodel = keras.Sequential([keras.Input((8,)), Block(4)])\n"
    text += "model.compile('sgd', 'mse')\nout = model.predict(None)\n"
    source = parse("own.py", text)
    left = weakref.ref(source)
    enabled = gc.isenabled()
    gc.disable()
    try:
        analysis = analyse(source)
        del source
        assert left() is None
        assert analysis.graphs
    finally:
        if enabled:
            gc.enable()
