"""Programs on which random models once disagreed with Keras; every one must agree for good."""

from __future__ import annotations

FOUND = {
    "a shared layer whose first call is not in the model": """
a = keras.Input((4,))
norm = layers.LayerNormalization()
first, second = norm(a), norm(layers.Dense(6)(a))
model = keras.Model(a, second)
""",
    "a Sequential of nothing but an Input is not built": """
model = keras.Sequential()
model.add(keras.Input((5, 4)))
""",
    "a Sequential emptied by pop": """
x = keras.Input((5, 4))
stack = keras.Sequential()
stack.add(layers.Flatten())
stack.pop()
model = keras.Model(x, stack(x))
""",
    "a Sequential that never had a layer": """
x = keras.Input((5, 4))
model = keras.Model(x, keras.Sequential()(x))
""",
    "a Sequential popped to its Input and called": """
x = keras.Input((5, 4))
stack = keras.Sequential([keras.Input((5, 4)), layers.Dense(2)])
stack.pop()
model = keras.Model(x, stack(x))
""",
    "a layer both directly and in a nested model counts once": """
a = keras.Input((4,))
stack = keras.Sequential([layers.Dense(5)])
x = layers.concatenate([stack(a), stack.layers[-1](a)])
model = keras.Model(a, x)
""",
    "an own name that Keras gave to another layer": """
a = keras.Input((6,))
x = layers.Dense(2)(a)
model = keras.Model(a, layers.Dense(1, name="dense")(x))
""",
    "a weight on an open axis": """
class Linear(layers.Layer):
    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], 2))

    def call(self, inputs):
        return ops.matmul(inputs, self.w)

a = keras.Input((None, None))
model = keras.Model(a, Linear()(a))
""",
    "a layer that asks for an axis that is not there": """
class Rows(layers.Layer):
    def call(self, x):
        return ops.reshape(x, (-1, x.shape[1] * x.shape[2])), x

a = keras.Input((8,))
model = keras.Model(a, Rows()(a)[0])
""",
    "a layer that compares a length that is None": """
class Short(layers.Layer):
    def call(self, x):
        x = ops.reshape(x, (-1,) + tuple(x.shape[2:]))
        return x[..., :3] if x.shape[-1] > 3 else x

a = keras.Input((6,))
model = keras.Model(a, Short()(a))
""",
    "a shape taken apart into too many axes": """
class Grid(layers.Layer):
    def call(self, x):
        batch, height, width, channels = x.shape
        return x

a = keras.Input((8, 3))
model = keras.Model(a, Grid()(a))
""",
    "a Sequential built on what is not known, then called on another rank": """
class Twice(layers.Layer):
    def call(self, x):
        return {"one": x, "two": [x, x * 2]}["t" + "wo"][len(self.name) > 99]

a = keras.Input((2,))
stack = keras.Sequential([layers.RepeatVector(3), layers.Dense(3)])
first = stack(Twice()(a))
b = keras.Input((2, 8, 8))
second = keras.Sequential([stack, layers.Dense(3)])(b)
model = keras.Model([a, b], [first, second])
""",
    "one tensor for a built layer that takes a list": """
a = keras.Input((6,))
b = keras.Input((6,))
join = layers.Concatenate()
x = join([a, b])
model = keras.Model([a, b], join(x))
""",
    "an open axis as a length inside a layer": """
class Heads(layers.Layer):
    def call(self, x):
        return ops.reshape(x, (-1, x.shape[1], 2, 3))

a = keras.Input((None, 6))
model = keras.Model(a, Heads()(a))
""",
    "grouped attention has another class name": """
a = keras.Input((4, 6))
model = keras.Model(a, layers.GroupQueryAttention(4, 4, 2)(a, a))
""",
    "a built layer of a model called on an open last axis": """
a = keras.Input((4,))
stack = keras.Sequential([keras.Input((4,)), layers.Dense(6)])
x = layers.Dense(3)(a)
model = keras.Model(a, stack(x @ ops.swapaxes(x, -1, -2)))
""",
    "a list of one tensor comes out of a model": """
x1 = keras.Input((4, 3))
inner = keras.Model([x1], [layers.Dense(2)(x1)])
x2 = keras.Sequential([inner, layers.Dense(5)])(x1)
model = keras.Model(x1, x2)
""",
    "a list of one tensor passes through Dropout": """
x1 = keras.Input((4, 3))
model = keras.Model(x1, layers.Conv1D(2, 1)(layers.Dropout(0.5)([x1])))
""",
    "a model called on whole numbers casts them to what its Input says": """
whole = keras.Input((5, 6), dtype="int32")
start = keras.Input((5, 6))
inner = keras.Model({"one": start}, {"t": layers.Reshape((3, 10))(start), "same": start})
numbers = keras.Input((4,), dtype="int32")
lookup = keras.Model(numbers, layers.Reshape((2, 2))(numbers))
found = inner({"one": whole > 2})
model = keras.Model([whole, keras.Input((4,))], [found["t"], found["same"], whole])
second = keras.Input((4,))
other = keras.Model(second, lookup(second))
""",
    "a layer of a Sequential by its number, which its Input has not": """
stack = keras.Sequential([keras.Input((4, 6)), layers.Dense(1), layers.Masking(0.0)])
model = keras.Model(stack.inputs, stack.get_layer(index=1).output)
""",
    "a shape inside a layer is no tuple": """
class Own(layers.Layer):
    def call(self, t):
        if isinstance(t.shape, tuple):
            return t[:, 0]
        return t if t.shape[1:] == [4, 6] else t[:, :1]

a = keras.Input((4, 6))
model = keras.Model(a, Own()(a))
""",
    "stacked lengths are one shape": """
class Own(layers.Layer):
    def call(self, t):
        return tf.reshape(t, tf.stack([tf.shape(t)[0], 24]))

a = keras.Input((4, 6))
model = keras.Model(a, Own()(a))
""",
    "no elements reshaped inside a layer": """
class Own(layers.Layer):
    def call(self, t):
        return ops.reshape(t, (-1,))

a = keras.Input((0,))
model = keras.Model(a, Own()(a))
""",
    "set_shape says more of a tensor": """
class Own(layers.Layer):
    def call(self, t):
        u = tf.reshape(t, (tf.shape(t)[0], tf.shape(t)[1], -1))
        u.set_shape((None, None, 6))
        return u

a = keras.Input((4, 6))
model = keras.Model(a, Own()(a))
""",
    "whole numbers and floats multiplied inside a layer": """
class Own(layers.Layer):
    def call(self, a, b):
        return tf.matmul(a, b, transpose_b=True)

a = keras.Input((4,))
values, places = ops.top_k(a, 2)
model = keras.Model(a, Own()(values, places))
""",
    "a Sequential of an Input alone is built on another batch": """
a = keras.Input((4,), batch_size=2)
stack = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
stack.pop()
model = keras.Model(a, stack(a))
""",
    "a product with a number is sparse for a layer of one's own": """
class Own(layers.Layer):
    def call(self, t):
        return tf.nn.relu(t) + t

a = keras.Input((4, 6))
model = keras.Model(a, Own()(layers.Reshape((6, 4))(a * 2)))
""",
    "a product with a number among several tensors": """
class Both(layers.Layer):
    def call(self, a, b):
        return a + b

a = keras.Input((4, 6))
model = keras.Model(a, Both()(a, b=a * 2))
""",
    "a model gives its input back and is called on a fixed batch": """
start = keras.Input((4,))
inner = keras.Model(start, [layers.Dense(3)(start), start])
a = keras.Input((4,), batch_size=2)
b = layers.Dense(4)(a)
part, same = inner(b)
model = keras.Model(a, part)
""",
    "a later call of a normalisation inside a layer": """
class Own(layers.Layer):
    def __init__(self):
        super().__init__()
        self.norm = layers.LayerNormalization()

    def call(self, t):
        return self.norm(t)

own = Own()
a, b = keras.Input((4, 2)), keras.Input((8, 8, 3))
model = keras.Model([a, b], [own(a), own(b)])
""",
    "a Lambda is traced on floats whatever it gets": """
a = keras.Input((1,))
places = layers.Discretization(bin_boundaries=[0.0, 0.5, 1.0])(a)
model = keras.Model(a, layers.Lambda(lambda t: tf.where(t > 0, t, 0.0))(places))
""",
    "a layer of one's own casts floats to its dtype": """
class Own(layers.Layer):
    def call(self, t):
        return tf.where(t > 0, t, tf.zeros_like(t))

a = keras.Input((6,), dtype="float16")
model = keras.Model(a, Own()(a))
""",
    "a call in no model that is not known": """
class Own(layers.Layer):
    def call(self, t):
        return ops.squeeze(t[:, :1], 1)

a, b = keras.Input((None, 2)), keras.Input((4,))
unused = Own()(a)
model = keras.Model(b, layers.Dense(2)(b))
""",
    "a copy of a functional model of one's own class": """
class Whole(keras.Model):
    def __init__(self, shape, units=2):
        inputs = keras.Input(shape)
        super().__init__(inputs, layers.Dense(units)(inputs))
        self.units = units

own = Whole((8, 3))
copy = keras.models.clone_model(own, input_tensors=keras.Input((8, 3)))
a = keras.Input((8, 3))
model = keras.Model(a, own(a))
""",
    "a layer counts on another number of axes": """
class Own(layers.Layer):
    def call(self, t):
        b, n, d = ops.shape(t)
        return ops.reshape(t, (b, n, d, 1))

a, b = keras.Input((7, 9, 4)), keras.Input((7, 9))
own = Own()
unused = own(a)
model = keras.Model(b, own(b))
""",
}
"""Source of a program by what it showed."""
