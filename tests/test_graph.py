"""The layer graph: JSON and back, and comparison of two graphs."""

from __future__ import annotations

import json

import pytest

from keras_lint.graph.compare import difference
from keras_lint.graph.layer_graph import CallNode, LayerGraph, LayerNode, TensorRef
from keras_lint.graph.serialise import (
    SchemaError,
    document,
    from_json,
    read_document,
    to_json,
)
from keras_lint.model.dims import UNKNOWN, symbol
from keras_lint.model.outcomes import Problem, Unknown
from keras_lint.model.spans import Origin, Span
from keras_lint.model.tensors import UNKNOWN_SHAPE, TensorType, shape


def dense(key, units, **more):
    return LayerNode(key, "Dense", "keras.layers", key, True, {"units": units}, **more)


def call(key, layer, inputs, out, extra=()):
    return CallNode(key, layer, inputs, (), (TensorType(out),), extra=tuple(extra))


def chain(*, params=330, units=10, names=("c0", "c1", "c2"), order=(0, 1, 2), out=None):
    """Input (32,) -> Dense -> Dense, with chosen ids and order."""
    a, b, c = names
    layers = [
        LayerNode("l0", "InputLayer", "keras.layers", "inp", False, params=0, trainable_params=0),
        dense("l1", 10, params=params, trainable_params=params),
        dense("l2", units, params=UNKNOWN),
    ]
    calls = [
        call(a, "l0", (), shape(None, 32)),
        call(b, "l1", TensorRef(a), shape(None, 10)),
        call(c, "l2", TensorRef(b), out or shape(None, units)),
    ]
    return LayerGraph(
        "m",
        "functional",
        layers,
        [calls[i] for i in order],
        inputs=[TensorRef(a)],
        outputs=TensorRef(c),
    )


def full_graph():
    span = Span(3, 5, 3, 20)
    problem = Problem(
        "rank",
        "LSTM",
        "rank 3",
        "(None, 64)",
        (TensorType(shape(None, 64)),),
        needs_rank=(3,),
        inner=Problem("axis", "GRU", "a", "b"),
    )
    inner = LayerGraph("inner", "sequential", [dense("l0", 3)], [])
    layers = [
        LayerNode("l0", "InputLayer", "keras.layers", "a", False),
        LayerNode(
            "l1",
            "TimeDistributed",
            "keras.layers",
            "td",
            False,
            {"layer": {"class": "LSTM", "config": {"units": symbol("n"), "x": UNKNOWN}}},
            params=symbol("n") * 2,
            wrapped=(dense("l1/0", 3),),
            origin=Origin(span, span, None, (("units", span),), (span, span)),
        ),
        LayerNode("l2", "Sequential", "keras", "inner", True, model=inner),
    ]
    calls = [
        CallNode("c0", "l0", [], (), (TensorType(shape(None, symbol("n"))), TensorType(shape(2)))),
        CallNode(
            "c1",
            "l1",
            {"a": TensorRef("c0"), "b": [TensorRef("c0", 1)]},
            (TensorType(UNKNOWN_SHAPE, None), TensorType(shape(2, None))),
            (TensorType(shape(None, UNKNOWN), None),),
            (("initial_state", [TensorRef("c0", 1)]),),
            Origin(Span(1, 1, 1, 2, cell=4), trigger=span),
            problem,
        ),
    ]
    return LayerGraph(
        "m",
        "functional",
        layers,
        calls,
        inputs={"x": TensorRef("c0"), "y": TensorRef("c0", 1)},
        outputs=TensorRef("c1"),
        origin=Origin(span),
        generated_name=False,
        followed=False,
        lost=(Unknown("why", span), Unknown("where", None)),
        problem=problem,
        problem_layers=("l1",),
    )


def test_json_round_trip_keeps_everything():
    graph = full_graph()
    data = json.loads(json.dumps(to_json(graph)))
    again = from_json(data)
    assert to_json(again) == data
    assert list(again.layers) == list(graph.layers)
    assert again.layers["l0"] == graph.layers["l0"]
    assert again.calls == graph.calls
    assert (again.inputs, again.outputs) == (graph.inputs, graph.outputs)
    assert (again.lost, again.problem) == (graph.lost, graph.problem)
    assert list(again.nx.edges(data=True)) == list(graph.nx.edges(data=True))


