"""Own layers with a base that is not in sight: what Keras's own class takes does not say it all."""

from __future__ import annotations

import sys
import types

import keras
import pytest

from keras_lint.engine import check_text

HEAD = """\
import keras
from keras import layers
from elsewhere import Base

inputs = keras.Input((3,))


"""
CLASSES = {
    "handed on": """\
class Own(layers.Dense, Base):
    def __init__(self, units, **kwargs):
        super().__init__(units=units, **kwargs)
""",
    "without __init__": "class Own(layers.Dense, Base):\n    pass\n",
    "a base of a base": """\
class Both(Base):
    pass


class Own(layers.Dense, Both):
    pass
""",
}
USE = "\n\nmodel = keras.Model(inputs, Own({})(inputs))\n"


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """A module with a layer class that takes a keyword of its own."""

    class Base(keras.layers.Layer):
        def __init__(self, extra: object = None, **kwargs: object) -> None:
            super().__init__(**kwargs)
            self.extra = extra

    module = types.ModuleType("elsewhere")
    module.Base = Base  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "elsewhere", module)


@pytest.mark.keras
@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize("name", CLASSES)
def test_its_keywords_are_not_told(name: str) -> None:
    text = HEAD + CLASSES[name] + USE.format("units=4, extra=3")
    result, _ = check_text(text, "program.py")
    assert result.findings == ()
    exec(compile(text, "program.py", "exec"), {})


def test_a_keyword_that_nobody_can_take_is_told() -> None:
    text = HEAD + CLASSES["without __init__"].replace(", Base", "") + USE.format("4, extra=3")
    result, _ = check_text(text, "program.py")
    assert [finding.code for finding in result.findings] == ["KER401"]
