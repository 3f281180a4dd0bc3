"""Where names and arguments of Keras 1 and 2 went: their successors in Keras 3, if they have one.

Written by hand from the sources of the releases; ``tests/names/test_moves.py`` looks up every
successor in the installed Keras and every old name in ``tf_keras``, as far as it still has it, and
calls both where they claim to mean the same.
"""

from __future__ import annotations

from collections.abc import Mapping

from keras_lint.keras_api.names import ApiName, lookup
from keras_lint.model.dataclass import dataclass


@dataclass(frozen=True)
class Move:
    """What became of a name.

    Args:
        new: its public path in Keras 3; empty if there is no successor.
        advice: what to do, where writing ``new`` instead is not all.
        safe: whether ``new`` means the same.
    """

    new: str = ""
    advice: str = ""
    safe: bool = True


_LAYERS = (
    "activation",
    "advanced_activations",
    "attention",
    "convolutional",
    "convolutional_recurrent",
    "core",
    "cudnn_recurrent",
    "embeddings",
    "experimental",
    "experimental.preprocessing",
    "local",
    "merge",
    "merging",
    "noise",
    "normalization",
    "pooling",
    "preprocessing",
    "recurrent",
    "recurrent_v2",
    "regularization",
    "reshaping",
    "rnn",
    "wrappers",
)
_UTILS = (
    "conv_utils",
    "data_utils",
    "generic_utils",
    "io_utils",
    "layer_utils",
    "np_utils",
    "vis_utils",
    "visualize_util",
)
_MODULES: Mapping[str, str] = {
    **{f"keras.layers.{name}": "keras.layers" for name in _LAYERS},
    **{f"keras.utils.{name}": "keras.utils" for name in _UTILS},
    "keras.backend.tensorflow_backend": "keras.backend",
    "keras.callbacks.callbacks": "keras.callbacks",
    "keras.callbacks.experimental": "keras.callbacks",
    "keras.engine": "keras",
    "keras.engine.base_layer": "keras.layers",
    "keras.engine.functional": "keras.models",
    "keras.engine.input_layer": "keras.layers",
    "keras.engine.input_spec": "keras.layers",
    "keras.engine.network": "keras.models",
    "keras.engine.sequential": "keras.models",
    "keras.engine.topology": "keras.layers",
    "keras.engine.training": "keras.models",
    "keras.experimental": "keras.optimizers.schedules",
    "keras.metrics.experimental": "keras.metrics",
    "keras.mixed_precision.experimental": "keras.mixed_precision",
    "keras.objectives": "keras.losses",
    "keras.optimizer_v1": "keras.optimizers",
    "keras.optimizers.experimental": "keras.optimizers",
    "keras.optimizers.legacy": "keras.optimizers",
    "keras.regularizers.regularizers": "keras.regularizers",
}
"""Modules that went, and where the names in them are now."""

