"""Imports from other files of the same project are followed."""

from __future__ import annotations

from pathlib import Path

import pytest

from keras_lint.engine import check_paths
from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.interp import analyse
from keras_lint.source.project import Project
from keras_lint.source.reader import parse, with_deep_stack

from .lib import output_shapes, reasons


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def graph_of(path: Path) -> LayerGraph:
    text = path.read_text(encoding="utf-8")
    analysis = with_deep_stack(lambda: analyse(parse(str(path), text), Project()))
    return analysis.graphs[-1]


BLOCKS = """
from keras import layers
from .sizes import UNITS as N

def head(x, classes):
    return layers.Dense(classes)(layers.Dense(N)(x))
"""


@pytest.mark.parametrize(
    "line",
    [
        "from pkg.blocks import head",
        "from pkg import head",
        "import pkg.blocks as b; head = b.head",
        "from pkg import blocks; head = blocks.head",
        "from pkg.blocks import *",
        "import pkg; head = pkg.blocks.head",
    ],
)
def test_packages_beside_a_script(tmp_path: Path, line: str) -> None:
    write(
        tmp_path,
        {
            "pkg/__init__.py": "from .blocks import head\n",
            "pkg/blocks.py": BLOCKS,
            "pkg/sizes.py": "UNITS = 5\n",
            "train.py": f"import keras\n{line}\ni = keras.Input((3,))\n"
            "m = keras.Model(i, head(i, 2))\n",
        },
    )
    graph = graph_of(tmp_path / "train.py")
    assert reasons(graph) == []
    assert output_shapes(graph) == ["(None, 2)"]
    assert graph.total_params == 3 * 5 + 5 + 5 * 2 + 2


def test_circles_and_missing_modules_are_survived(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "pkg/__init__.py": "",
            "pkg/a.py": "from .b import B\nfrom .gone import nothing\nA = 4\n",
            "pkg/b.py": "from . import a\nfrom .a import A as X\nB = 3\n",
            "pkg/main.py": "import keras\nfrom .a import A, nothing\nfrom .b import B, X\n"
            "m = keras.Sequential([keras.Input((A,)), keras.layers.Dense(B), "
            "keras.layers.Dense(X)])\nn = keras.layers.Dense(nothing)\n",
        },
    )
    graph = graph_of(tmp_path / "pkg" / "main.py")
    assert output_shapes(graph) == ["(None, 4)"]


def test_modules_that_import_their_own_package_in_a_circle(tmp_path: Path) -> None:
    """As in Python, the name is the module below the package while that is half imported."""
    write(
        tmp_path,
        {
            "lib/__init__.py": "from .layers import *\n",
            "lib/layers/__init__.py": "from .tools import *\nfrom .blocks import *\n",
            "lib/layers/tools/__init__.py": "from .shapes import *\n",
            "lib/layers/tools/shapes.py": "from lib.layers import tools\nWIDTH = 6\n"
            "def wide():\n    return tools.WIDTH\n",
            "lib/layers/blocks.py": "from lib.layers import tools\nfrom keras import layers\n"
            "def block(x):\n    return layers.Dense(tools.wide())(x)\n",
            "train.py": "import keras\nfrom lib import block\ni = keras.Input((8,))\n"
            "m = keras.Model(i, block(i))\n",
        },
    )
    graph = graph_of(tmp_path / "train.py")
    assert reasons(graph) == []
    assert output_shapes(graph) == ["(None, 6)"]


def test_a_module_that_knows_either_keras_is_the_reason_why_nothing_counts(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "tools.py": "if 1 > 2:\n    import tf_keras as keras\n    d = keras.layers.Dense(2)\n"
            "else:\n    import keras\n    d = keras.layers.Dense(2)\nWIDTH = 4\n",
            "train.py": "import keras\nfrom tools import WIDTH\n"
            "m = keras.Sequential([keras.Input((8,)), keras.layers.Dense(WIDTH)])\n",
        },
    )
    (reason,) = reasons(graph_of(tmp_path / "train.py"))
    assert reason.startswith("Keras 2 and Keras 3 in one file")
    assert "tools.py" in reason


def test_a_mistake_made_by_the_caller_is_shown_at_the_call(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "blocks.py": "from keras import layers\n\ndef conv(x):\n"
            "    return layers.Conv2D(4, 3)(x)\n",
            "train.py": "import keras\nfrom blocks import conv\ni = keras.Input((8, 8))\n"
            "h = keras.layers.Dense(3)(i)\nm = keras.Model(i, conv(h))\n",
        },
    )
    result = check_paths([str(tmp_path)])
    found = {
        Path(file.path).name: [(f.span.line, f.code) for f in file.findings]
        for file in result.files
    }
    assert found == {"blocks.py": [], "train.py": [(5, "KER102")]}


def test_a_module_that_cannot_be_parsed_is_said(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "broken.py": "def f(:\n",
            "train.py": "import keras\nfrom broken import UNITS\n"
            "m = keras.Sequential([keras.Input((3,)), keras.layers.Dense(UNITS)])\n",
        },
    )
    graph = graph_of(tmp_path / "train.py")
    assert any("broken.py cannot be read" in reason for reason in reasons(graph))


def test_imports_inside_functions_that_nobody_calls(tmp_path: Path) -> None:
    """Each function is run on a path of its own; what another one imported is there, or made anew.

    ``extras`` puts its width into ``table``'s dict: whoever imports it must see that too.
    """
    write(
        tmp_path,
        {
            "pkg/__init__.py": "",
            "pkg/table.py": "WIDTHS = {'plain': 3}\n",
            "pkg/extras.py": "from .table import WIDTHS\nWIDTHS['extra'] = 7\n"
            "def extra():\n    return WIDTHS['extra']\n",
            "build.py": """
import keras
from keras import layers
def look():
    from pkg import extras, table
    return extras.extra() + table.WIDTHS['plain']
def build_plain():
    from pkg import table
    return keras.Sequential([keras.Input((2,)), layers.Dense(table.WIDTHS['plain'])])
def build_extra():
    from pkg import extras
    return keras.Sequential([keras.Input((2,)), layers.Dense(extras.extra())])
""",
        },
    )
    path = tmp_path / "build.py"
    text = path.read_text("utf-8")
    analysis = with_deep_stack(lambda: analyse(parse(str(path), text), Project()))
    widths = [output_shapes(graph)[-1] for graph in analysis.graphs]
    assert widths == ["(None, 3)", "(None, 7)"]
