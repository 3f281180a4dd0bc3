"""What is known of the numbers in arrays, against NumPy."""

from __future__ import annotations

import pytest

from keras_lint.model.data import ArraySpec, Numbers

from .lib import contradictions, values_of

BASE = """
import numpy as np
np.random.seed(0)
images = np.random.randint(0, 256, size=(40, 8, 8), dtype="uint8")
labels = np.random.randint(0, 3, size=(400,))
scores = np.random.rand(400, 3)
hot = np.eye(3)[labels]
"""
EXPRESSIONS = {
    "images / 255.0": "(40, 8, 8) float 0..1",
    "images / 255": "(40, 8, 8) float 0..1",
    "images.astype('float32') / 255.": "(40, 8, 8) float32 0..1",
    "images.astype(np.float32) / 127.5 - 1": "(40, 8, 8) float32 -1..1",
    "images - 128": "(40, 8, 8) uint8 0..255 whole",
    "images.astype('int32') - 128": "(40, 8, 8) int32 -128..127 whole",
    "1 - images / 255.0": "(40, 8, 8) float 0..1",
    "images * 3": "(40, 8, 8) uint8 0..255 whole",
    "-images": "(40, 8, 8) uint8 0..255 whole",
    "labels": "(400,) int64 0..2 whole",
    "labels + 1": "(400,) int64 1..3 whole",
    "labels % 2": "(400,) int64 0..1 whole",
    "labels.reshape(-1, 1)": "(400, 1) int64 0..2 whole",
    "labels[:100]": "(100,) int64 0..2 whole",
    "labels[::2]": "(200,) int64 0..2 whole",
    "labels[labels > 0]": "(?,) int64 0..2 whole",
    "labels > 0": "(400,) bool 0..1 whole",
    "hot": "(400, 3) float64 0..1 whole one-hot",
    "hot[5:9]": "(4, 3) float64 0..1 whole one-hot",
    "hot[:, :2]": "(400, 2) float64 0..1 whole",
    "hot.argmax(axis=1)": "(400,) int64 0..2 whole",
    "np.argmax(scores, axis=-1)": "(400,) int64 0..2 whole",
    "images[..., None]": "(40, 8, 8, 1) uint8 0..255 whole",
    "images[[0, 2, 5]]": "(3, 8, 8) uint8 0..255 whole",
    "images.transpose(0, 2, 1).T": "(8, 8, 40) uint8 0..255 whole",
    "images[:1].squeeze(0)": "(8, 8) uint8 0..255 whole",
    "images.reshape(len(images), -1)": "(40, 64) uint8 0..255 whole",
    "images.max(axis=(1, 2))": "(40,) uint8 0..255 whole",
    "images.mean(axis=0)": "(8, 8) float64 0..255",
    "scores.clip(0.25, 0.75)": "(400, 3) float64 0.25..0.75",
}


def text(spec: ArraySpec) -> str:
    said = spec.numbers
    words = [str(spec.shape), spec.dtype or "?"]
    if said.low is not None or said.high is not None:
        words.append(f"{said.low:g}..{said.high:g}")
    words += ["whole"] * said.whole + ["one-hot"] * said.one_hot
    return " ".join(words)


@pytest.mark.parametrize(("expression", "known"), EXPRESSIONS.items())
def test_what_is_said_is_so_in_numpy(expression: str, known: str) -> None:
    program = f"{BASE}a = {expression}"
    names: dict[str, object] = {}
    exec(program, names)
    spec = values_of(program, "a")["a"]
    assert isinstance(spec, ArraySpec)
    assert contradictions(spec, names["a"]) == []
    assert text(spec) == known


@pytest.mark.parametrize(
    "change",
    ["a[0] = 9", "a += 9", "b = a[:5]\nb[0] = 9", "b = a.reshape(-1, 1)\nb.fill(9)", "mine.f(a)"],
)
def test_a_changed_array_keeps_its_shape_alone(change: str) -> None:
    program = f"import mine\n{BASE}a = labels[:50].copy()\n{change}"
    spec = values_of(program, "a")["a"]
    assert isinstance(spec, ArraySpec)
    assert str(spec.shape) == "(50,)"
    assert spec.numbers.high != 2


def test_both_sides_of_a_branch() -> None:
    program = f"import mine\n{BASE}a = labels if mine.flag else labels[:7] + 5"
    spec = values_of(program, "a")["a"]
    assert isinstance(spec, ArraySpec)
    assert str(spec.shape) == "(?,)"
    assert spec.numbers == Numbers(0, 7, True)


@pytest.mark.parametrize(
    "expression",
    [
        "np.random.randint(10**400, size=5)",
        "np.random.randint(0, 10**12, size=5)",
        "labels * 10**400",
        "labels / 10**400",
        "scores * 1e300 * 1e300 * 1e300",
        "(scores * 1e300).astype(int)",
        "scores + float('inf')",
        "scores - float('nan')",
        "labels * 10**18 * 10**18 * 10**18",
        "np.full((3,), float('nan')).astype('int32')",
        "np.array([1e400, 10**400])",
        "np.linspace(0, 10**400, 5)",
        "np.arange(10**30)",
        "np.where(labels > 1, 10**400, float('inf'))",
        "np.clip(scores, -1e400, float('nan'))",
        "np.eye(10**30)",
        "labels % 0",
        "labels // 0",
        "labels / 0",
        "labels[5:2:0]",
        "labels.reshape(0, -1)",
        "labels.reshape(-1, -1)",
        "tf.data.Dataset.from_tensor_slices([10**400, 1]).batch(0)",
        "tf.data.Dataset.range(10**400).batch(10**400).repeat(10**400).take(10**400)",
    ],
)
def test_extreme_numbers_do_no_harm(expression: str) -> None:
    assert "a" in values_of(f"import tensorflow as tf\n{BASE}a = {expression}", "a")
