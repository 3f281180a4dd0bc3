"""The command ``keras-lint``: arguments in, text and an exit code out.

Exit codes: 0 clean, 1 findings, 2 the tool or its input failed.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

from keras_lint._version import __version__
from keras_lint.cli import arguments
from keras_lint.cli.common import UsageError

_FAILED = 2


def _later(module: str, name: str = "run") -> Callable[[argparse.Namespace], int]:
    """A command that is imported when it is run."""

    def run(options: argparse.Namespace) -> int:
        command = getattr(importlib.import_module(f"keras_lint.cli.{module}"), name)
        code: int = command(options)
        return code

    return run


def main(words: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        words: its arguments, without the program's name; those of the process if None.

    Returns:
        The exit code.
    """
    if words is not None:
        return _main(words)
    # The process is ours alone. Most of what is made in it stays to the end (modules, classes,
    # results): to look for cycles in it takes a quarter of a short run, half of that at exit.
    # ``uncollected`` collects what a long one leaves.
    gc.disable()
    try:
        return _main(None)
    finally:
        gc.freeze()


def _main(words: Sequence[str] | None) -> int:
    _prepare_streams()
    options = argparse.Namespace(debug=False)
    try:
        options = _parser().parse_args(words)
        with _ended_like_ctrl_c():
            code: int = options.run(options)
        sys.stdout.flush()
    except UsageError as error:
        print(f"keras-lint: {error}", file=sys.stderr)
        return _FAILED
    except BrokenPipeError:
        # whoever read our output has gone (`keras-lint check | head`): nobody is left to tell
        for stream in (sys.stdout, sys.stderr):
            _discard(stream)
        return _FAILED
    except OSError as error:  # a full disk, a folder that was taken away: nothing of ours
        if options.debug:
            traceback.print_exc()
        print(f"keras-lint: the system refuses: {error}", file=sys.stderr)
        try:
            sys.stdout.flush()
        except OSError:
            _discard(sys.stdout)  # Python tries once more at its end, with an exit code of its own
        return _FAILED
    except KeyboardInterrupt as ended:
        number: int = ended.args[0] if ended.args else signal.SIGINT
        os._exit(128 + number)  # at once: the analysis runs on a thread that cannot be stopped
    except Exception as error:  # noqa: BLE001 - the last line of defence: no bare traceback
        if options.debug:
            traceback.print_exc()
        print(
            f"keras-lint: internal error: {type(error).__name__}: {error}\n"
            "This is a bug in keras-lint; --debug shows the traceback.",
            file=sys.stderr,
        )
        return _FAILED
    return code


def _discard(stream: TextIO) -> None:
    """What is still to be written to a stream goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@contextmanager
def _ended_like_ctrl_c() -> Iterator[None]:
    """What asks the process to end lets it clean up first: it is a KeyboardInterrupt too."""

    def end(number: int, _frame: object) -> None:
        raise KeyboardInterrupt(number)

    asking = [getattr(signal, name, None) for name in ("SIGTERM", "SIGHUP")]
    ours = [n for n in asking if n is not None and signal.getsignal(n) == signal.SIG_DFL]
    if threading.current_thread() is not threading.main_thread():
        ours = []  # only there may handlers be set
    for number in ours:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)


def _prepare_streams() -> None:
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by whoever started us; the exit code is still wanted
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif hasattr(stream, "reconfigure"):  # file names and source may not fit the terminal
            stream.reconfigure(errors="backslashreplace")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="keras-lint", description="A linter that understands the Keras model."
    )
    parser.add_argument("--version", action="version", version=f"keras-lint {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    check = commands.add_parser(
        "check",
        help="find mistakes in Keras models",
        epilog="Exit codes: 0 clean, 1 findings, 2 the tool or its input failed.",
    )
    arguments.of_check(check)
    check.set_defaults(run=_later("check"))

    config = commands.add_parser("config", help="print the settings in force, and who said so")
    config.add_argument(
        "path",
        metavar="PATH",
        nargs="?",
        default=".",
        help="the file or folder they are in force for (default: the current folder)",
    )
    arguments.of_settings(config)
    config.set_defaults(run=_later("config"))

    graph = commands.add_parser("graph", help="write the layer graphs of a file")
    graph.add_argument(
        "file",
        metavar="FILE",
        help="a Python file, notebook or .keras archive; - is standard input",
    )
    graph.add_argument("--format", choices=("json", "dot", "svg", "mermaid"), default="json")
    graph.add_argument("--model", metavar="NAME", help="only the models of this name")
    graph.set_defaults(run=_later("graph", "graph"))

    summary = commands.add_parser("summary", help="what model.summary() prints, from source alone")
    summary.add_argument(
        "file",
        metavar="FILE",
        help="a Python file, notebook or .keras archive; - is standard input",
    )
    summary.set_defaults(run=_later("graph", "summary"))

    diff = commands.add_parser(
        "diff",
        help="what changed in the architecture of the models, and whether old weights still load",
        epilog="Exit codes: 0 nothing changed, 1 something did, 2 the tool or its input failed.",
    )
    diff.add_argument(
        "before", metavar="FILE", help="a Python file, notebook or .keras archive, as it was"
    )
    diff.add_argument("after", metavar="FILE", nargs="?", help="as it is now")
    diff.add_argument(
        "--from", dest="old", metavar="REVISION", help="compare one file with a git revision of it"
    )
    diff.add_argument(
        "--to", dest="new", metavar="REVISION", help="the later revision (default: what is on disk)"
    )
    diff.add_argument("--format", choices=("text", "markdown"), default="text")
    diff.set_defaults(run=_later("diff"))

    report = commands.add_parser(
        "report",
        help="one HTML page of all models, drawn, with their findings",
        epilog="Exit codes: 0 clean, 1 findings, 2 the tool or its input failed.",
    )
    arguments.of_report(report)
    report.set_defaults(run=_later("report"))

    verify = commands.add_parser(
        "verify", help="about the process that builds models: which walls around it hold here"
    )
    verify.add_argument(
        "--doctor", action="store_true", help="try to get out of that process, and tell what holds"
    )
    verify.add_argument(
        "--verify-python", metavar="PYTHON", help="the Python to build with, if not this one"
    )
    verify.set_defaults(run=_later("verify"))

    rule = commands.add_parser("rule", help="explain a rule")
    rule.add_argument("code", metavar="CODE", nargs="?", help="such as KER101")
    rule.add_argument("--all", action="store_true", help="list all rules")
    rule.add_argument("--format", choices=("text", "json"), default="text")
    rule.set_defaults(run=_later("rule"))

    for command in (check, config, graph, summary, diff, report, verify, rule):
        command.add_argument(
            "--debug", action="store_true", help="show tracebacks of internal errors"
        )
    return parser
