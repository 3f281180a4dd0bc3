"""More that random models are made of: own classes drawn anew, masks, surgery, structures, Python.

See :mod:`benchmarks.oracle.statements`, whose makers come first.
"""

from __future__ import annotations

from benchmarks.oracle.layer_texts import dense, layer_for, recurrent
from benchmarks.oracle.makers import State, maker, named

_BODY = (
    "t = t * 2 - 1",
    "t = ops.relu(t)",
    "t = tf.nn.relu(t) + t",
    "t = self.first(t)",
    "t = t + self.first(t)",
    "t = self.second(self.first(t))",
    "t = ops.concatenate([self.first(t), self.second(t)], axis=-1)",
    "t = ops.reshape(t, (-1, t.shape[1] * t.shape[2]))",
    "t = ops.reshape(t, (ops.shape(t)[0], -1))",
    "t = ops.reshape(t, (-1,) + tuple(t.shape[2:]))",
    "t = ops.reshape(t, (-1, *t.shape[2:]))",
    "t = tf.reshape(t, [-1, t.get_shape()[-1]])",
    "t = tf.reshape(t, tf.stack([tf.shape(t)[0], t.shape[1] * t.shape[2]]))",
    "t = tf.reshape(t, tf.concat([tf.shape(t)[:1], [-1]], axis=0))",
    "b = tf.shape(t)[0]\nt = tf.concat([t, tf.zeros((b, 1, t.shape[-1]))], axis=1)",
    "b, n, d = ops.shape(t)\nt = ops.reshape(t, (b, n, d, 1))",
    "t = ops.mean(t, axis=1)",
    "t = ops.mean(t, axis=-1, keepdims=True) * t",
    "t = tf.reduce_max(t, axis=[1], keepdims=True)",
    "if t.shape[-1] > 3:\n    t = t[..., :3]",
    "if len(t.shape) == 3:\n    t = t[:, -1]",
    "if t.shape.rank == 3:\n    t = ops.swapaxes(t, 1, 2)",
    "for layer in self.stack:\n    t = layer(t)",
    "t = sum(layer(t) for layer in self.stack)",
    "t = ops.stack([layer(t) for layer in self.stack], axis=1)",
    "for name in self.table:\n    t = self.table[name](t)",
    "t = self.mix(t, t)",
    "t = self.mix(t, self.first(t)) if training is None else t",
    "if training:\n    t = t * 0.5",
    "t = self.drop(t, training=training)",
    "t = self.norm(t)",
    "t = tf.cond(tf.reduce_sum(t) > 0, lambda: t, lambda: -t)",
    "t = tf.map_fn(lambda row: row * 2, t)",
    "t = ops.cond(ops.sum(t) > 0, lambda: t + 1, lambda: t)",
    "t = t @ self.w",
    "t = ops.matmul(t, self.w) + self.b",
    "t = ops.einsum('...i,ij->...j', t, self.w)",
    "t = t[:, ::2]",
    "t = ops.expand_dims(t, 1)",
    "t = ops.squeeze(t[:, :1], 1)",
    "t = tf.transpose(t, [0, 2, 1])",
    "t = ops.pad(t, [[0, 0]] + [[1, 0]] * (len(t.shape) - 1))",
    "t = ops.split(t, 2, axis=-1)[0]",
    "left, right = tf.split(t, 2, axis=-1)\nt = left * tf.sigmoid(right)",
    "t = tf.nn.softmax(t @ tf.transpose(t, [0, 2, 1])) @ t",
    "t = ops.cast(t, 'float32')",
    "t = ops.zeros_like(t) + t[:, :1]",
    "t = t + ops.cast(ops.arange(t.shape[-1]), t.dtype)",
    "t = tf.where(t > 0, t, tf.zeros_like(t))",
    "t = tf.gather(t, [0, 1], axis=1)",
    "t = ops.take(t, 0, axis=1)",
    "t = ops.repeat(t, 2, axis=1)",
    "t = tf.tile(t, [1] * (len(t.shape) - 1) + [2])",
    "t = ops.one_hot(ops.argmax(t, axis=-1), 4)",
)
_ENDS = ("return t",) * 8 + (
    "return t, ops.mean(t, axis=-1)",
    "return [t, t]",
    "return {'one': t, 'two': t * 2}",
    "return (t, (t + 1,))",
)
_PICK = {"t,": "[0]", "[t": "[1]", "{'": "['two']", "(t": "[1][0]"}


