"""Arguments of any value: an entry answers, whatever it is given."""

from __future__ import annotations

import pytest
from keras_oracle import ask_us

from keras_lint.keras_api.base import Row, entries
from keras_lint.keras_api.names import lookup

pytestmark = pytest.mark.keras


PROBES = (-1, 0, 1.5, -0.5, "zzz", None, True, [], (1, 2), 7)


def test_no_value_of_an_argument_brings_an_entry_down():
    """Whatever stands for an argument, an entry gives an answer, or says that it has none."""
    for path, kind in sorted(entries().items()):
        found, name = lookup(path), path.rpartition(".")[2]
        if found is None or kind.generation != "keras3" or not kind.rows:
            continue
        row = kind.rows[0]
        for parameter in found.params or ():
            for value in PROBES:
                args = {**row.args, parameter.name: value}
                ask_us(name, Row(args, row.inputs, dtype=row.dtype, extra=row.extra))
