"""What may run in the child and what may not."""

from __future__ import annotations

import ast
import importlib
import textwrap
from types import ModuleType

import pytest

from keras_lint.verify.allowlist import objection
from keras_lint.verify.permitted import (
    LEAVES,
    NAMESPACES,
    canonical,
    is_namespace,
    is_permitted,
)

PERMITTED = {
    "usual imports": """
        import math
        import numpy as np
        import tensorflow as tf
        from functools import partial
        from tensorflow import keras
        from tensorflow.keras import layers, Model
        from keras.layers import Dense as D, Input
        x = Input((math.ceil(2.5),))
        y = D(3, kernel_initializer=keras.initializers.GlorotUniform())(x)
        z = layers.Lambda(lambda t: tf.math.abs(t) + keras.backend.mean(t))(y)
        w = np.zeros((3, 4)).shape
        Model(x, z)
    """,
    "aliases of namespaces": """
        import tensorflow as tf
        L = tf.keras.layers
        M = L
        K = tf.keras.backend
        M.Dense(3)
        K.clear_session()
    """,
    "import fallbacks": """
        try:
            from keras.layers import Dense
        except ImportError:
            from tensorflow.keras.layers import Dense
        Dense(1)
    """,
    "star import": """
        from tensorflow.keras.layers import *
        Dense(1)
        print(Conv2D)
    """,
    "subclass": """
        import keras
        class Block(keras.layers.Layer):
            def __init__(self, units, **kwargs):
                super().__init__(**kwargs)
                self._units = units
            def call(self, x):
                return self._units * x
        Block(3)(keras.Input((2,)))
    """,
    "settings": """
        import keras
        keras.config.set_image_data_format("channels_first")
        if __name__ == "__main__":
            keras.Sequential()
    """,
    "applications without weights": """
        import keras
        keras.applications.ResNet50(weights=None)
        keras.applications.vgg16.VGG16(include_top=False, weights=None)
    """,
    "variables named like harmless builtins": """
        import keras
        input = keras.Input((3,))
        def f(type, vars, open):
            return type
        keras.layers.Dense(1)(input)
    """,
    "formatting": """
        name = "block_{}_{0:03d}".format(1)
        name = f"{name!r:>10}" + "%s" % name
    """,
}