def _class(s: State, name: str, last: int | None, base: str = "layers.Layer") -> tuple[str, str]:
    """The text of a class, and what picks a tensor of what its call gives."""
    rng = s.rng
    body = [line for _ in range(rng.randint(1, 4)) for line in rng.choice(_BODY).splitlines()]
    end = rng.choice(_ENDS)
    text = "\n".join(body)
    args = "t, training=None" if "training" in text or rng.random() < 0.2 else "t"
    args += ", mask=None" if rng.random() < 0.1 else ""
    width = last or 4
    makes = {
        "first": dense(s),
        "second": f"layers.Dense({width})",
        "stack": f"[layers.Dense({width}) for _ in range({rng.randint(1, 3)})]",
        "table": f"{{'a': layers.Dense(3), 'b': {dense(s)}}}",
        "drop": "layers.Dropout(0.1)",
        "norm": "layers.LayerNormalization()",
    }
    used = [key for key in makes if f"self.{key}" in text]
    lines = [f"class {name}({base}):", "    def __init__(self, size=3, **kwargs):"]
    lines += ["        super().__init__(**kwargs)", "        self.size = size"]
    lines += [f"        self.{key} = {makes[key]}" for key in used]
    if "self.w" in text:
        lines += ["", "    def build(self, input_shape):"]
        lines += ["        self.w = self.add_weight(shape=(input_shape[-1], self.size), name='w')"]
        lines += ["        self.b = self.add_weight(shape=(self.size,), initializer='zeros')"]
        lines += ["        super().build(input_shape)"] if rng.random() < 0.4 else []
    if "self.mix" in text:
        lines += ["", "    def mix(self, one, other, scale=1.0):"]
        lines += ["        return layers.add([one, other])" if rng.random() < 0.1 else ""]
        lines[-1] = lines[-1] or "        return one * scale + other"
    lines += ["", f"    def call(self, {args}):", *(f"        {line}" for line in body)]
    lines += [f"        {end}"]
    if rng.random() < 0.15:
        lines += ["", "    def get_config(self):"]
        lines += ["        return {**super().get_config(), 'size': self.size}"]
    pick = next((pick for start, pick in _PICK.items() if end[7:].startswith(start)), "")
    return "\n".join(lines) + "\n", pick


@maker(14)
def own_layer(s: State) -> str | None:
    """A class of its own, made once or twice, called once or twice."""
    x = s.tensor()
    if x is None:
        return None
    name = s.fresh("Own")
    base = "keras.Model" if s.rng.random() < 0.15 else "layers.Layer"
    text, pick = _class(s, name, s.shape(x)[-1], base)
    size = s.rng.choice(["", "", "size=2", "4", "name='mine'"])
    layer = s.fresh("own")
    call = s.rng.choice([f"{layer}({x})", f"{layer}({x})", f"{layer}({x}, training=False)"])
    text += f"\n{layer} = {name}({size})\n{s.fresh()} = {call}{pick}"
    if s.rng.random() < 0.3:
        text += f"\n{s.fresh()} = {s.rng.choice([layer, f'{name}()'])}({s.tensor()}){pick}"
    return text


