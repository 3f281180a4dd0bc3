"""The command ``keras-lint``: arguments in, text and an exit code out.

Exit codes: 0 clean, 1 findings, 2 the tool or its input failed.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import importlib.util
import inspect
import json
import os
import pkgutil
import shutil
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from keras_lint._version import __version__

if TYPE_CHECKING:
    from keras_lint.engine import FindingVerifier
    from keras_lint.graph.analysis import FileAnalysis
    from keras_lint.model.findings import Verdict

_INTERRUPTED = 128 + signal.SIGINT
_FAILED = 2


class UsageError(Exception):
    """Arguments that cannot be followed, with one line for the user."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: without the program's name; those of the process if None.

    Returns:
        The exit code.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # file names and source may not fit the terminal
            stream.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except UsageError as error:
        print(f"keras-lint: {error}", file=sys.stderr)
        return _FAILED
    except BrokenPipeError:
        # whoever read our output has gone (`keras-lint check | head`): nobody is left to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _FAILED
    except KeyboardInterrupt:
        os._exit(_INTERRUPTED)  # at once: the analysis runs on a thread that cannot be stopped
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
    check.add_argument(
        "paths",
        metavar="PATH",
        nargs="*",
        default=["."],
        help="files and folders; - is standard input (default: the current folder)",
    )
    check.add_argument("--output-format", choices=("text", "json"), default="text")
    check.add_argument(
        "--select", metavar="CODES", action="append", default=[], help="run only KER1,KER201,..."
    )
    check.add_argument(
        "--ignore", metavar="CODES", action="append", default=[], help="leave out KER1,KER201,..."
    )
    check.add_argument(
        "--verify",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="build the models that findings are about in TensorFlow (default: yes)",
    )
    check.add_argument(
        "--verify-python", metavar="PYTHON", help="the Python to build with, if not this one"
    )
    check.add_argument(
        "--verify-exec",
        action="store_true",
        help="also run model code that is not on the list of what is known to be harmless, still "
        "confined; only for code you trust (default: no)",
    )
    check.add_argument(
        "--verify-jobs",
        metavar="N",
        type=_positive,
        default=1,
        help="how many TensorFlow processes may build models at a time (default: 1)",
    )
    check.add_argument(
        "--cache-dir",
        metavar="FOLDER",
        default=".keras_lint_cache",
        help="where TensorFlow's answers are kept for the next run (default: .keras_lint_cache)",
    )
    check.add_argument(
        "--no-cache", action="store_true", help="neither read nor keep TensorFlow's answers"
    )
    check.add_argument(
        "--show-refuted", action="store_true", help="also show findings TensorFlow refuted"
    )
    check.add_argument(
        "--verbose", "-v", action="store_true", help="list skipped files and where models were lost"
    )
    check.add_argument(
        "--statistics",
        action="store_true",
        help="count the models followed fully, partly and not at all, and the reasons",
    )
    check.set_defaults(run=_check)

    graph = commands.add_parser("graph", help="write the layer graphs of a file")
    graph.add_argument(
        "file", metavar="FILE", help="a Python file or notebook; - is standard input"
    )
    graph.add_argument("--format", choices=("json", "dot"), default="json")
    graph.set_defaults(run=_graph)

    summary = commands.add_parser("summary", help="what model.summary() prints, from source alone")
    summary.add_argument(
        "file", metavar="FILE", help="a Python file or notebook; - is standard input"
    )
    summary.set_defaults(run=_summary)

    verify = commands.add_parser(
        "verify", help="about the process that builds models: which walls around it hold here"
    )
    verify.add_argument(
        "--doctor", action="store_true", help="try to get out of that process, and tell what holds"
    )
    verify.add_argument(
        "--verify-python", metavar="PYTHON", help="the Python to build with, if not this one"
    )
    verify.set_defaults(run=_verify)

    rule = commands.add_parser("rule", help="explain a rule")
    rule.add_argument("code", metavar="CODE", nargs="?", help="such as KER101")
    rule.add_argument("--all", action="store_true", help="list all rules")
    rule.set_defaults(run=_rule)

    for command in (check, graph, summary, verify, rule):
        command.add_argument(
            "--debug", action="store_true", help="show tracebacks of internal errors"
        )
    return parser


def _check(options: argparse.Namespace) -> int:
    from keras_lint.engine import check_paths
    from keras_lint.reporters import json_report, statistics, text_report
    from keras_lint.reporters.counts import exit_code
    from keras_lint.settings import Settings, SettingsError, parse_codes

    try:
        settings = Settings(parse_codes(options.select), parse_codes(options.ignore))
    except SettingsError as error:
        raise UsageError(str(error)) from error
    with _verifier(options) as (verifier, unverified):
        sources: dict[str, str] = {}
        run = check_paths(options.paths, settings, verifier, unverified, sources)
    if options.output_format == "json":
        report = json_report.render(run, show_refuted=options.show_refuted)
        if options.debug:
            for file in run.files:
                sys.stderr.write(file.traceback)
    else:
        report = text_report.render(
            run,
            sources,
            show_refuted=options.show_refuted,
            verbose=options.verbose,
            debug=options.debug,
            colour=_colour(),
            explicit=_explicit(options.paths),
        )
    print(report, end="")
    if options.statistics and options.output_format != "json":
        print("\n" + statistics.render(run))
    return exit_code(run)


