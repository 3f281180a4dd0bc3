"""What random models are made of: one maker per kind of statement, see ``oracle.makers``."""

from __future__ import annotations

from benchmarks.oracle.layer_texts import dense, layer_for, some_size
from benchmarks.oracle.makers import State, maker, named

_LAMBDAS = [
    "lambda t: t * 2",
    "lambda t: ops.relu(t) - 1",
    "lambda t: tf.reduce_mean(t, axis=-1)",
    "lambda t: tf.reduce_sum(t, axis=1, keepdims=True)",
    "lambda t: ops.max(t, axis=1)",
    "lambda t: t[:, 1:]",
    "lambda t: t[:, 0]",
    "lambda t: t[..., None]",
    "lambda t: tf.expand_dims(t, 1)",
    "lambda t: tf.nn.relu(t)",
    "lambda t: tf.concat([t, t], axis=-1)",
    "lambda t: tf.transpose(t, [0, 2, 1])",
    "lambda t: tf.reshape(t, (tf.shape(t)[0], -1))",
    "lambda t: ops.reshape(t, (-1, t.shape[-1]))",
    "lambda t: tf.cast(t, 'int32')",
    "lambda t: tf.matmul(t, t, transpose_b=True)",
    "lambda t: tf.stack([t, t * 2], axis=1)",
    "lambda t: tf.split(t, 2, axis=-1)[0]",
    "lambda t: tf.math.l2_normalize(t, axis=-1)",
    "lambda t: tf.squeeze(t, axis=1)",
    "lambda t: tf.where(t > 0, t, 0.0)",
    "lambda t: (t, t + 1)[1]",
    "lambda t, k=2: t * k",
]


# -- statements ------------------------------------------------------------------------------------


@maker(30)
def apply_layer(s: State) -> str | None:
    x = s.tensor()
    return f"{s.fresh()} = {layer_for(s, s.shape(x))}({x})" if x else None


@maker(5)
def make_layer(s: State) -> str | None:
    x = s.tensor()
    if x is None:
        return None
    name = s.fresh("shared")
    s.layers.append(name)
    return f"{name} = {layer_for(s, s.shape(x))}\n{s.fresh()} = {name}({x})"


@maker(6)
def call_shared(s: State) -> str | None:
    x = s.tensor()
    return f"{s.fresh()} = {s.rng.choice(s.layers)}({x})" if s.layers and x else None


@maker(8)
def merge_layer(s: State) -> str | None:
    x = s.tensor()
    if x is None:
        return None
    y = s.like(x)
    kind = s.rng.choice(
        ["Add", "Multiply", "Average", "Maximum", "Subtract", "Concatenate", "Concatenate", "Dot"]
    )
    inside = ""
    if kind == "Dot":
        inside = f"axes={s.rng.choice([-1, 1, 2, (1, 2)])}"
    if kind == "Concatenate" and s.rng.random() < 0.5:
        inside = f"axis={s.rng.choice([1, -1, 2, 0])}"
    more = f", {s.like(x)}" if kind not in ("Subtract", "Dot") and s.rng.random() < 0.3 else ""
    if s.rng.random() < 0.15 and not inside:
        return f"{s.fresh()} = layers.{kind.lower()}([{x}, {y}{more}])" if kind != "Dot" else None
    return f"{s.fresh()} = layers.{kind}({inside})([{x}, {y}{more}])"


@maker(10)
def operator(s: State) -> str | None:
    x = s.tensor()
    if x is None:
        return None
    y = s.like(x)
    return f"{s.fresh()} = " + s.rng.choice(
        [
            f"{x} + {y}",
            f"{x} * {y}",
            f"{x} - 0.5 * {y}",
            f"{x} / 2.0",
            f"1 - {x}",
            f"-{x}",
            f"{x} ** 2",
            f"abs({x})",
            f"{x} // 2",
            f"{x} % 3",
            f"{x} @ ops.swapaxes({y}, -1, -2)",
            f"{x} @ {y}",
            f"{x}[:, 1:]",
            f"{x}[:, 0]",
            f"{x}[..., None]",
            f"{x}[:, None]",
            f"{x}[..., :{some_size(s)}]",
            f"{x}[:, ::2]",
            f"{x}[:, -2:]",
            f"{x}[:, ::-1]",
            f"{x}[0]",
            f"ops.cast({x} > {y}, 'float32')",
            f"ops.where({x} > 0, {x}, {y})",
            f"ops.cast(({x} > 0) & ({y} <= 1), 'int32')",
        ]
    )


