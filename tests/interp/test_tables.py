"""Tables and prepared data, against pandas and scikit-learn where these are installed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from keras_lint.model.data import ArraySpec
from keras_lint.model.dims import evaluated

from .lib import contradictions, values_of

TABLES = """
import numpy as np
import pandas as pd
df = pd.DataFrame({"a": np.arange(20), "b": np.ones(20), "c": [1, 2] * 10, "label": np.zeros(20)})
"""
FROM_TABLES = {
    "df": "(20, 4)",
    "df.values": "(20, 4)",
    "df.to_numpy()": "(20, 4)",
    "df['a']": "(20,)",
    "df['a'].values": "(20,)",
    "df.label": "(20,)",
    "df[['a', 'b']].values": "(20, 2)",
    "df.drop('label', axis=1)": "(20, 3)",
    "df.drop(columns=['label', 'a']).values": "(20, 2)",
    "df.drop([0, 1])": "(?, 4)",
    "df.iloc[:, 0:3].values": "(20, 3)",
    "df.iloc[:, -1]": "(20,)",
    "df.iloc[:5, :-1].to_numpy()": "(5, 3)",
    "df.iloc[2]": "(4,)",
    "df.loc[:, 'a']": "(20,)",
    "df.loc[:, ['a', 'c']]": "(20, 2)",
    "df.loc[:, 'a':'b']": "(20, ?)",
    "df[df['a'] > 3]": "(?, 4)",
    "df.head()": "(?, 4)",
    "df.fillna(0).dropna()": "(?, 4)",
    "pd.get_dummies(df['c'])": "(20, columns of get_dummies)",
    "pd.DataFrame(np.zeros((5, 3)), columns=['x', 'y', 'z'])": "(5, 3)",
    "pd.DataFrame(np.zeros((5, 3)))": "(5, 3)",
    "with_more.values": "(20, 5)",
    "popped.values": "(20, 3)",
    "read.values": "(rows of a file, columns of a file)",
    "read.drop('b', axis=1).values": "(rows of a file, columns of a file - 1)",
    "read.drop(columns=['a', 'b'])": "(rows of a file, columns of a file - 2)",
    "read['b'].values": "(rows of a file,)",
    "read.iloc[:, :1].values": "(rows of a file, ?)",
    "read.iloc[:, 1:]": "(rows of a file, columns of a file - 1)",
    "read.iloc[:, :-1].values[:, 1:]": "(rows of a file, columns of a file - 2)",
    "read.values[:, :read.shape[1] - 1]": "(rows of a file, columns of a file - 1)",
    "read.values[:, :read.shape[1] + 1]": "(rows of a file, columns of a file)",
    "read.values[:-1, -2:]": "(rows of a file - 1, 2)",
    "read[['a', 'b']]": "(rows of a file, 2)",
    "read.dropna()": "(?, columns of a file)",
    "read.rename(columns={'a': 'z'})": "(rows of a file, columns of a file)",
    "read.assign(z=1)": "(?, columns of .assign())",
    "read.set_index('a')": "(?, columns of .set_index())",
    "read.select_dtypes('number')": "(?, columns of .select_dtypes())",
    "tried": "(?, ?)",
    "shorter": "(rows of a file, columns of a file - 1)",
    "inserted": "(rows of a file, columns of a file + 1)",
    "set_by_name": "(rows of a file, columns of a table with more)",
    "set_by_label": "(?, columns of a table with more)",
    "renamed": "(rows of a file, 3)",
    "pd.read_csv(io.StringIO(TEXT), usecols=['a', 'c'])": "(?, 2)",
    "pd.read_csv(io.StringIO(TEXT), names=['x', 'y', 'z']).drop(columns='y')": "(?, 2)",
}
CHANGES = """
with_more = df.copy()
with_more["d"] = 1
with_more["a"] = 2
popped = df.copy()
y = popped.pop("label")
import io
TEXT = "a,b,c\\n1,2,3\\n4,5,6\\n"
read = pd.read_csv(io.StringIO(TEXT))
shorter = read.copy()
del shorter["a"]
tried = read.copy()
try:
    del tried["not there"]
except KeyError:
    pass
