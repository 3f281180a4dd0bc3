"""The child process: locks, limits, answers, positions. Real TensorFlow throughout."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import textwrap
import threading

import pytest

from keras_lint.graph.serialise import from_json
from keras_lint.verify.replay import Replay
from keras_lint.verify.session import Lost, Session, Unavailable

pytestmark = pytest.mark.keras


@pytest.fixture
def ask(verifier):
    """Sends a program straight to the child, past the allow-list."""

    def send(text):
        return verifier.session.ask(Replay(textwrap.dedent(text).lstrip("\n")), "test.py")

    return send


# -- confinement -----------------------------------------------------------------------------------


def test_locks_are_closed(verifier):
    closed = verifier.session.about()["confined"]
    assert "audit" in closed
    if sys.platform.startswith("linux"):
        assert {"no-new-privileges", "limits"} <= set(closed)


@pytest.fixture
def listener():
    """A local server that counts connections."""
    seen = []
    server = socket.create_server(("127.0.0.1", 0))

    def accept():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            seen.append(connection)
            connection.close()

    threading.Thread(target=accept, daemon=True).start()
    yield server.getsockname()[1], seen
    server.close()


def test_a_hostile_program_leaves_no_trace(verifier, ask, tmp_path, listener):
    port, seen = listener
    (tmp_path / "precious").write_text("here")
    attempts = {
        "write": f"open({str(tmp_path / 'a')!r}, 'w').write('x')",
        "os.open": f"import os; os.open({str(tmp_path / 'b')!r}, os.O_CREAT | os.O_WRONLY)",
        "append": f"open({str(tmp_path / 'precious')!r}, 'a').write('x')",
        "remove": f"import os; os.remove({str(tmp_path / 'precious')!r})",
        "rename": f"import os; os.rename({str(tmp_path / 'precious')!r}, 'mine')",
        "mkdir": f"import os; os.mkdir({str(tmp_path / 'd')!r})",
        "link": f"import os; os.symlink('/', {str(tmp_path / 'l')!r})",
        "socket": f"import socket; socket.create_connection(('127.0.0.1', {port}), 2)",
        "urllib": f"import urllib.request as u; u.urlopen('http://127.0.0.1:{port}/')",
        "subprocess": f"import subprocess; subprocess.run(['touch', {str(tmp_path / 'c')!r}])",
        "system": f"import os; assert os.system('touch {tmp_path / 'e'}') == 0",
        "fork": "import os; os.fork()",
        "kill": f"import os; os.kill({os.getpid()}, 0)",
        "ctypes": "import ctypes; ctypes.CDLL(None).getpid()",
        "tensorflow": f"import tensorflow as t; t.io.write_file({str(tmp_path / 't')!r}, 'x')",
        "numpy": f"import numpy as n; n.zeros(3).tofile({str(tmp_path / 'n')!r})",
        "keras": f"import keras; keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])"
        f".save({str(tmp_path / 'k.keras')!r})",
    }
    if "landlock" not in verifier.session.about()["confined"]:
        del attempts["tensorflow"]  # its C++ writes files past Python; only the kernel can refuse
    allowed = {name for name, text in attempts.items() if ask(text)["ok"]}
    assert allowed - {"tensorflow", "numpy"} == set()
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == ["precious"]
    assert (tmp_path / "precious").read_text() == "here"
    assert seen == []


def test_the_environment_is_not_passed_on(ask, monkeypatch):
    answer = ask("import os\nassert 'PATH' not in os.environ\nassert 'USER' not in os.environ")
    assert answer["ok"]
    monkeypatch.undo()


def test_printing_does_not_disturb_the_conversation(ask):
    answer = ask("import os\nprint('{}')\nos.write(1, b'x')\nos.write(2, b'x')\ninput()")
    assert answer["exception"][0] == "EOFError"
    assert ask("1")["ok"]


# -- limits ----------------------------------------------------------------------------------------


def test_a_memory_bomb_costs_one_verdict(ask):
    answer = ask("import numpy as np\na = np.ones((300000, 300000))")
    assert "MemoryError" in answer["exception"]
    answer = ask("a = []\nwhile True: a.append(bytearray(2 ** 26))")
    assert "MemoryError" in answer["exception"]
    assert ask("a = 1")["ok"]


def test_a_stuck_or_dead_child_is_replaced():
    session = Session(None, time_limit=2)
    try:
        with pytest.raises(Lost, match="not built within 2 seconds"):
            session.ask(Replay("while True: pass"), "x.py")
        with pytest.raises(Lost, match="died"):
            session.ask(Replay("import os\nos._exit(3)"), "x.py")
        assert session.ask(Replay("a = 1"), "x.py")["ok"]
        assert session.started == 3
    finally:
        session.close()


def test_a_child_that_died_meanwhile_costs_nothing():
    session = Session(None, time_limit=60)
    try:
        session.about()
        session._child._process.kill()
        session._child._process.wait()
        assert session.ask(Replay("a = 1"), "x.py")["ok"]
    finally:
        session.close()


def test_nothing_stays_behind_when_nobody_closes(tmp_path):
    program = (
        "from keras_lint.verify import Verifier\n"
        "verifier = Verifier()\n"
        "print(verifier.available(), verifier.session._child._process.pid, flush=True)\n"
        "raise SystemExit(3)\n"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 3, done.stderr
    assert done.stdout.startswith("(True, '')")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.kill(int(done.stdout.split()[-1]), 0)


def test_a_child_outlives_the_thread_that_started_it():
    session = Session(None, time_limit=60)
    try:
        thread = threading.Thread(target=session.about)
        thread.start()
        thread.join()
        assert session.ask(Replay("a = 1"), "x.py")["ok"]
        assert session.started == 1
    finally:
        session.close()


def test_deep_recursion_and_exit_are_answers(ask):
    assert ask("def f(): f()\nf()")["exception"][0] == "RecursionError"
    assert ask("raise SystemExit(1)")["exception"][0] == "SystemExit"
    assert ask("x = (")["exception"][0] == "SyntaxError"


def test_python_without_tensorflow(tmp_path):
    session = Session("/nonexistent/python", 5)
    with pytest.raises(Unavailable, match="cannot be started"):
        session.ask(Replay("1"), "x.py")
    fake = tmp_path / "python"
    fake.write_text("#!/bin/sh\nexit 4\n")
    fake.chmod(0o755)
    session = Session(str(fake), 5)
    with pytest.raises(Unavailable, match="does not start"):
        session.about()


# -- answers ---------------------------------------------------------------------------------------


def test_a_shared_layer_with_operations_and_a_nested_model(ask):
    answer = ask(
        """
        import keras
        from keras import layers
        inner = keras.Sequential([keras.Input((8,)), layers.Dense(4, name="d")], name="inner")
        a, b = keras.Input((8,), name="a"), keras.Input((8,))
        dense = layers.Dense(8)
        x = dense(a) - dense(b) * 2.0
        model = keras.Model([a, b], inner(x))
        """
    )
    inner, model = map(from_json, answer["graphs"])
    assert (inner.name, inner.kind, inner.generated_name) == ("inner", "sequential", False)
    assert [layer.cls for layer in inner.layers.values()] == ["InputLayer", "Dense"]
    classes = [model.layer_of(call).cls for call in model.calls.values()]
    assert sorted(classes) == sorted(
        ["InputLayer", "InputLayer", "Dense", "Dense", "Multiply", "Subtract", "Sequential"]
    )
    dense = next(layer for layer in model.layers.values() if layer.cls == "Dense")
    assert len(model.calls_of(dense)) == 2
    assert (dense.params, dense.config["units"], dense.generated_name) == (72, 8, True)
    nested = next(layer for layer in model.layers.values() if layer.cls == "Sequential")
    assert nested.model is not None
    assert nested.params == 36
    assert model.total_params == 72 + 36
    subtract = next(c for c in model.calls.values() if model.layer_of(c).cls == "Subtract")
    assert model.producers(subtract)[0].layer == dense.id
    assert model.layer_of(subtract).is_operation


def test_states_are_extra_inputs_and_outputs_are_numbered(ask):
    answer = ask(
        """
        import keras
        from keras import layers
        a, b = keras.Input((5, 3)), keras.Input((7, 3))
        lstm = layers.LSTM(4, return_state=True, return_sequences=True)
        y, h, c = lstm(a)
        z = lstm(b, initial_state=[h, c])[0]
        keras.Model([a, b], z)
        """
    )
    (graph,) = map(from_json, answer["graphs"])
    second = [call for call in graph.calls.values() if graph.layer_of(call).cls == "LSTM"][1]
    assert dict(second.extra).keys() == {"initial_state"}
    assert [ref.output for ref in second.all_inputs()] == [0, 1, 2]


def test_masks_made_by_keras_are_no_part_of_the_model(ask):
    answer = ask(
        """
        import keras
        from keras import layers
        masked = layers.Embedding(9, 4, mask_zero=True)
        keras.Sequential([keras.Input((6,)), masked, layers.LSTM(3)])
        """
    )
    (graph,) = map(from_json, answer["graphs"])
    assert [layer.cls for layer in graph.layers.values()] == ["InputLayer", "Embedding", "LSTM"]


def test_weights_are_not_allocated(ask):
    answer = ask(
        """
        import keras
        keras.Sequential([keras.Input((200_000,)), keras.layers.Dense(200_000)])
        """
    )
    assert answer["ok"]
    assert answer["graphs"][0]["total_params"] == 200_000 * 200_001


def test_a_model_that_needs_real_weights_is_built_with_them(ask):
    answer = ask(
        """
        import keras
        import numpy as np
        v = keras.Variable(np.ones((2, 3)))
        m = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
        """
    )
    assert answer["ok"], answer


def test_names_start_afresh_for_each_replay(ask):
    text = "import keras\nkeras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])"
    first, second = ask(text), ask(text)
    assert first["graphs"] == second["graphs"]
    assert first["graphs"][0]["layers"][1]["name"] == "dense"


def test_settings_do_not_leak_into_the_next_replay(ask):
    assert ask("import keras\nkeras.config.set_image_data_format('channels_first')")["ok"]
    assert ask("import keras\nkeras.config.set_floatx('float16')")["ok"]
    answer = ask(
        """
        import keras
        m = keras.Sequential([keras.Input((4, 5, 6)), keras.layers.Conv2D(2, 1)])
        assert m.output_shape == (None, 4, 5, 2)
        assert m.outputs[0].dtype == 'float32'
        """
    )
    assert answer["ok"], answer


def test_values_are_put_in_place(verifier):
    text = "import keras\nm = keras.Input((data.shape[1],))\nassert m.shape == (None, 784)\n"
    replay = Replay(text, ((2, 17, 2, 30, 784),))
    assert verifier.session.ask(replay, "x.py")["ok"]


# -- positions -------------------------------------------------------------------------------------

COLUMNS = sys.version_info >= (3, 11)


def test_positions_of_a_failure_in_a_helper(ask):
    answer = ask(
        """
        import keras
        from keras import layers

        def block(x, ümlaut):
            é = layers.Dense(3); y = layers.LSTM(ümlaut)(x)
            return y

        z = block(keras.Input((4,)),
                  5)
        """
    )
    assert answer["exception"] == ["ValueError", "Exception"]
    outer, inner = answer["stack"]
    assert (outer["line"], inner["line"]) == (8, 5)
    if COLUMNS:
        assert (outer["column"], outer["end_line"], outer["end_column"]) == (5, 9, 13)
        assert (inner["column"], inner["end_column"]) == (30, 52)
    assert answer["layers"][0]["class"] == "LSTM"
    assert answer["layers"][0]["input_shapes"] == [[None, 4]]


def test_positions_of_layers_calls_and_models(ask):
    answer = ask(
        """
        import keras
        from keras import layers

        def make(n):
            m = keras.Sequential(name="m")
            m.add(keras.Input((n,)))
            m.add(layers.Dense(n))
            return m

        make(3)
        """
    )
    (graph,) = map(from_json, answer["graphs"])
    assert graph.origin.span.line == 5
    assert [span.line for span in graph.origin.stack] == [10]
    dense = list(graph.layers.values())[1]
    assert dense.origin.span.line == 7
    if COLUMNS:
        assert (dense.origin.span.column, dense.origin.span.end_column) == (11, 26)