@maker(10)
def operation(s: State) -> str | None:
    x = s.tensor()
    if x is None:
        return None
    y = s.like(x)
    axis = s.rng.choice([-1, 1, 2, 0, 3])
    n = some_size(s)
    return f"{s.fresh()} = " + s.rng.choice(
        [
            f"ops.mean({x}, axis={axis})",
            f"ops.sum({x}, axis={axis}, keepdims=True)",
            f"ops.max({x}, axis=(1, -1))",
            f"ops.argmax({x}, axis={axis})",
            f"ops.softmax({x}, axis={axis})",
            f"ops.relu({x})",
            f"ops.sigmoid({x}) * {y}",
            f"ops.reshape({x}, (-1, {n}))",
            f"ops.reshape({x}, (ops.shape({x})[0], -1))",
            f"ops.reshape({x}, (-1,) + tuple({x}.shape[1:]))",
            f"ops.transpose({x}, (0, 2, 1))",
            f"ops.transpose({x})",
            f"ops.swapaxes({x}, 1, {axis})",
            f"ops.moveaxis({x}, 1, {axis})",
            f"ops.expand_dims({x}, {axis})",
            f"ops.squeeze({x}, {axis})",
            f"ops.concatenate([{x}, {y}], axis={axis})",
            f"ops.stack([{x}, {y}], axis={axis})",
            f"ops.split({x}, 2, axis={axis})[1]",
            f"ops.unstack({x}, axis=1)[0]",
            f"ops.tile({x}, {n})",
            f"ops.repeat({x}, {n}, axis={axis})",
            f"ops.pad({x}, (({0}, {0}),) + ((1, {n}),) * (len({x}.shape) - 1))",
            f"ops.flip({x}, axis={axis})",
            f"ops.roll({x}, 1, axis={axis})",
            f"ops.matmul({x}, {y})",
            f"ops.dot({x}, {y})",
            f"ops.einsum('bij,bkj->bik', {x}, {y})",
            f"ops.einsum('bi,bi->b', {x}, {y})",
            f"ops.tensordot({x}, {y}, axes=1)",
            f"ops.top_k({x}, {n})[0]",
            f"ops.take({x}, {n - 1}, axis={axis})",
            f"ops.take({x}, [0, 1], axis={axis})",
            f"ops.cumsum({x}, axis={axis})",
            f"ops.sort({x}, axis={axis})",
            f"ops.one_hot(ops.cast({x}, 'int32'), {n})",
            f"ops.clip({x}, 0.0, 1.0)",
            f"ops.norm({x}, axis={axis})",
            f"ops.var({x}, axis={axis}, keepdims=True)",
            f"ops.logsumexp({x}, axis={axis})",
            f"ops.maximum({x}, {y})",
            f"ops.add({x}, ops.ones(({n},)))",
            f"ops.zeros_like({x})",
            f"ops.average_pool({x}, 2)",
            f"ops.image.resize({x}, ({n}, {n}))",
            f"ops.normalize({x}, axis=-1)",
            f"ops.diff({x}, axis={axis})",
            f"ops.linspace({x}, {y}, {n})",
            f"ops.trace({x}, axis1=-2, axis2=-1)",
            f"ops.diagonal({x}, axis1=-2, axis2=-1)",
            f"ops.outer({x}, {y})",
            f"ops.logical_and({x} > 0, {y} > 0)",
            f"keras.activations.gelu({x})",
        ]
    )


@maker(3)
def several_results(s: State) -> str | None:
    x = s.tensor()
    if x is None:
        return None
    a, b = s.fresh(), s.fresh()
    axis = s.rng.choice([1, -1])
    return s.rng.choice(
        [
            f"{a}, {b} = ops.split({x}, 2, axis={axis})",
            f"{a}, {b} = ops.moments({x}, axes=[{axis}], keepdims=True)",
            f"{a}, {b} = ops.top_k({x}, 2)",
            f"{a}, *rest = ops.unstack({x}, axis={axis})\n{b} = rest[-1]",
            f"{a}, {b} = ops.slogdet({x})",
            f"{a}, {b} = ops.qr({x})",
        ]
    )


