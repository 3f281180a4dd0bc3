"""What a replay may use: library names, builtins, methods. Data for :mod:`verify.allowlist`."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


BUILTINS = _words(
    "abs all any bool callable complex dict divmod enumerate filter float frozenset int isinstance"
    " issubclass iter len list map max min next object print property range repr reversed round set"
    " slice sorted staticmethod classmethod str sum super tuple zip __name__ Ellipsis"
    " NotImplemented Exception ValueError TypeError AssertionError ImportError ModuleNotFoundError"
    " KeyError NotImplementedError IndexError RuntimeError AttributeError"
    " StopIteration ZeroDivisionError"
)

HARMLESS_BUILTINS = _words(
    "input id hash ascii bin hex oct ord chr license credits copyright help bytes bytearray pow"
)
"""Not for use, but variables may have these names: calling one by mistake does no harm."""

FORBIDDEN_ATTRIBUTES = _words(
    # what reads, writes, trains or leaves the model
    "fit fit_generator evaluate evaluate_generator predict predict_generator train_on_batch"
    " test_on_batch predict_on_batch save save_weights load_weights load_own_variables"
    " save_own_variables export from_config from_json from_yaml to_json to_yaml quantize"
    " tofile fromfile dump dumps load loads savetxt ctypes setflags write read open"
    # what leads from an object to the interpreter
    " gi_frame gi_code cr_frame cr_code ag_frame ag_code f_globals f_locals f_builtins f_back"
    " tb_frame tb_next func_globals mro format_map src python modules sys os"
    " gi_yieldfrom cffi create_op experimental_ref"
)

METHODS = _words("__init__ __call__ __len__ __repr__ __str__ __iter__ __getitem__ __contains__")
"""Special methods a class may define; the first two may also be called by name."""

SUSPICIOUS_STRINGS = _words("class_name registered_name")
"""Keys by which Keras makes an object from data, importing the module that the data names."""

_NAMESPACE_OPEN = _words(
    "keras.layers keras.ops keras.initializers keras.regularizers keras.constraints"
    " keras.activations keras.backend keras.optimizers keras.losses keras.metrics keras.random"
    " keras.applications tensorflow.math tensorflow.nn math itertools"
)
"""Namespaces in which every public function and class may be used, but for the exceptions."""

_EXCEPTIONS = _words(
    "keras.layers.TFSMLayer keras.layers.TorchModuleWrapper keras.layers.JaxLayer"
    " keras.layers.FlaxLayer keras.layers.deserialize keras.layers.serialize"
    " keras.initializers.deserialize keras.regularizers.deserialize keras.constraints.deserialize"
    " keras.activations.deserialize keras.optimizers.deserialize keras.losses.deserialize"
    " keras.metrics.deserialize keras.backend.set_session keras.backend.get_session"
    " keras.backend.tensorflow_backend"
    # reads a file that is named
    " tensorflow.nn.fixed_unigram_candidate_sampler"
    # modules: whoever holds one reaches everything that it imports
    " keras.ops.image keras.ops.linalg keras.ops.nn keras.ops.numpy keras.optimizers.legacy"
    " keras.optimizers.schedules tensorflow.math.special tensorflow.nn.experimental"
)

_LEAVES = {
    "keras": "Model Sequential Input InputSpec Layer Variable Initializer Regularizer Function"
    " KerasTensor Operation StatelessScope DTypePolicy",
    "keras.models": "Model Sequential clone_model",
    "keras.utils": "to_categorical normalize register_keras_serializable set_random_seed"
    " clear_session",
    "keras.config": "set_image_data_format set_floatx set_epsilon set_dtype_policy"
    " image_data_format floatx epsilon dtype_policy",
    "keras.mixed_precision": "set_global_policy set_dtype_policy dtype_policy Policy DTypePolicy",
    "keras.saving": "register_keras_serializable",
    "keras.ops.image": "affine_transform crop_images extract_patches gaussian_blur hsv_to_rgb"
    " map_coordinates pad_images perspective_transform resize rgb_to_grayscale rgb_to_hsv",
    "keras.ops.linalg": "cholesky det eigh inv lstsq lu_factor norm qr solve solve_triangular svd",
    "keras.ops.nn": "average_pool batch_normalization binary_crossentropy conv depthwise_conv"
    " dot_product_attention elu gelu hard_sigmoid hard_silu leaky_relu log_sigmoid log_softmax"
    " max_pool moments one_hot relu relu6 selu separable_conv sigmoid silu softmax softplus"
    " softsign sparse_categorical_crossentropy swish tanh",
    "keras.optimizers.schedules": "CosineDecay CosineDecayRestarts ExponentialDecay"
    " InverseTimeDecay LearningRateSchedule PiecewiseConstantDecay PolynomialDecay",
    "tensorflow": "abs add add_n argmax argmin argsort boolean_mask broadcast_to cast ceil"
    " clip_by_value clip_by_norm complex concat constant convert_to_tensor cos cumsum divide"
    " einsum equal exp expand_dims eye fill floor function gather greater greater_equal identity"
    " less less_equal linspace logical_and logical_not logical_or matmul maximum meshgrid minimum"
    " multiply negative norm not_equal one_hot ones ones_like pad pow range rank reduce_all"
    " reduce_any reduce_logsumexp reduce_max reduce_mean reduce_min reduce_prod reduce_sum repeat"
    " reshape reverse roll round rsqrt shape sigmoid sign sin sort split sqrt square squeeze stack"
    " stop_gradient strided_slice subtract tanh tensordot tile transpose truediv unstack where"
    " zeros zeros_like newaxis bool float16 bfloat16 float32 float64 int8 int16 int32 int64 uint8"
    " uint16 string Tensor TensorShape TensorSpec Variable",
    "tensorflow.linalg": "matmul norm l2_normalize band_part einsum diag matvec",
    "tensorflow.random": "normal uniform set_seed",
    "tensorflow.image": "resize",
    "tensorflow.signal": "fft rfft stft frame",
    "numpy": "abs absolute all any arange array asarray ceil clip concatenate cos cumprod cumsum"
    " diff dot e empty exp expand_dims eye floor full full_like hstack identity inf linspace log"
    " log1p log2 log10 logspace matmul max maximum mean median meshgrid min minimum mod nan ndarray"
    " newaxis ones ones_like pad pi power prod ravel repeat reshape round sign sin sqrt square"
    " squeeze stack std sum swapaxes tan tanh tile transpose unique var vstack where zeros"
    " zeros_like bool_ float16 float32 float64 int8 int16 int32 int64 uint8 uint16",
    "numpy.random": "rand randn random random_sample randint normal uniform seed choice"
    " permutation shuffle default_rng",
    "functools": "partial reduce wraps lru_cache cache",
    "collections": "OrderedDict defaultdict namedtuple deque Counter",
    "collections.abc": "Callable Iterable Iterator Mapping Sequence",
    "dataclasses": "dataclass field",
    "typing": "Any Callable ClassVar Dict Final Generator Iterable Iterator List Literal Mapping"
    " NamedTuple Optional Sequence Set Tuple Type TypeVar Union",
    "abc": "ABC abstractmethod",
    "enum": "Enum IntEnum auto",
    "__future__": "annotations division print_function absolute_import",
}
LEAVES = {f"{space}.{leaf}" for space, text in _LEAVES.items() for leaf in text.split()}
NAMESPACES = _NAMESPACE_OPEN | _LEAVES.keys()


def canonical(path: str) -> str:
    """One spelling for Keras: ``tensorflow.keras.layers`` is ``keras.layers``."""
    if path == "tensorflow.keras" or path.startswith("tensorflow.keras."):
        return path[len("tensorflow.") :]
    return path


def is_namespace(path: str) -> bool:
    """Whether ``path`` is a module that holds something permitted."""
    if path.startswith("keras.applications."):
        return path.count(".") == 2 and path.islower() and not _last(path).startswith("_")
    return path in NAMESPACES


def is_permitted(path: str) -> bool:
    """Whether a replay may use the function, class or constant at ``path``."""
    if path in LEAVES:
        return True
    space, _, name = path.rpartition(".")
    if name.startswith("_") or path in _EXCEPTIONS or name in FORBIDDEN_ATTRIBUTES:
        return False
    if space.startswith("keras.applications."):
        return is_namespace(space)
    return space in _NAMESPACE_OPEN and not is_namespace(path)


def builds_application(path: str) -> bool:
    """Whether ``path`` is a pretrained architecture, which downloads unless ``weights=None``."""
    return path.startswith("keras.applications.") and _last(path)[:1].isupper()


def _last(path: str) -> str:
    return path.rpartition(".")[2]