@maker(4)
def own_pair(s: State) -> str | None:
    """A layer of two inputs, given as a list, by position or by name."""
    x = s.tensor()
    if x is None:
        return None
    y, name, z = s.like(x), s.fresh("Pair"), s.fresh()
    body = s.rng.choice(
        [
            "a * b",
            "ops.concatenate([a, b], axis=-1)",
            "tf.matmul(a, b, transpose_b=True)",
            "self.inner(a) + self.inner(b)",
            "self.inner(a + b)",
            "ops.einsum('bij,bkj->bik', a, b)",
            "a[:, 0] * b[:, -1]",
        ]
    )
    head = f"class {name}(layers.Layer):\n    def __init__(self):\n        super().__init__()\n"
    head += f"        self.inner = {dense(s)}\n\n"
    way = s.rng.choice(["list", "list", "two", "named", "dict"])
    if way == "list":
        call = f"    def call(self, inputs):\n        a, b = inputs\n        return {body}\n"
        return f"{head}{call}\n{z} = {name}()([{x}, {y}])"
    if way == "dict":
        call = "    def call(self, inputs):\n        a = inputs['a']\n        b = inputs['b']\n"
        return f"{head}{call}        return {body}\n\n{z} = {name}()({{'a': {x}, 'b': {y}}})"
    call = f"    def call(self, a, b):\n        return {body}\n"
    given = f"{x}, {y}" if way == "two" else f"{x}, b={y}"
    return f"{head}{call}\n{z} = {name}()({given})"


@maker(3)
def own_cell(s: State) -> str | None:
    """A recurrent cell of its own."""
    x = s.tensor(3)
    if x is None:
        return None
    name, units = s.fresh("Cell"), s.rng.randint(1, 5)
    more = s.rng.choice(["", ", return_sequences=True", ", go_backwards=True"])
    text = f"""class {name}(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), name="kernel")
        self.again = self.add_weight(shape=(self.units, self.units), name="again")

    def call(self, inputs, states):
        new = ops.matmul(inputs, self.kernel) + ops.matmul(states[0], self.again)
        return new, [new]

{s.fresh()} = layers.RNN({name}({units}){more})({x})"""
    if s.rng.random() < 0.3:
        return text.replace(f"{name}({units}){more}", f"[{name}({units}), layers.GRUCell(2)]{more}")
    return text


@maker(5)
def masks(s: State) -> str | None:
    """Words with a mask, through what keeps it, drops it or needs it."""
    words, n = s.fresh("i"), s.rng.randint(2, 6)
    e, z = s.fresh(), s.fresh()
    lines = [f"{words} = keras.Input(({s.rng.choice(['5', 'None'])},), dtype='int32')"]
    lines += [f"{e} = layers.Embedding(20, {n}, mask_zero=True)({words})"]
    middle = s.rng.choice(
        [
            "layers.Dropout(0.1)",
            "layers.LayerNormalization()",
            f"layers.TimeDistributed({dense(s)})",
            f"layers.Conv1D({n}, 2, padding='same')",
            f"layers.Bidirectional(layers.LSTM({n}, return_sequences=True))",
            "layers.Activation('relu')",
            f"layers.GRU({n}, return_sequences=True)",
            "layers.Lambda(lambda t: t * 2)",
            "layers.Permute((2, 1))",
            f"layers.Dense({n})",
        ]
    )
    lines += [f"{z} = {middle}({e})"]
    end = s.rng.choice(
        [
            recurrent(s) + f"({z})",
            f"layers.Attention()([{z}, {z}])",
            f"layers.MultiHeadAttention(2, 3)({z}, {z})",
            f"layers.MultiHeadAttention(2, 3)({z}, {z}, use_causal_mask=True)",
            f"layers.Concatenate()([{z}, {e}])",
            f"layers.Concatenate(axis=1)([{z}, {e}])",
            f"layers.Add()([{z}, {z}])",
            f"layers.GlobalAveragePooling1D()({z})",
            f"layers.LSTM(3)({z}, mask={words} > 0)",
            f"layers.Flatten()({z})",
            f"layers.add([{z}, {e}])",
            f"{z} * 2",
            f"layers.Softmax()({z})",
        ]
    )
    return "\n".join([*lines, f"{s.fresh()} = {end}"])


