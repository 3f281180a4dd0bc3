"""Keys of ``get_config`` that nobody takes: such a layer cannot be loaded, and that is said."""

from __future__ import annotations

import pytest

from keras_lint.engine import check_text

PROGRAM = """\
import keras


class Position(keras.layers.Layer):
    def __init__(self, width=4{kwargs}):
        super().__init__({handed})
        self.width = width

    def call(self, inputs):
        return inputs * 2

    def get_config(self):
        return {{**super().get_config(){more}}}
"""
CASES = {
    (", **kwargs", "**kwargs", ', "out_width": self.width'): "cannot be loaded",
    (", **kwargs", "", ', "out_width": self.width'): "is loaded with the default",
    (", **kwargs", "**kwargs", ""): "is loaded with the default",
    (", **kwargs", "**kwargs", ', "activity_regularizer": None'): "is loaded with the default",
    (", name=None, dtype=None, trainable=True", "", ', "out_width": 4'): "cannot be loaded",
}


@pytest.mark.keras
def test_the_message_says_what_becomes_of_a_saved_layer() -> None:
    for (kwargs, handed, more), what in CASES.items():
        text = PROGRAM.format(kwargs=kwargs, handed=handed, more=more)
        names: dict[str, type] = {}
        exec(compile(text, "program.py", "exec"), names)
        cls = names["Position"]
        made = cls()
        try:
            again = cls.from_config(made.get_config())
        except TypeError:
            again = None
        assert (again is None) == (what == "cannot be loaded"), more
        result, _ = check_text(text, "program.py")
        (finding,) = [found for found in result.findings if found.code == "KER501"]
        assert finding.message.endswith(f"a saved Position {what}"), (handed, more)
        assert (finding.fix is None) == ("out_width" in more and again is None)
