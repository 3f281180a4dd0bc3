"""What makes layers and is never run is said; what is run, or makes none, is not."""

from __future__ import annotations

import pytest

from keras_lint.engine import check_text

HEAD = "import keras\nfrom keras import layers\n"
NEVER = {
    "a method of a class that nobody makes": (
        "class Trainer:\n    def build(self):\n        return layers.Dense(3)\n",
        ["what Trainer.build makes, which nothing here runs"],
    ),
    "a class on a base that is not known": (
        "from elsewhere import Base\n\nclass Net(Base):\n    def __init__(self):\n"
        "        super().__init__(layers.Dense(3))\n\ndef make():\n    return Net()\n",
        ["what Net.__init__ makes, which nothing here runs"],
    ),
    "a function inside one that is not run": (
        "class Trainer:\n    def build(self):\n        def inner():\n"
        "            return layers.Dense(3)\n        return inner\n",
        ["what Trainer.build.inner makes, which nothing here runs"],
    ),
    "an async method": (
        "class Trainer:\n    async def build(self):\n        return keras.Sequential()\n",
        ["what Trainer.build makes, which nothing here runs"],
    ),
    "a function that nobody calls is run": ("def build():\n    return layers.Dense(3)\n", []),
    "a method that is called": (
        "class Own:\n    def build(self):\n        return layers.Dense(3)\n\nOwn().build()\n",
        [],
    ),
    "a layer of one's own that nobody makes": (
        "class Own(layers.Layer):\n    def __init__(self):\n        super().__init__()\n"
        "        self.inner = layers.Dense(3)\n\n    def call(self, x):\n"
        "        return self.inner(x)\n",
        [],
    ),
    "a method without layers": (
        "class Trainer:\n    def stop(self):\n        return keras.backend.clear_session()\n",
        [],
    ),
}


@pytest.mark.parametrize("what", NEVER)
def test_what_is_never_run_is_said(what: str) -> None:
    text, reasons = NEVER[what]
    result, analysis = check_text(HEAD + text, "never.py")
    assert [lost.reason for lost in analysis.lost] == reasons
    assert [note.partition(": ")[2] for note in result.notes] == reasons


def test_a_call_in_no_model_that_is_not_known_is_said() -> None:
    text = (
        f"{HEAD}from keras import ops\n\nclass Own(layers.Layer):\n    def call(self, t):\n"
        "        return ops.squeeze(t[:, :1], 1)\n\n"
        "x = keras.Input((None, 2))\nfor _ in range(2):\n    Own()(x)\n"
    )
    _, analysis = check_text(text, "loose.py")
    assert [lost.reason for lost in analysis.lost] == ["what Own gives"]
    _, followed = check_text(text.replace("(None, 2)", "(1, 2)"), "loose.py")
    assert followed.lost == ()
