"""Findings that are known: recorded once by code and content, not reported again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

from keras_lint.engine.file import RULE_FAILED, SYNTAX_ERROR
from keras_lint.model.dataclass import dataclass
from keras_lint.model.findings import FileResult, Finding

_SCHEMA = 1
_NEVER = (SYNTAX_ERROR, RULE_FAILED)
"""Never known: what they keep from being found is not known either."""


class BaselineError(Exception):
    """A baseline that cannot be used, with one line for the user."""


@dataclass(frozen=True)
class Baseline:
    """Known findings.

    Args:
        folder: what the paths in it start from.
        known: code and fingerprint, by path.
    """

    folder: str
    known: dict[str, frozenset[tuple[str, str]]]

    def without_known(self, path: str, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """The findings of a file that are new."""
        known = self.known.get(_key(path, self.folder), frozenset())
        return tuple(f for f in findings if (f.code, f.fingerprint) not in known)


def read_baseline(path: str) -> Baseline:
    """The baseline in a file.

    Raises:
        BaselineError: it cannot be read, or is none.
    """
    try:
        document = json.loads(Path(path).read_text("utf-8"))
        if document["schema"] != _SCHEMA:
            raise BaselineError(f"{path}: a baseline of another version of keras-lint")
        known = {
            str(name): frozenset((item["code"], item["fingerprint"]) for item in items)
            for name, items in document["files"].items()
        }
    except OSError as error:
        raise BaselineError(f"{path}: {error.strerror}; --write-baseline makes it") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BaselineError(f"{path}: not a baseline") from error
    return Baseline(os.path.dirname(os.path.abspath(path)), known)


def baseline_text(path: str, files: Iterable[FileResult]) -> str:
    """A baseline of what was found, to be written to ``path``."""
    folder = os.path.dirname(os.path.abspath(path))
    known = {
        _key(file.path, folder): [
            {"code": finding.code, "fingerprint": finding.fingerprint}
            for finding in file.findings
            if finding.verdict.status != "refuted" and finding.code not in _NEVER
        ]
        for file in files
    }
    found = {name: items for name, items in sorted(known.items()) if items}
    return json.dumps({"schema": _SCHEMA, "files": found}, indent=1) + "\n"


def _key(path: str, folder: str) -> str:
    try:
        return os.path.relpath(os.path.abspath(path), folder).replace(os.sep, "/")
    except ValueError:  # another drive
        return path.replace(os.sep, "/")