@maker(5)
def states(s: State) -> str | None:
    x = s.tensor(3)
    if x is None:
        return None
    y, z, h, c = s.tensor(3), s.fresh(), s.fresh(), s.fresh()
    units = some_size(s)
    other = units if s.rng.random() < 0.9 else units + 1
    seq = s.rng.choice(["", ", return_sequences=True"])
    return s.rng.choice(
        [
            f"{z}, {h}, {c} = layers.LSTM({units}, return_state=True{seq})({x})\n"
            f"{s.fresh()} = layers.LSTM({other}{seq})({y}, initial_state=[{h}, {c}])",
            f"{z}, {h} = layers.GRU({units}, return_state=True{seq})({x})\n"
            f"{s.fresh()} = layers.GRU({other}{seq})({y}, initial_state={h})",
            f"{z}, {h} = layers.SimpleRNN({units}, return_state=True{seq})({x})\n"
            f"{s.fresh()} = layers.SimpleRNN({other}{seq})({y}, initial_state=[{h}])",
            f"{z}, *{h} = layers.Bidirectional("
            f"layers.LSTM({units}, return_state=True{seq}))({x})\n"
            f"{c} = layers.Concatenate()([{h}[0], {h}[2]])\n"
            f"{s.fresh()} = layers.Bidirectional(layers.LSTM({other}{seq}))"
            f"({y}, initial_state={h})",
            f"{z}, *{h} = layers.RNN([layers.GRUCell({units}), layers.LSTMCell(3)], "
            f"return_state=True)({x})",
        ]
    )


@maker(4)
def attention(s: State) -> str | None:
    x = s.tensor(3)
    if x is None:
        return None
    y = s.rng.choice([s.like(x), s.tensor(3)])
    z = s.fresh()
    return s.rng.choice(
        [
            f"{z} = layers.Attention()([{x}, {y}])",
            f"{z} = layers.AdditiveAttention()([{x}, {y}])",
            f"{z} = layers.Attention(use_scale=True)([{x}, {y}, {y}])",
            f"{z} = layers.MultiHeadAttention(2, {some_size(s)})({x}, {y})",
            f"{z} = layers.MultiHeadAttention(3, 2, output_shape=5)({x}, {x}, {y})",
            f"{z}, {s.fresh()} = layers.MultiHeadAttention(2, 4)"
            f"({x}, {y}, return_attention_scores=True)",
            f"{z} = layers.GroupQueryAttention(4, 4, 2)({x}, {y})",
            f"{z} = ops.dot_product_attention({x}[:, :, None], {y}[:, :, None], {y}[:, :, None])",
        ]
    )


@maker(6)
def lambda_layer(s: State) -> str | None:
    x = s.tensor()
    if x is None:
        return None
    return f"{s.fresh()} = layers.Lambda({s.rng.choice(_LAMBDAS)}{named(s, 'cut')})({x})"


@maker(6)
def stack_of_layers(s: State) -> str | None:
    """A Sequential made in place and called, with or without an Input."""
    x = s.tensor()
    if x is None:
        return None
    name = s.fresh("stack")
    dims = s.shape(x)
    s.models.append(name)
    items = ([f"keras.Input({dims[1:]})"] if s.rng.random() < 0.6 else []) + [
        layer_for(s, dims) if s.rng.random() < 0.5 else dense(s) for _ in range(s.rng.randint(1, 3))
    ]
    if s.rng.random() < 0.5:
        made = f"{name} = keras.Sequential([{', '.join(items)}]{named(s, 'seq')})"
    else:
        made = f"{name} = keras.Sequential()\n" + "\n".join(f"{name}.add({i})" for i in items)
        if s.rng.random() < 0.15:
            made += f"\n{name}.pop()"
    if s.rng.random() < 0.1:
        made += f"\n{name}.trainable = False"
    return f"{made}\n{s.fresh()} = {name}({x})"