REFUSED = {
    "open": ("open('x', 'w')", "needs open, line 1"),
    "builtin under another name": ("f = open\nf('x')", "needs open, line 1"),
    "eval": ("eval('1')", "needs eval"),
    "getattr": ("getattr(1, 'real')", "needs getattr"),
    "dunder import": ("__import__('os')", "needs __import__"),
    "builtin that is perhaps not shadowed": ("if 0: open = 1\nopen('x')", "needs open"),
    "builtin shadowed by an import": (
        "if 0:\n    from math import ceil as eval\neval('1')",
        "needs eval",
    ),
    "other module": ("import os\nos.remove('x')", "needs os, line 1"),
    "from other module": ("from os import remove", "needs os.remove"),
    "relative": ("from .models import build", "needs .models.build"),
    "dunder attribute": ("().__class__", "needs __class__"),
    "private attribute": ("x = 1\nx._secret", "needs _secret, line 2"),
    "private module": ("import keras\nkeras.src.utils", "needs keras.src"),
    "frame": ("x = (i for i in [])\nx.gi_frame", "needs gi_frame"),
    "download": (
        "import keras\nkeras.utils.get_file('x', 'y')",
        "needs keras.utils.get_file, line 2",
    ),
    "dataset": (
        "from keras.datasets import mnist\nmnist.load_data()",
        "needs keras.datasets.mnist, line 1",
    ),
    "namespace passed on": ("import keras\n[keras][0].utils.get_file('x')", "needs keras"),
    "namespace unpacked": ("import keras\na, b = keras, 1\na.utils.get_file()", "needs keras"),
    "namespace by default": ("import keras\ndef f(k=keras): k.utils.get_file()", "needs keras"),
    "alias of alias": (
        "def f():\n    a = k\n    a.utils.get_file()\nimport keras\nk = keras\nf()",
        "needs keras.utils.get_file, line 3",
    ),
    "alias to forbidden": ("import keras\nu = keras.utils\nu.get_file()", "keras.utils.get_file"),
    "rebound": ("import keras\nkeras = 1\nkeras.foo()", "needs to know which keras is meant"),
    "shadowed": (
        "import math\nclass A: pass\ndef f(math):\n    return math.sys\nimport os",
        "needs sys, line 4",
    ),
    "walrus": ("import keras\n(k := keras).utils.get_file()", "needs keras"),
    "for target": ("import keras\nfor k in [keras]: k.utils.get_file()", "needs keras"),
    "patching": ("import keras\nkeras.layers.Dense.call = 1", "needs to change keras.layers.Dense"),
    "patching a module": ("import keras\nkeras.layers = 1", "needs to change keras.layers"),
    "fit": ("m = 1\nm.fit(1)", "needs fit"),
    "saving": ("m = 1\nm.save('x')", "needs save"),
    "array to file": ("import numpy as np\nnp.zeros(3).tofile('x')", "needs tofile"),
    "numpy file": ("import numpy as np\nnp.load('x')", "needs numpy.load"),
    "numpy save": ("from numpy import save", "needs numpy.save"),
    "typing.sys": ("import typing\ntyping.sys.exit()", "needs typing.sys"),
    "weights": ("import keras\nkeras.applications.VGG16()", "needs the weights of VGG16"),
    "saved model layer": ("import keras\nkeras.layers.TFSMLayer('x')", "keras.layers.TFSMLayer"),
    "object from data": (
        "import keras\nkeras.layers.Dense(1, activation={'class_name': 'x'})",
        "needs an object made from its configuration",
    ),
    "object from keywords": ("dict(class_name='x')", "made from its configuration"),
    "format with attributes": ("'{0.__class__}'.format(1)", "needs str.format"),
    "format of a variable": ("x = 'a'\nx.format(1)", "needs str.format"),
    "format_map": ("'{a}'.format_map({})", "needs format_map"),
    "format in format": ("'{:{0.__class__}}'.format(1)", "needs str.format"),
    "private outside methods": ("def f(self): return self._secret\nf(3)", "needs _secret"),
    "module among functions": ("import keras\nkeras.ops.numpy.np", "needs keras.ops.numpy"),
    "pattern with attributes": (
        "match 1:\n  case object(__class__=c): pass",
        "needs a match statement, line 1",
    ),
    "file for a sampler": (
        "import tensorflow as tf\ntf.nn.fixed_unigram_candidate_sampler(vocab_file='x')",
        "tensorflow.nn.fixed_unigram_candidate_sampler",
    ),
    "huge power": ("2 ** 100000", "needs a very large number"),
    "huge text": ("'x' * 10000000000", "needs a very long sequence"),
    "metaclass": ("class A(metaclass=int): pass", "needs a metaclass"),
    "special method": ("class A:\n    def __del__(self): pass", "needs __del__"),
    "unbound": ("something(1)", "needs something"),
    "tensorflow io": ("import tensorflow as tf\ntf.io.read_file('x')", "tensorflow.io"),
    "tensorflow py_function": ("from tensorflow import py_function", "tensorflow.py_function"),
    "star of anything": ("from os import *", "needs everything of os"),
    "async": ("async def f(): pass", "needs asynchronous code"),
    "global": (
        "def f():\n    global k\n    import os as k\nk.remove('x')",
        "needs os, line 3",
    ),
}


@pytest.mark.keras
def test_nothing_that_is_permitted_is_a_module():
    """Whoever holds a module holds all that it imports. Asked of the installed libraries."""
    pytest.importorskip("tensorflow")
    for space in sorted(NAMESPACES):
        try:
            module = importlib.import_module(canonical(space))
        except ImportError:
            module = getattr(importlib.import_module("tensorflow"), space.split(".")[-1], None)
        for name in dir(module):
            path = f"{space}.{name}"
            if is_permitted(path) and isinstance(getattr(module, name, None), ModuleType):
                assert is_namespace(path), path
                assert path not in LEAVES, path


@pytest.mark.parametrize("text", PERMITTED.values(), ids=PERMITTED)
def test_permitted(text):
    assert objection(ast.parse(textwrap.dedent(text))) is None


@pytest.mark.parametrize(("text", "reason"), REFUSED.values(), ids=REFUSED)
def test_refused(text, reason):
    found = objection(ast.parse(text))
    assert found is not None
    assert reason in str(found)
