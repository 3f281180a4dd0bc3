"""The follow benchmark: two applications end to end, and its verdicts on made-up answers."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.follow.compare import infer, judge  # noqa: E402
from benchmarks.follow.packages import PACKAGES, package  # noqa: E402
from keras_lint.graph.serialise import to_json  # noqa: E402
from keras_lint.source.project import Project  # noqa: E402

BLOCKS = "from keras import layers\n\ndef head(x):\n    return layers.Dense({units})(x)\n"
DRIVER = (
    "import keras\nfrom blocks import head\ni = keras.Input((3,))\nmodel = keras.Model(i, {})\n"
)


@pytest.mark.keras
def test_two_applications(tmp_path: Path) -> None:
    """The installed Keras stands in for the download, so that the test needs no network."""
    found = importlib.util.find_spec("keras")
    if found is None or found.origin is None:
        pytest.skip("Keras is not installed")
    folder = tmp_path / "keras"
    folder.mkdir()
    (folder / "keras").symlink_to(Path(found.origin).parent, target_is_directory=True)
    only = ["--only", "VGG16(weights=None)", "--only", "MobileNetV2(weights=None)"]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.follow", "keras", "--scratch", str(tmp_path), *only],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    table = [line.split() for line in done.stdout.splitlines() if line.startswith("keras ")]
    assert table == [["keras", "2", "2", "2", "2", "0", "0", "100", "%"]]


def write(folder: Path, units: str) -> Path:
    (folder / "blocks.py").write_text(BLOCKS.format(units=units))
    return folder


def test_the_verdicts(tmp_path: Path) -> None:
    same = infer(DRIVER.format("head(i)"), write(tmp_path, "4"), Project())
    other = infer(DRIVER.format("head(i)"), write(tmp_path, "5"), Project())
    lost = infer(DRIVER.format("head(i)"), write(tmp_path, "open('x').read()"), Project())
    nothing = infer("import keras\n", tmp_path, Project())
    assert same.graph is not None
    answer = {"graph": to_json(same.graph)}
    assert judge("a", same, answer).outcome == "isomorphic"
    wrong = judge("a", other, answer)
    assert wrong.outcome == "wrong"
    assert "total_params: 20 in source, 16 as built" in wrong.differences
    assert judge("a", lost, answer).outcome == "lost"
    assert judge("a", nothing, answer).inferred.reasons == ("no model was seen",)
    unbuilt = judge("a", same, {"error": "ImportError: no"})
    assert (unbuilt.outcome, unbuilt.built) == ("followed", False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["blocks.py"]


def test_all_public_applications_have_a_driver() -> None:
    version = importlib.metadata.version("keras")
    drivers = [label for label, _ in package("keras").programs()]
    full = [label for label in drivers if label.endswith("(weights=None)")]
    assert len(full) == len(set(full)) == 40, f"Keras {version}"


def test_drivers_are_python_and_end_in_a_model() -> None:
    for entry in PACKAGES:
        for label, text in entry.programs():
            compile(text, entry.name, "exec")
            assert label.startswith("model = ")


def test_an_unknown_package_is_refused() -> None:
    with pytest.raises(KeyError, match="there are: keras, keras-unet-collection"):
        package("not-there")