@maker(6)
def inner_model(s: State) -> str | None:
    """A functional model made on an input of its own and called."""
    x = s.tensor()
    if x is None:
        return None
    name, i, t, u = s.fresh("inner"), s.fresh("i"), s.fresh("t"), s.fresh("u")
    dims = s.shape(x)
    s.models.append(name)
    lines = [
        f"{i} = keras.Input({dims[1:]}{named(s, 'start')})",
        f"{t} = {layer_for(s, dims)}({i})",
    ]
    lines.append(f"{u} = {dense(s)}({t})")
    shape = s.rng.choice(["single", "single", "list", "dict", "two", "twoinputs"])
    if shape == "single":
        lines += [
            f"{name} = keras.Model({i}, {u}{named(s, 'inner')})",
            f"{s.fresh()} = {name}({x})",
        ]
    elif shape == "list":
        lines += [f"{name} = keras.Model([{i}], [{u}])", f"{s.fresh()} = {name}([{x}])"]
    elif shape == "two":
        a, b = s.fresh(), s.fresh()
        lines += [f"{name} = keras.Model({i}, [{t}, {u}])", f"{a}, {b} = {name}({x})"]
    elif shape == "dict":
        lines += [
            f"{name} = keras.Model({{'one': {i}}}, {{'u': {u}, 't': {t}}})",
            f"{s.fresh()} = {name}({{'one': {x}}})['t']",
        ]
    else:
        j = s.fresh("j")
        lines[0] += f"\n{j} = keras.Input({dims[1:]})"
        lines += [
            f"{name} = keras.Model([{i}, {j}], layers.Concatenate()([{u}, {dense(s)}({j})]))",
            f"{s.fresh()} = {name}([{x}, {s.like(x)}])",
        ]
    return "\n".join(lines)


@maker(4)
def call_model(s: State) -> str | None:
    x = s.tensor()
    if not s.models or x is None:
        return None
    name = s.rng.choice(s.models)
    return s.rng.choice(
        [
            f"{s.fresh()} = {name}({x})",
            f"{s.fresh()} = {name}.layers[-1]({x})",
            f"{name}.layers[0].trainable = False",
            f"copy_{name} = keras.models.clone_model({name})\n{s.fresh()} = copy_{name}({x})",
            f"part_{name} = keras.Model({name}.inputs, {name}.layers[-1].output)\n"
            f"{s.fresh()} = part_{name}({x})",
            f"{s.fresh()} = keras.Sequential([{name}, {dense(s)}])({x})",
            f"{s.fresh()} = layers.TimeDistributed({name})({x})",
        ]
    )


@maker(6)
def helper(s: State) -> str | None:
    x = s.tensor()
    if x is None or not s.helpers:
        return None
    return f"{s.fresh()} = {s.rng.choice(s.helpers).format(x=x, n=some_size(s))}"


@maker(4)
def loop(s: State) -> str | None:
    x = s.tensor()
    if x is None:
        return None
    z = s.fresh()
    return s.rng.choice(
        [
            f"{z} = {x}\nfor n in ({some_size(s)}, {some_size(s)}):\n"
            f"    {z} = layers.Dense(n)({z})",
            f"{z} = {x}\nfor n in range({s.rng.randint(0, 3)}):\n"
            f"    {z} = layers.Dense(n + 2)({z})\n    {z} = layers.ReLU()({z})",
            f"{z} = layers.Concatenate()([layers.Dense(n + 1)({x}) for n in range(3)])",
            f"{z} = {x}\nfor n in range(2):\n"
            f"    before = {z}\n    {z} = layers.Dense({s.shape(x)[-1]})({z})\n"
            f"    {z} = layers.add([before, {z}])",
            f"{z} = {x}\nwhile len({z}.shape) > 2:\n    {z} = ops.mean({z}, axis=1)",
            f"{z} = {dense(s)}({x}) if len({x}.shape) == 2 else layers.Flatten()({x})",
        ]
    )


@maker(4)
def embedding(s: State) -> str | None:
    i = s.fresh("i")
    n = some_size(s)
    dims = s.rng.choice(["(5,)", "(None,)", "()", "(3, 4)"])
    mask = s.rng.choice(["", ", mask_zero=True"])
    return (
        f"{i} = keras.Input({dims}, dtype='int32')\n"
        f"{s.fresh()} = layers.Embedding({n * 10}, {n}{mask})({i})"
    )


@maker(3)
def new_input(s: State) -> str | None:
    dims = s.rng.choice(["(4,)", "(5, 4)", "(None, 6)", "(8, 8, 3)", "(2, 6, 6, 2)", "(6,)"])
    batch = s.rng.choice(["", "", "", ", batch_size=2", ", name='given'", ", dtype='float16'"])
    return f"{s.fresh()} = keras.Input({dims}{batch})"


@maker(2)
def wrapped(s: State) -> str | None:
    x = s.tensor(4, 3)
    if x is None:
        return None
    inner = layer_for(s, s.shape(x)[1:])
    return f"{s.fresh()} = layers.TimeDistributed({inner})({x})"