_CUDNN = "the weights of the two are laid out differently: saved ones do not load"
_PREPROCESSING = "only tf.keras still has it, as keras.preprocessing in TensorFlow's own copy"
_SESSION = "there are no sessions and graphs to get at any more: call the model, or write a layer"
_NAMES: Mapping[str, Move] = {
    "keras.layers.CuDNNGRU": Move("keras.layers.GRU", _CUDNN, safe=False),
    "keras.layers.CuDNNLSTM": Move("keras.layers.LSTM", _CUDNN, safe=False),
    "keras.layers.Highway": Move(advice="write the layer yourself"),
    "keras.layers.LocallyConnected1D": Move(advice="write the layer yourself, or use Conv1D"),
    "keras.layers.LocallyConnected2D": Move(advice="write the layer yourself, or use Conv2D"),
    "keras.layers.MaxoutDense": Move(advice="use Dense, Reshape and a maximum"),
    "keras.layers.Merge": Move(advice="use a layer such as Concatenate or Add"),
    "keras.layers.RandomHeight": Move(advice="use RandomZoom or a Resizing layer"),
    "keras.layers.RandomWidth": Move(advice="use RandomZoom or a Resizing layer"),
    "keras.layers.ThresholdedReLU": Move(advice="use ReLU(threshold=...)"),
    "keras.layers.TimeDistributedDense": Move("keras.layers.Dense", safe=False),
    "keras.layers.DenseFeatures": Move(advice="use keras.utils.FeatureSpace"),
    "keras.layers.AbstractRNNCell": Move("keras.layers.Layer", safe=False),
    "keras.layers.merge": Move(advice="use a function such as concatenate or add"),
    "keras.layers.experimental.SyncBatchNormalization": Move(
        advice="use BatchNormalization(synchronized=True)"
    ),
    "keras.layers.experimental.RandomFourierFeatures": Move(advice="write the layer yourself"),
    "keras.constraints.nonneg": Move("keras.constraints.NonNeg"),
    "keras.constraints.maxnorm": Move("keras.constraints.MaxNorm"),
    "keras.constraints.unitnorm": Move("keras.constraints.UnitNorm"),
    "keras.constraints.RadialConstraint": Move(advice="write the constraint yourself"),
    "keras.constraints.radial_constraint": Move(advice="write the constraint yourself"),
    "keras.callbacks.BaseLogger": Move(advice="leave it out: fit does its work by itself"),
    "keras.estimator": Move(advice="train the model itself with fit"),
    "keras.estimator.model_to_estimator": Move(advice="train the model itself with fit"),
    "keras.experimental.export_saved_model": Move(advice="use model.export(...)"),
    "keras.experimental.load_from_saved_model": Move(advice="use keras.layers.TFSMLayer"),
    "keras.metrics.MeanRelativeError": Move(advice="write the metric yourself"),
    "keras.metrics.MeanTensor": Move(advice="write the metric yourself"),
    "keras.models.model_from_config": Move("keras.saving.deserialize_keras_object", safe=False),
    "keras.models.model_from_yaml": Move(advice="use model_from_json and model.to_json()"),
    "keras.legacy.interfaces": Move(advice="drop it: it translated arguments of Keras 1"),
    "keras.legacy.layers": Move(advice="use the layers of keras.layers"),
    "keras.models.Graph": Move(advice="use the functional API"),
    "keras.losses.Reduction": Move(advice='pass the string: reduction="sum"'),
    "keras.optimizers.TFOptimizer": Move(advice="use an optimizer of keras.optimizers"),
    "keras.preprocessing.text": Move(advice="use keras.layers.TextVectorization"),
    "keras.preprocessing.text.Tokenizer": Move(advice="use keras.layers.TextVectorization"),
    "keras.preprocessing.text.hashing_trick": Move(advice="use keras.layers.HashedCrossing"),
    "keras.preprocessing.text.one_hot": Move(advice="use keras.layers.TextVectorization"),
    "keras.preprocessing.text.text_to_word_sequence": Move(advice="use str.lower().split()"),
    "keras.preprocessing.image.ImageDataGenerator": Move(
        advice="use keras.utils.image_dataset_from_directory and layers such as RandomFlip"
    ),
    "keras.preprocessing.sequence.TimeseriesGenerator": Move(
        advice="use keras.utils.timeseries_dataset_from_array"
    ),
    "keras.regularizers.WeightRegularizer": Move("keras.regularizers.L1L2", safe=False),
    "keras.regularizers.l1l2": Move("keras.regularizers.L1L2"),
    "keras.regularizers.activity_l1": Move("keras.regularizers.L1"),
    "keras.regularizers.activity_l2": Move("keras.regularizers.L2"),
    "keras.utils.GeneratorEnqueuer": Move(advice="pass the generator or PyDataset to fit"),
    "keras.utils.OrderedEnqueuer": Move(advice="pass the PyDataset to fit"),
    "keras.utils.SequenceEnqueuer": Move(advice="pass the PyDataset to fit"),
    "keras.utils.HDF5Matrix": Move(advice="read the file with h5py"),
    "keras.utils.io_utils.HDF5Matrix": Move(advice="read the file with h5py"),
    "keras.utils.multi_gpu_model": Move(advice="use tf.distribute or keras.distribution"),
    "keras.utils.training_utils.multi_gpu_model": Move(
        advice="use tf.distribute or keras.distribution"
    ),
    "keras.utils.training_utils": Move(advice="use tf.distribute or keras.distribution"),
    "keras.utils.vis_utils.plot": Move("keras.utils.plot_model"),
    "keras.utils.visualize_util.plot": Move("keras.utils.plot_model"),
    "keras.utils.to_ordinal": Move(advice="write it with NumPy"),
    "keras.utils.warmstart_embedding_matrix": Move(advice="write it with NumPy"),
    "keras.wrappers.scikit_learn": Move(advice="use the package scikeras, or keras.wrappers"),
    "keras.wrappers.scikit_learn.KerasClassifier": Move(
        advice="use scikeras.wrappers.KerasClassifier, or keras.wrappers.SKLearnClassifier"
    ),
    "keras.wrappers.scikit_learn.KerasRegressor": Move(
        advice="use scikeras.wrappers.KerasRegressor, or keras.wrappers.SKLearnRegressor"
    ),
    "keras.dtensor": Move(advice="use keras.distribution"),
    "keras.backend.get_session": Move(advice=_SESSION),
    "keras.backend.set_session": Move(advice=_SESSION),
    "keras.backend.function": Move(advice=_SESSION),
    "keras.backend.gradients": Move(advice="use tf.GradientTape"),
    "keras.backend.learning_phase": Move(advice="pass training= to the call"),
    "keras.backend.set_learning_phase": Move(advice="pass training= to the call"),
    "keras.backend.set_image_dim_ordering": Move("keras.backend.set_image_data_format", safe=False),
    "keras.backend.image_dim_ordering": Move("keras.backend.image_data_format", safe=False),
    "keras.backend.int_shape": Move(advice="use x.shape"),
    "keras.backend.eval": Move(advice="use keras.ops.convert_to_numpy"),
    "keras.backend.hard_sigmoid": Move(advice="keras.ops.hard_sigmoid is another function"),
}
"""Single names that went."""