@contextmanager
def _verifier(
    options: argparse.Namespace,
) -> Iterator[tuple[FindingVerifier | None, Verdict]]:
    """The verifier, if there is to be one, and the verdict of findings when there is none.

    TensorFlow is only looked for, not imported: the verifier starts its process at the first
    finding.
    """
    from keras_lint.model.findings import NOT_VERIFIED, Verdict

    if not options.verify:
        yield None, NOT_VERIFIED
        return
    python = _verify_python(options)
    if python is None and importlib.util.find_spec("tensorflow") is None:
        yield None, Verdict("unverified", "TensorFlow not installed")
        return
    from keras_lint.verify import Verifier

    cache = None if options.no_cache else Path(options.cache_dir)
    with Verifier(
        python, execute=options.verify_exec, cache=cache, jobs=options.verify_jobs
    ) as verifier:
        yield verifier, NOT_VERIFIED


def _verify_python(options: argparse.Namespace) -> str | None:
    """The interpreter to build models with, as an absolute path; None for our own."""
    if options.verify_python is None:
        return None
    found: str | None = shutil.which(options.verify_python)
    if found is None:
        raise UsageError(f"--verify-python: there is no program {options.verify_python!r}")
    return os.path.abspath(found)  # the verifier starts it in a folder of its own


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _verify(options: argparse.Namespace) -> int:
    from keras_lint.verify.doctor import WALLS, examine

    if not options.doctor:
        raise UsageError("say --doctor; findings are verified by `keras-lint check`")
    found = examine(_verify_python(options))
    if found.problem:
        raise UsageError(found.problem)
    words = {
        "system": "holds, by the system",
        "python": "holds by Python's own audit hook alone: native code may pass it",
        "no": "DOES NOT HOLD",
    }
    for name, held in found.walls.items():
        print(f"{WALLS[name]:45} {words[held]}")
    print(f"locks: {', '.join(found.locks)}")
    print("not hindered: reading files, and time within the limit")
    return 0 if all(held == "system" for held in found.walls.values()) else 1


def _graph(options: argparse.Namespace) -> int:
    from keras_lint.graph.serialise import document

    path, analysis = _analysed(options)
    if options.format == "dot":
        from keras_lint.graph.dot import to_dot_all

        print(to_dot_all(analysis.graphs))
    else:
        print(json.dumps(document(path, analysis.graphs), indent=2))
    return 0


def _summary(options: argparse.Namespace) -> int:
    from keras_lint.graph.summary import summary
    from keras_lint.reporters.text_report import line_of

    path, analysis = _analysed(options)
    models = [graph for graph in analysis.graphs if graph.kind != "fragment"]
    for lost in analysis.lost:
        where = f":{line_of(lost.span)}" if lost.span else ""
        print(f"{path}{where}: not followed: {lost.reason}", file=sys.stderr)
    if not models:
        raise UsageError(f"{path}: no model found")
    columns = shutil.get_terminal_size().columns
    print("\n".join(summary(graph, columns).rstrip("\n") + "\n" for graph in models), end="")
    return 0


def _analysed(options: argparse.Namespace) -> tuple[str, FileAnalysis]:
    """The one file of ``graph`` and ``summary``, interpreted; its name as shown, and the result."""
    from keras_lint.engine import analyse_text, read_target
    from keras_lint.files import STDIN, STDIN_NAME
    from keras_lint.source.reader import SourceError

    path: str = STDIN_NAME if options.file == STDIN else options.file
    try:
        return path, analyse_text(read_target(path), path)
    except SourceError as error:
        place = f":{error.line}:{error.column}" if error.outcome == "syntax" else ""
        raise UsageError(f"{path}{place}: {error.reason}") from error


def _rule(options: argparse.Namespace) -> int:
    from keras_lint.rules.registry import all_rules
    from keras_lint.settings import unknown_code

    rules = all_rules()
    if options.all:
        width = max(len(rule.name) for rule in rules.values())
        for rule in rules.values():
            off = "" if rule.default else " (off by default)"
            print(f"{rule.code}  {rule.level:7}  {rule.name:{width}}  {rule.summary}{off}")
        return 0
    if options.code is None:
        raise UsageError("say which rule, or --all")
    by_name = {rule.name: rule for rule in rules.values()}
    rule_or_none = rules.get(options.code.upper()) or by_name.get(options.code.lower())
    if rule_or_none is None:
        raise UsageError(unknown_code(options.code))
    state = "on" if rule_or_none.default else "off"
    print(f"{rule_or_none.code} {rule_or_none.name} ({rule_or_none.level}, {state} by default)\n")
    print(_page(rule_or_none.code))
    return 0


def _page(code: str) -> str:
    """A rule's page: the docstring of its module, which is named after the code."""
    import keras_lint.rules as package

    for info in pkgutil.iter_modules(package.__path__):
        if info.name.startswith(f"{code.lower()}_"):
            module = importlib.import_module(f"{package.__name__}.{info.name}")
            return inspect.getdoc(module) or ""
    return ""


def _explicit(paths: Sequence[str]) -> frozenset[str]:
    """The paths that were named, as targets show them."""
    from keras_lint.files import STDIN, STDIN_NAME

    return frozenset(STDIN_NAME if path == STDIN else path for path in paths)


def _colour() -> bool:
    """Colour on a terminal; ``NO_COLOR`` and ``FORCE_COLOR`` say otherwise, in this order."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    with contextlib.suppress(ValueError):  # a closed stream
        return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    return False
