"""The arguments of ``check`` and of what goes by the same settings."""

from __future__ import annotations

import argparse

FORMATS = (
    "text",
    "concise",
    "json",
    "jsonl",
    "sarif",
    "github",
    "gitlab",
    "junit",
    "checkstyle",
)


def of_settings(parser: argparse.ArgumentParser) -> None:
    """What settings files may say too; what is said here wins."""
    group = parser.add_argument_group(
        "settings", "also read from keras-lint.toml or [tool.keras-lint] in pyproject.toml"
    )
    add = group.add_argument
    add("--select", metavar="CODES", action="append", help="run only KER1,KER201,...")
    add("--extend-select", metavar="CODES", action="append", help="run these besides the others")
    add("--ignore", metavar="CODES", action="append", help="leave out KER1,KER201,...")
    add(
        "--per-file-ignores",
        metavar="PATTERN:CODES",
        action="append",
        help="leave out codes in the files that match a pattern",
    )
    add(
        "--exclude",
        metavar="PATTERN",
        action="append",
        help="pass over what matches in folders, instead of hidden folders and code of others",
    )
    add("--extend-exclude", metavar="PATTERN", action="append", help="pass this over besides")
    add(
        "--target",
        metavar="KERAS",
        help="the Keras the code is to run on: keras-3, keras-2 or a version such as 3.6 (default: "
        "what the project's requirements say, else the newest)",
    )
    add(
        "--max-parameters",
        metavar="N",
        type=positive,
        help="the most parameters a model may have",
    )
    add(
        "--verify",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="build the models that findings are about in TensorFlow (default: yes)",
    )
    add("--verify-python", metavar="PYTHON", help="the Python to build with, if not this one")
    add("--baseline", metavar="FILE", help="findings that are known and not reported")
    add(
        "--jobs",
        "-j",
        metavar="N",
        type=positive,
        help="how many processes may analyse files at a time (default: one for each processor)",
    )
    add("--config", metavar="FILE", help="the one settings file that counts")
    add("--ignore-noqa", action="store_true", help="report also what comments in files keep back")
    add("--isolated", action="store_true", help="let no settings file count")


def of_check(parser: argparse.ArgumentParser) -> None:
    """Everything that ``check`` takes."""
    add = parser.add_argument
    add(
        "paths",
        metavar="PATH",
        nargs="*",
        default=["."],
        help="files and folders; - is standard input (default: the current folder)",
    )
    add("--output-format", choices=FORMATS, default="text", help="what the report is written as")
    add(
        "--output-file", metavar="FILE", help="where it is written to (default: -, standard output)"
    )
    add(
        "--write-baseline",
        metavar="FILE",
        help="record what is found there instead of reporting it (-: standard output)",
    )
    add("--fix", action="store_true", help="repair what can be repaired safely, in place")
    add(
        "--unsafe-fixes",
        action="store_true",
        help="with --fix or --diff: also repairs that may not mean what you meant",
    )
    add("--diff", action="store_true", help="only show what --fix would change, as a diff")
    add(
        "--stdin-filename",
        metavar="FILE",
        help="the file that standard input is the content of, for its name, settings and imports",
    )
    add(
        "--changed-since",
        metavar="REV",
        help="only files that differ from a git revision, or that git does not know yet",
    )
    add(
        "--force-exclude",
        action="store_true",
        help="pass over what the settings exclude also where it is named, as by pre-commit",
    )
    of_settings(parser)
    of_verifier(parser)
    add("--show-refuted", action="store_true", help="also show findings TensorFlow refuted")
    add(
        "--verbose", "-v", action="store_true", help="list skipped files and where models were lost"
    )
    add(
        "--statistics",
        action="store_true",
        help="count the models followed fully, partly and not at all, and the reasons",
    )


def of_verifier(parser: argparse.ArgumentParser) -> None:
    """How models are built, for the commands that build them."""
    add = parser.add_argument
    add(
        "--verify-exec",
        action="store_true",
        help="also run model code that is not on the list of what is known to be harmless, still "
        "confined; only for code you trust (default: no)",
    )
    add(
        "--verify-jobs",
        metavar="N",
        type=positive,
        default=1,
        help="how many TensorFlow processes may build models at a time (default: 1)",
    )
    add(
        "--cache-dir",
        metavar="FOLDER",
        type=named,
        default=".keras_lint_cache",
        help="where results and TensorFlow's answers are kept for the next run (default: "
        ".keras_lint_cache)",
    )
    add("--no-cache", action="store_true", help="neither read nor keep anything")


def of_report(parser: argparse.ArgumentParser) -> None:
    """Everything that ``report`` takes."""
    add = parser.add_argument
    add(
        "paths",
        metavar="PATH",
        nargs="*",
        default=["."],
        help="files and folders (default: the current folder)",
    )
    add("--output", "-o", metavar="FILE", required=True, help="the page; - is standard output")
    of_settings(parser)
    of_verifier(parser)


def named(text: str) -> str:
    """A name, which is not empty, as one from a variable may be that is not set."""
    if not text:
        raise argparse.ArgumentTypeError("must not be empty")
    return text


def positive(text: str) -> int:
    """A number of at least 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number