_METRIC_FUNCTIONS: Mapping[str, str] = {
    "KLD": "kl_divergence",
    "kld": "kl_divergence",
    "kullback_leibler_divergence": "kl_divergence",
    "MAE": "mean_absolute_error",
    "mae": "mean_absolute_error",
    "MAPE": "mean_absolute_percentage_error",
    "mape": "mean_absolute_percentage_error",
    "MSE": "mean_squared_error",
    "mse": "mean_squared_error",
    "MSLE": "mean_squared_logarithmic_error",
    "msle": "mean_squared_logarithmic_error",
    "logcosh": "log_cosh",
}
"""Functions of ``keras.losses`` and ``keras.metrics`` by the names that went."""

_SAME_OPS = (
    "abs",
    "all",
    "any",
    "arange",
    "argmax",
    "argmin",
    "cast",
    "clip",
    "concatenate",
    "cos",
    "cumprod",
    "cumsum",
    "equal",
    "exp",
    "expand_dims",
    "greater",
    "greater_equal",
    "less",
    "less_equal",
    "log",
    "max",
    "maximum",
    "mean",
    "min",
    "minimum",
    "not_equal",
    "one_hot",
    "ones_like",
    "prod",
    "reshape",
    "round",
    "sigmoid",
    "sign",
    "sin",
    "softmax",
    "softplus",
    "softsign",
    "sqrt",
    "square",
    "squeeze",
    "stack",
    "std",
    "sum",
    "tanh",
    "tile",
    "transpose",
    "var",
    "zeros_like",
)
_OPS: Mapping[str, str] = {
    **{name: name for name in _SAME_OPS},
    "flatten": "ravel",
    "permute_dimensions": "transpose",
    "pow": "power",
    "repeat_elements": "repeat",
    "stop_gradient": "stop_gradient",
}
"""Functions of ``keras.backend`` that mean the same in ``keras.ops``, arguments by position."""


