"""Random models as programs of ``tf_keras``, and what runs them."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from random import Random
from typing import Any

import tf_keras

from benchmarks.oracle import models, prelude

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "oracle"))

from older_keras import OlderBuilder

VERSION = str(tf_keras.__version__)
_HEADER = """\
import numpy as np
import tensorflow as tf
import tf_keras as keras
from tf_keras import layers
"""


_LAYERS = set(dir(tf_keras.layers)) - {"SpectralNormalization"}


def program(rng: Random) -> str:
    """A random model of layers that Keras 2 has, and can build (2.21), without ``keras.ops``."""
    while True:
        body = models.program(rng).replace(prelude.HEADER, "")
        names = set(re.findall(r"\blayers\.(\w+)", body))
        if "ops." not in body and names <= _LAYERS:
            return _HEADER + body


def builder() -> Any:
    """Builds such programs."""
    return OlderBuilder()