def test_json_follows_the_schema():
    data = to_json(full_graph())
    assert data["inputs"][1] == {"tensor": "c0:1", "name": "a", "shape": [2], "dtype": "float32"}
    assert data["calls"][1]["output_shapes"] == [[None, "?"]]
    assert data["calls"][0]["output_shapes"][0] == [None, "n"]
    assert data["total_params"] is None
    assert data["layers"][1]["params"] == "2*n"


def test_document_round_trip_and_refusal():
    data = document("x.py", [full_graph()])
    assert [graph.name for graph in read_document(data)] == ["m"]
    with pytest.raises(SchemaError, match="schema 2"):
        read_document({**data, "schema": 2})
    with pytest.raises(SchemaError):
        from_json({"name": "m"})


def test_same_graph_whatever_ids_and_order():
    assert difference(chain(), chain()) == []
    assert difference(chain(), chain(names=("x", "y", "z"), order=(2, 0, 1))) == []


def test_unknown_in_source_matches_anything():
    assert difference(chain(params=UNKNOWN, out=UNKNOWN_SHAPE), chain()) == []
    assert difference(chain(out=shape(None, symbol("n"))), chain()) == []


def test_differences_are_readable():
    assert difference(chain(), chain(params=340)) == [
        "layer Dense 'l1': params 330 in source, 340 as built",
        "layer Dense 'l1': trainable params 330 in source, 340 as built",
    ]
    assert difference(chain(), chain(units=11)) == [
        "layer Dense 'l2': output (None, 10) in source, (None, 11) as built"
    ]


def branches(swap=False, shared=False):
    """Two inputs through two Dense into Concatenate; made in either order, or shared."""
    layers = [
        LayerNode("i0", "InputLayer", "keras.layers", "i0", True),
        LayerNode("i1", "InputLayer", "keras.layers", "i1", True),
        dense("d0", 3),
        dense("d1", 4),
        LayerNode("cat", "Concatenate", "keras.layers", "cat", True),
    ]
    calls = [
        call("c0", "i0", (), shape(None, 8)),
        call("c1", "i1", (), shape(None, 8)),
        call("c2", "d0", TensorRef("c0"), shape(None, 3)),
        call("c3", "d0" if shared else "d1", TensorRef("c1"), shape(None, 3)),
        call("c4", "cat", [TensorRef("c3"), TensorRef("c2")], shape(None, 6)),
    ]
    if swap:
        calls[4] = call("c4", "cat", [TensorRef("c2"), TensorRef("c3")], shape(None, 6))
    used = [layer for layer in layers if any(layer.id == made.layer for made in calls)]
    return LayerGraph(
        "m", "functional", used, calls, [TensorRef("c0"), TensorRef("c1")], TensorRef("c4")
    )


def test_order_of_merge_inputs_and_sharing_count():
    assert difference(branches(), branches()) == []
    assert difference(branches(), branches(swap=True)) != []
    lines = difference(branches(shared=True), branches())
    assert any("one layer in source, several as built" in line for line in lines)
    lines = difference(branches(), branches(shared=True))
    assert any("one layer as built" in line for line in lines)


def test_missing_call_is_counted_by_class():
    graph = chain()
    shorter = LayerGraph(
        "m",
        "functional",
        list(graph.layers.values())[:2],
        list(graph.calls.values())[:2],
        [TensorRef("c0")],
        TensorRef("c1"),
    )
    assert difference(graph, shorter) == ["calls of Dense: 2 in source, 1 as built"]


def test_unbuilt_sequentials_compare_by_layers():
    one = LayerGraph("m", "sequential", [dense("a", 3), dense("b", 3)], [])
    assert difference(one, one) == []
    other = LayerGraph("m", "sequential", [dense("a", 3)], [])
    assert difference(one, other) == ["model: 2 layers in source, 1 as built"]


def test_a_thousand_calls_compare_in_order():
    def long(units):
        layers = [LayerNode("l0", "InputLayer", "keras.layers", "i", True)]
        calls = [call("c0", "l0", (), shape(None, 4))]
        for n in range(1, 1000):
            layers.append(dense(f"l{n}", units))
            calls.append(call(f"c{n}", f"l{n}", TensorRef(f"c{n - 1}"), shape(None, units)))
        return LayerGraph("m", "functional", layers, calls, [TensorRef("c0")], TensorRef("c999"))

    assert difference(long(4), long(4)) == []
    assert difference(long(4), long(5)) != []