def successor(path: str) -> Move | None:
    """What became of a name that Keras 3 does not have; None if no Keras had it, as far as known.

    Args:
        path: spelt ``keras.``; private modules of Keras 2 count as well.
    """
    move = _NAMES.get(path)
    if move is not None:
        return move
    namespace, _, name = path.rpartition(".")
    if namespace in ("keras.losses", "keras.metrics", "keras.objectives"):
        new = _METRIC_FUNCTIONS.get(name)
        if new is not None:
            return Move(f"{namespace.replace('objectives', 'losses')}.{new}")
    if namespace == "keras.backend" and name in _OPS:
        return Move(f"keras.ops.{_OPS[name]}")
    moved = _moved(path)
    if moved is not None:
        return moved
    if lookup(path, "keras2") is None:
        return None
    if path.startswith("keras.applications."):
        return Move(advice="keras_hub has models of this kind")
    if path.startswith("keras.backend."):
        return Move(advice="use keras.ops, or TensorFlow's own function")
    if path.startswith("keras.preprocessing."):
        return Move(advice=_PREPROCESSING)
    return Move()


def _moved(path: str) -> Move | None:
    """For a module that went, and for a name in one."""
    if path in _MODULES:
        return Move(_MODULES[path])
    namespace, _, name = path.rpartition(".")
    if namespace not in _MODULES:
        return None
    new = f"{_MODULES[namespace]}.{name}"
    if lookup(new) is not None:
        return Move(new)
    return successor(new) or Move()


# -- arguments -------------------------------------------------------------------------------------

_KERAS_1: Mapping[str, str] = {
    "W_constraint": "kernel_constraint",
    "W_regularizer": "kernel_regularizer",
    "atrous_rate": "dilation_rate",
    "b_constraint": "bias_constraint",
    "b_regularizer": "bias_regularizer",
    "bias": "use_bias",
    "border_mode": "padding",
    "dim_ordering": "data_format",
    "dropout_U": "recurrent_dropout",
    "dropout_W": "dropout",
    "U_regularizer": "recurrent_regularizer",
    "filter_length": "kernel_size",
    "init": "kernel_initializer",
    "inner_activation": "recurrent_activation",
    "inner_init": "recurrent_initializer",
    "nb_filter": "filters",
    "output_dim": "units",
    "p": "rate",
    "pool_length": "pool_size",
    "sigma": "stddev",
    "stride": "strides",
    "subsample": "strides",
    "subsample_length": "strides",
}
"""Arguments of Keras 1's layers by what they are called since Keras 2, where a layer has that."""
_KERAS_1_VALUES: Mapping[str, Mapping[object, str]] = {
    "dim_ordering": {"tf": '"channels_last"', "th": '"channels_first"', "default": "None"}
}
TAKES_ANY_KEYWORD = frozenset(("keras.layers.HashedCrossing",))
"""Layers that take keywords they do not know and say nothing (Keras 3.15)."""
_DROPPED_LAYER = frozenset(("consume_less", "dynamic", "fused"))
"""Arguments of layers that only said how to compute; to leave them out changes no result."""
_LAYER_ADVICE: Mapping[str, str] = {
    "batch_input_shape": "begin the model with Input(batch_shape=...)",
    "input_length": "begin the model with an Input of that shape",
    "weights": "call set_weights on the layer once it is built",
}
_METHOD_ARGUMENTS: Mapping[str, Mapping[str, str]] = {
    "fit": {"nb_epoch": "epochs"},
    "fit_generator": {"nb_epoch": "epochs"},
}
_METHOD_DROPPED = frozenset(
    ("max_q_size", "max_queue_size", "nb_worker", "pickle_safe", "use_multiprocessing", "workers")
)
"""How generators were run: in Keras 3 this is an argument of the PyDataset itself."""
_FITTING = ("evaluate", "fit", "predict")
_SCHEDULE = "pass a schedule such as keras.optimizers.schedules.InverseTimeDecay as learning_rate"