@maker(4)
def call_arguments(s: State) -> str | None:
    x = s.tensor(3)
    if x is None:
        return None
    z, n = s.fresh(), s.rng.randint(1, 5)
    state = f"layers.Dense({n})(ops.mean({x}, axis=1))"
    return f"{z} = " + s.rng.choice(
        [
            f"layers.Dropout(0.3)({x}, training=True)",
            f"layers.BatchNormalization()({x}, training=False)",
            f"layers.GRU({n})({x}, initial_state={state})",
            f"layers.LSTM({n})({x}, initial_state=[{state}, {state}], training=True)",
            f"layers.MultiHeadAttention(2, 3)(query={x}, value={x}, use_causal_mask=True)",
            f"layers.MultiHeadAttention(2, 3)({x}, {s.like(x)}, key={x})",
            f"layers.MultiHeadAttention(1, 3, value_dim=2)({x}, {x}, "
            f"return_attention_scores=True)[1]",
            f"layers.Attention()([{x}, {x}], return_attention_scores=True)[1]",
            f"layers.AdditiveAttention()([{x}, {x}], use_causal_mask=True)",
            f"layers.RNN(layers.StackedRNNCells([layers.LSTMCell(2), layers.GRUCell({n})]))({x})",
            f"layers.Bidirectional(layers.GRU({n}), backward_layer=layers.GRU({n}, "
            f"go_backwards=True))({x})",
            f"layers.Bidirectional(layers.LSTM({n}), merge_mode=None)({x})[0]",
            f"layers.TimeDistributed(layers.Dropout(0.2))({x}, training=True)",
        ]
    )


@maker(5)
def surgery(s: State) -> str | None:
    """Layers and tensors taken out of a model that is there."""
    x = s.tensor()
    if not s.models or x is None:
        return None
    m, part = s.rng.choice(s.models), s.fresh("part")
    return s.rng.choice(
        [
            f"{s.fresh()} = {m}.get_layer(index=-1)({x})",
            f"{s.fresh()} = {m}.get_layer({m}.layers[-1].name)({x})",
            f"{part} = {x}\nfor layer in {m}.layers[1:]:\n    {part} = layer({part})\n"
            f"{s.fresh()} = {part}",
            f"{part} = keras.Model({m}.input, [l.output for l in {m}.layers])\n"
            f"{s.fresh()} = {part}({x})[-1]",
            f"{part} = keras.Model({m}.inputs, {m}.get_layer(index=1).output)\n"
            f"{s.fresh()} = {part}({x})",
            f"{part} = keras.Sequential({m}.layers)\n{s.fresh()} = {part}({x})",
            f"{part} = keras.Sequential({m}.layers[:-1])\n{part}.add({dense(s)})\n"
            f"{s.fresh()} = {part}({x})",
            f"for layer in {m}.layers[:-1]:\n    layer.trainable = False",
            f"{part} = keras.Model({m}.input, {dense(s)}({m}.output))\n{s.fresh()} = {part}({x})",
            f"{part} = keras.Model({m}.input, {dense(s)}({m}.layers[-2].output))\n"
            f"{s.fresh()} = {part}({x})",
            f"{part} = keras.models.clone_model({m}, input_tensors=keras.Input("
            f"{s.shape(x)[1:]}))\n{s.fresh()} = {part}({x})",
            f"{s.fresh()} = {m}.layers[-1].output",
            f"{part} = {m}.__class__.from_config({m}.get_config())\n{s.fresh()} = {part}({x})",
        ]
    )


