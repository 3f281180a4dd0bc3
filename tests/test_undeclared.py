"""``training`` and ``mask`` in a ``call`` that does not declare them, and what Keras does."""

from __future__ import annotations

import textwrap

import pytest
from fixture_lib import expectations, verified

from keras_lint.engine import check_text
from keras_lint.rules.base import Options
from keras_lint.rules.registry import all_rules
from keras_lint.settings import Settings
from keras_lint.verify import Verifier

HEAD = """\
import keras
from keras import layers


class Own(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.dropout = layers.Dropout(0.5)

"""
TAIL = """

inputs = keras.Input((4,))
model = keras.Model(inputs, Own()(inputs))
"""
WRONG = {
    "out of keywords": """
        def call(self, inputs, **kwargs):
            if kwargs.get("training"):  # expect: KER507
                inputs = inputs * 2.0
            return inputs
    """,
    "popped from keywords": """
        def call(self, inputs, mask=None, **more):
            return self.dropout(inputs, training=more.pop("training", None))  # expect: KER507
    """,
    "a name that nothing defines": """
        def call(self, inputs):
            return self.dropout(inputs, training=training)  # expect: KER507
    """,
    "a mask that nothing defines": """
        def call(self, inputs, training=None):
            return inputs if mask is None else inputs * 2.0  # expect: KER507
    """,
}
FINE = {
    "declared": """
        def call(self, inputs, training=None, **kwargs):
            return self.dropout(inputs, training=kwargs.get("training", training))
    """,
    "handed on": """
        def call(self, inputs, **kwargs):
            return self.dropout(inputs, **kwargs)
    """,
    "a mask out of keywords": """
        def call(self, inputs, **kwargs):
            return inputs if kwargs.get("mask") is None else inputs * 2.0
    """,
    "defined in call": """
        def call(self, inputs):
            training = bool(self.trainable)
            mask = [training for training in (True, False)]
            return self.dropout(inputs, training=training) if mask else inputs
    """,
    "of an inner function": """
        def call(self, inputs):
            return (lambda training: self.dropout(inputs, training=training))(False)
    """,
    "passed by the class itself": """
        def call(self, inputs, **kwargs):
            return self.dropout(inputs, training=kwargs.get("training"))

        def predict(self, inputs):
            return self.call(inputs, training=False)
    """,
    "called in another way": """
        def __call__(self, inputs):
            return self.call(inputs, noisy=True)

        def call(self, inputs, **kwargs):
            return inputs if kwargs.get("training") else inputs * 2.0
    """,
}


def program(method: str) -> str:
    return HEAD + textwrap.indent(textwrap.dedent(method).strip("\n"), "    ") + TAIL


def found(text: str, target: str = "") -> list[tuple[int, str]]:
    settings = Settings(select=("KER5",), options=Options(target=target))
    result, _ = check_text(text, "own.py", settings)
    return [(finding.span.line, finding.code) for finding in result.findings]


@pytest.mark.parametrize("name", [*WRONG, *FINE])
def test_what_is_not_declared_is_found(name: str) -> None:
    text = program((WRONG | FINE)[name])
    assert found(text) == [(item.line, item.code) for item in expectations(text)]


def test_keras_2_hands_training_to_keywords() -> None:
    assert found(program(WRONG["out of keywords"]), "keras-2") == []
    assert found(program(WRONG["a name that nothing defines"]), "keras-2") != []


def test_a_name_that_the_module_defines_is_no_mistake() -> None:
    text = program(WRONG["a name that nothing defines"])
    assert found(text.replace("import keras\n", "import keras\n\ntraining = False\n", 1)) == []
    assert found(text.replace("import keras\n", "import keras\nfrom settings import *\n", 1)) == []


@pytest.mark.keras
def test_keras_says_so(verifier: Verifier) -> None:
    for name, method in WRONG.items():
        text = program(method)
        (finding,) = verified(verifier, text, Settings(select=("KER5",)))
        assert finding.verdict.status == "confirmed", (name, finding.verdict)


@pytest.mark.keras
def test_keras_denies_it_of_a_class_that_declares(verifier: Verifier) -> None:
    text = program(WRONG["out of keywords"])
    result, analysis = check_text(text, "own.py", Settings(select=("KER5",)))
    mended = text.replace("inputs, **kwargs):", "inputs, training=None, **kwargs):")
    _, after = check_text(mended, "own.py")
    (finding,) = verifier.verify(mended, after, result.findings, all_rules())
    assert finding.verdict.status == "refuted"
    assert analysis.own.classes[0].undeclared