@dataclass(frozen=True)
class ArgumentMove:
    """What became of an argument.

    Args:
        new: what it is called now; empty if it went.
        drop: whether leaving it out changes nothing.
        values: new source text for literal values that went as well.
        advice: what to do where neither renaming nor dropping is right.
    """

    new: str = ""
    drop: bool = False
    values: Mapping[object, str] | None = None
    advice: str = ""


def argument_successor(path: str, argument: str) -> ArgumentMove | None:
    """What became of an argument that a class of Keras 3 does not take.

    None if no Keras before took it, as far as known.

    Args:
        path: the class or function, spelt ``keras.``.
        argument: the keyword.
    """
    found = lookup(path)
    if found is None or found.params is None:
        return None
    takes = {parameter.name for parameter in found.params} | found.extra
    if found.canonical.startswith("keras.optimizers."):
        if argument == "lr" and "learning_rate" in takes:
            return ArgumentMove("learning_rate")
        if argument in ("decay", "schedule_decay"):
            return ArgumentMove(advice=_SCHEDULE)
    if found.is_model and argument in ("input", "output"):
        return ArgumentMove(argument + "s")
    if found.is_layer and not found.is_model:
        new = _KERAS_1.get(argument)
        if new in takes:
            return ArgumentMove(new, values=_KERAS_1_VALUES.get(argument))
        if argument in _LAYER_ADVICE:
            return ArgumentMove(advice=_LAYER_ADVICE[argument])
        if argument in _DROPPED_LAYER:
            return ArgumentMove(drop=True)
    before = lookup(found.canonical, "keras2")
    earlier = {parameter.name for parameter in before.params or ()} if before else set()
    if before is not None and argument in earlier | before.extra:
        return ArgumentMove()
    return None


def layer_arguments_of_keras_1(found: ApiName) -> frozenset[str]:
    """Arguments that a layer took before Keras 2, or that every layer took in Keras 2."""
    if not found.is_layer or found.is_model or found.canonical in TAKES_ANY_KEYWORD:
        return frozenset()
    takes = {parameter.name for parameter in found.params or ()} | found.extra
    renamed = {old for old, new in _KERAS_1.items() if new in takes}
    return frozenset((renamed | _DROPPED_LAYER | _LAYER_ADVICE.keys()) - takes)


def method_argument_successor(method: str, argument: str) -> ArgumentMove | None:
    """What became of an argument of a method of models; None if it is not known to have gone."""
    new = _METHOD_ARGUMENTS.get(method, {}).get(argument)
    if new is not None:
        return ArgumentMove(new)
    if method in _FITTING and argument in _METHOD_DROPPED:
        return ArgumentMove(drop=True)
    return None


_METHODS: Mapping[str, Move] = {
    "evaluate_generator": Move("evaluate"),
    "fit_generator": Move("fit"),
    "predict_generator": Move("predict"),
    "predict_classes": Move(
        advice="take ops.argmax(model.predict(x), axis=-1), or compare it "
        "with 0.5 if there is one output"
    ),
    "predict_proba": Move("predict"),
    "to_yaml": Move(advice="use to_json"),
    "reset_states": Move(advice="call reset_states on each stateful layer"),
    "add_update": Move(advice="change the variables in call"),
    "get_input_at": Move(advice="use the tensors that went into the call"),
    "get_output_at": Move(advice="use the tensors that came from the call"),
    "get_input_shape_at": Move(advice="use the shape of the tensor that went in"),
    "get_output_shape_at": Move(advice="use the shape of the tensor that came out"),
}


def method_successor(name: str) -> Move | None:
    """What became of a method that models of Keras 3 do not have; None if it is not known."""
    return _METHODS.get(name)