inserted = read.copy()
inserted.insert(0, "d", 1)
set_by_name = read.copy()
set_by_name["a"] = 0
set_by_label = read.copy()
set_by_label.loc[:, "d"] = 0
renamed = read.copy()
renamed.columns = ["x", "y", "z"]
"""
PREPARED = """
import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder, MinMaxScaler, OneHotEncoder, StandardScaler
from sklearn.utils import shuffle
x = np.random.rand(101, 6)
y = np.random.randint(0, 4, 101)
"""
FROM_PREPARED = {
    "train_test_split(x, y)[0]": "(75, 6)",
    "train_test_split(x, y)[3]": "(26,)",
    "train_test_split(x, y, test_size=0.2, random_state=1)[2]": "(80,)",
    "train_test_split(x, y, test_size=0.2)[1]": "(21, 6)",
    "train_test_split(x, train_size=0.7)[0]": "(70, 6)",
    "train_test_split(x, test_size=11, stratify=y > 1)[0]": "(90, 6)",
    "train_test_split(x, test_size=0.3, train_size=0.5)[0]": "(50, 6)",
    "StandardScaler().fit_transform(x)": "(101, 6)",
    "StandardScaler().fit(x).transform(x[:9])": "(9, 6)",
    "MinMaxScaler().fit_transform(x)": "(101, 6)",
    "LabelEncoder().fit_transform(y)": "(101,)",
    "OneHotEncoder(sparse_output=False).fit_transform(y.reshape(-1, 1))": "(101, ?)",
    "shuffle(x, y)[1]": "(101,)",
}


def _check(program: str, known: str) -> None:
    names: dict[str, Any] = {}
    exec(program, names)
    spec = values_of(program, "r")["r"]
    assert isinstance(spec, ArraySpec)
    assert contradictions(spec, np.asarray(names["r"])) == []
    assert str(spec.shape) == known
    quantities = {"rows of a file": 2, "columns of a file": 3}
    lengths = [evaluated(dim, quantities) for dim in spec.shape.dims or ()]
    for said, real in zip(lengths, names["r"].shape, strict=spec.shape.dims is not None):
        assert not isinstance(said, int) or said == real


@pytest.mark.parametrize(("expression", "known"), FROM_TABLES.items())
def test_tables_are_those_of_pandas(expression: str, known: str) -> None:
    pytest.importorskip("pandas")
    _check(f"{TABLES}{CHANGES}r = {expression}", known)


@pytest.mark.parametrize(("expression", "known"), FROM_PREPARED.items())
def test_prepared_data_are_those_of_scikit_learn(expression: str, known: str) -> None:
    pytest.importorskip("sklearn")
    _check(f"{PREPARED}r = {expression}", known)


PREDICTIONS = {
    "m.predict(x, verbose=0)": "(101, 3)",
    "m.predict(x[:7], verbose=0)": "(7, 3)",
    "m.predict_on_batch(x)": "(101, 3)",
    "m.predict(tf.data.Dataset.from_tensor_slices(x).batch(4), verbose=0)": "(?, 3)",
    "two.predict(x, verbose=0)[1]": "(101, 2)",
    "two.predict({'i': x}, verbose=0)[0]": "(101, 3)",
    "named.predict(x, verbose=0)['b']": "(101, 2)",
    "steps.predict(np.zeros((5, 9, 6)), verbose=0)": "(5, 9, 4)",
    "unbuilt.predict(x, verbose=0)": "(101, 5)",
    "x[next(iter(KFold(3).split(x)))[0]]": "(?, 6)",
    "[x[test] for train, test in KFold(n_splits=4, shuffle=True).split(x, y)][0]": "(?)",
    "x[slice(3, 9)]": "(6, 6)",
    "x[slice(-4, None), :2]": "(4, 2)",
}
MODELS = """
import tensorflow as tf
from keras import Input, Model, Sequential, layers
from sklearn.model_selection import KFold
i = Input((6,), name="i")
a, b = layers.Dense(3)(i), layers.Dense(2)(i)
m, two, named = Model(i, a), Model(i, [a, b]), Model(i, {"a": a, "b": b})
steps = Sequential([Input((None, 6)), layers.GRU(4, return_sequences=True)])
unbuilt = Sequential([layers.Dense(5)])
"""


@pytest.mark.keras
@pytest.mark.parametrize(("expression", "known"), PREDICTIONS.items())
def test_what_models_predict_is_what_keras_gives(expression: str, known: str) -> None:
    pytest.importorskip("sklearn")
    _check(f"{PREPARED}{MODELS}r = {expression}", known)


TEXTS = """
import numpy as np
from keras.utils import pad_sequences
from tensorflow.keras.preprocessing.text import Tokenizer
texts = ["one two two", "three", "one three three three"]
tok = Tokenizer(num_words=10)
tok.fit_on_texts(texts)
r = {}
"""
FROM_TEXTS = {
    "pad_sequences(tok.texts_to_sequences(texts), maxlen=5)": "(?, 5)",
    "pad_sequences(tok.texts_to_sequences(texts) + [[1]], padding='post')": "(?)",
    "tok.texts_to_matrix(texts, mode='count')": "(?, 10)",
}


@pytest.mark.keras
@pytest.mark.parametrize(("expression", "known"), FROM_TEXTS.items())
def test_texts_are_those_of_the_tokenizer(expression: str, known: str) -> None:
    _check(TEXTS.format(expression), known)


def test_a_table_that_something_may_have_changed() -> None:
    program = f"import mine\n{TABLES}mine.clean(df)\nr = df.values"
    spec = values_of(program, "r")["r"]
    assert isinstance(spec, ArraySpec)
    assert str(spec.shape) == "(?, ?)"