@maker(4)
def structures(s: State) -> str | None:
    """A model of nested inputs or outputs."""
    x = s.tensor()
    if x is None:
        return None
    y, m, j, u = s.like(x), s.fresh("inner"), s.fresh("j"), s.fresh("u")
    dims = s.shape(x)[1:]
    lines = [f"{j} = keras.Input({dims}, name='{j}')", f"{u} = keras.Input({dims}, name='{u}')"]
    made = f"layers.Concatenate()([{j}, {dense(s)}({u})])"
    s.models.append(m)
    kind = s.rng.choice(["names", "pair", "nested", "tuple", "outputs", "deep"])
    if kind == "names":
        lines += [f"{m} = keras.Model({{'{u}': {u}, '{j}': {j}}}, {made})"]
        lines += [f"{s.fresh()} = {m}({{'{j}': {x}, '{u}': {y}}})"]
    elif kind == "pair":
        lines += [f"{m} = keras.Model(({j}, {u}), {made})", f"{s.fresh()} = {m}(({x}, {y}))"]
    elif kind == "nested":
        lines += [f"{m} = keras.Model([{j}, [{u}]], {made})", f"{s.fresh()} = {m}([{x}, [{y}]])"]
    elif kind == "tuple":
        lines += [f"{m} = keras.Model(inputs=[{j}, {u}], outputs=({made}, {j} + 1))"]
        lines += [f"{s.fresh()}, {s.fresh()} = {m}([{x}, {y}])"]
    elif kind == "outputs":
        lines += [f"{m} = keras.Model([{j}, {u}], {{'b': {made}, 'a': {j}}}{named(s, 'whole')})"]
        lines += [f"out = {m}([{x}, {y}])", f"{s.fresh()} = out['b']", f"{s.fresh()} = out['a']"]
    else:
        lines += [f"{m} = keras.Model([{j}, {u}], [{made}, {{'k': {u} * 2}}])"]
        lines += [f"{s.fresh()} = {m}([{x}, {y}])[1]['k']"]
    return "\n".join(lines)


@maker(5)
def python(s: State) -> str | None:
    """Ways to write it in Python."""
    x = s.tensor()
    if x is None:
        return None
    z, n, dims = s.fresh(), s.rng.randint(1, 4), s.shape(x)
    width = dims[-1] or 3
    one = layer_for(s, dims)
    return s.rng.choice(
        [
            f"{z} = {x}\nfor number, units in enumerate([{n}, 3]):\n"
            f"    {z} = layers.Dense(units, name=f'{z}_{{number}}')({z})",
            f"made = {{'a': {one}, 'b': {dense(s)}}}\n{z} = made['b'](made['a']({x}))",
            f"{z} = {x}\nfor layer in ({one}, {dense(s)}):\n    {z} = layer({z})",
            f"import functools\n{z} = functools.reduce(lambda t, layer: layer(t), "
            f"[{one}, {dense(s)}], {x})",
            f"def make_{z}(t, *sizes, last=None, **more):\n    for size in sizes:\n"
            f"        t = layers.Dense(size, **more)(t)\n"
            f"    return t if last is None else layers.Dense(last)(t)\n"
            f"{z} = make_{z}({x}, {n}, 2, last={n}, activation='relu')",
            f"{z} = [layers.Dense(k)({x}) for k in range(1, {n + 1}) if k != 2][-1]",
            f"shared = {one}\n{z} = layers.Concatenate()([shared({x}), shared({s.like(x)})])",
            f"options = dict(activation='relu', use_bias=False)\n"
            f"{z} = layers.Dense({n}, **options)({x})",
            f"class Maker_{z}:\n    size = {n}\n\n    def __init__(self, scale):\n"
            f"        self.scale = scale\n\n    def __call__(self, t):\n"
            f"        return layers.Dense(self.size * self.scale)(t)\n\n"
            f"{z} = Maker_{z}(2)({x})",
            f"first, *others = [{x}, layers.Dense({width})({x}), layers.ReLU()({x})]\n"
            f"{z} = layers.Add()([first] + others)",
            f"{z} = {x}\ncount = {n}\nwhile count > 0:\n    {z} = layers.Dense(count)({z})\n"
            f"    count -= 1",
            f"try:\n    {z} = {one}({x})\nexcept ValueError:\n    {z} = layers.Dense({n})({x})",
            f"{z} = {x} if {n} % 2 else layers.Dense({n})({x})",
            f"pairs = zip([{n}, 2], ['relu', None])\n{z} = {x}\nfor size, act in pairs:\n"
            f"    {z} = layers.Dense(size, activation=act)({z})",
            f"import copy\n{z} = copy.copy([{x}, {dense(s)}({x})])[1]",
            f"{z} = layers.Concatenate()(list(map({dense(s)}, [{x}, {x}])))",
            f"{z} = (lambda t: layers.Dense({n})(layers.ReLU()(t)))({x})",
            f"match {n}:\n    case 1:\n        {z} = {x} * 1\n"
            f"    case _:\n        {z} = {one}({x})",
        ]
    )


