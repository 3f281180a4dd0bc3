"""What the interpreter gives for one file: the layer graphs and what verification needs to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.model.cells import Cells
from keras_lint.model.classes import OwnCode
from keras_lint.model.dataclass import dataclass
from keras_lint.model.names import FileNames
from keras_lint.model.outcomes import Unknown
from keras_lint.model.spans import Span
from keras_lint.model.training import Step


@dataclass(frozen=True)
class UnusedCall:
    """A layer call whose result surely reaches nothing, though a model is made beside it.

    Args:
        cls: class of the layer.
        span: of the call.
        name: of the variable that got the result; empty if none did.
        given_again: whether that variable gets other values elsewhere.
    """

    cls: str
    span: Span
    name: str = ""
    given_again: bool = False


@dataclass(frozen=True)
class FileAnalysis:
    """Everything found out about one module.

    Args:
        graphs: one per model in the order in which they were made; then graphs of kind ``fragment``
            for layer calls that no model holds.
        lost: where the thread was lost outside any model.
        known_values: expressions over data whose value was found out (``x_train.shape[1]`` is 784),
            by span; a replay puts these in place of the data.
        names: what the file imports and uses of Keras and TensorFlow by name.
        unused: the layer calls that nothing comes of.
        own: what its own layer and model classes say.
        steps: the calls that train models or run them on data, in the order in which they happen.
        older: whether models are built with Keras 2, or it is not known with which Keras.
        traced: by the index of a call in ``steps``, what the ``call`` of a subclassed model that
            is not built otherwise does with the data.
        cells: of a notebook, where its cells stand in the text that was analysed.
    """

    graphs: tuple[LayerGraph, ...] = ()
    lost: tuple[Unknown, ...] = ()
    known_values: Mapping[Span, object] = field(default_factory=dict)
    names: FileNames = field(default_factory=FileNames)
    unused: tuple[UnusedCall, ...] = ()
    own: OwnCode = field(default_factory=OwnCode)
    cells: Cells | None = None
    steps: tuple[Step, ...] = ()
    older: bool = False
    traced: Mapping[int, LayerGraph] = field(default_factory=dict)