@maker(4)
def prepared(s: State) -> str | None:
    """Layers that prepare data."""
    i, z = s.fresh("i"), s.fresh()
    kind = s.rng.choice(["words", "numbers", "texts", "images"])
    if kind == "words":
        layer = s.rng.choice(
            [
                "layers.IntegerLookup(vocabulary=[3, 5, 7])",
                "layers.IntegerLookup(vocabulary=[3, 5], output_mode='multi_hot')",
                "layers.CategoryEncoding(num_tokens=6, output_mode='one_hot')",
                "layers.CategoryEncoding(6, 'multi_hot')",
                "layers.Hashing(num_bins=5)",
                "layers.Hashing(5, output_mode='one_hot')",
                "layers.Embedding(30, 4)",
            ]
        )
        dims = s.rng.choice(["(1,)", "(3,)", "(None,)", "()"])
        return f"{i} = keras.Input({dims}, dtype='int64')\n{z} = {layer}({i})"
    if kind == "numbers":
        layer = s.rng.choice(
            [
                "layers.Normalization(mean=0.5, variance=2.0)",
                "layers.Discretization(bin_boundaries=[0.0, 0.5, 1.0])",
                "layers.Discretization([0.0, 1.0], output_mode='one_hot')",
                "layers.Rescaling(2.0, offset=-1)",
            ]
        )
        return f"{i} = keras.Input({s.rng.choice(['(1,)', '(4,)'])})\n{z} = {layer}({i})"
    if kind == "texts":
        layer = s.rng.choice(
            [
                "layers.StringLookup(vocabulary=['a', 'b'])",
                "layers.StringLookup(vocabulary=['a', 'b'], output_mode='one_hot')",
                "layers.TextVectorization(vocabulary=['a', 'b'], output_sequence_length=4)",
                "layers.TextVectorization(vocabulary=['a', 'b'], output_mode='multi_hot')",
            ]
        )
        return f"{i} = keras.Input((1,), dtype='string')\n{z} = {layer}({i})"
    layer = s.rng.choice(
        [
            "layers.RandomRotation(0.1)",
            "layers.RandomCrop(4, 5)",
            "layers.RandomZoom(0.2)",
            "layers.RandomContrast(0.2)",
            "layers.RandomTranslation(0.1, 0.1)",
            "layers.Resizing(4, 4, crop_to_aspect_ratio=True)",
            "layers.CenterCrop(4, 4)",
            "layers.RandomBrightness(0.1)",
            "layers.Solarization()",
            "layers.RandomGrayscale()",
        ]
    )
    return f"{i} = keras.Input((8, 8, 3))\n{z} = {layer}({i})"


@maker(3)
def own_model(s: State) -> str | None:
    """A subclass of Model that is functional inside."""
    x = s.tensor()
    if x is None:
        return None
    name, z, dims = s.fresh("Whole"), s.fresh(), s.shape(x)[1:]
    model = s.fresh("own")
    s.models.append(model)
    return f"""class {name}(keras.Model):
    def __init__(self, shape, units={s.rng.randint(1, 4)}):
        inputs = keras.Input(shape)
        hidden = layers.Dense(units)(inputs)
        super().__init__(inputs, layers.Dense(2)(hidden){s.rng.choice(["", ", name='net'"])})
        self.units = units

{model} = {name}({dims})
{z} = {model}({x})"""
