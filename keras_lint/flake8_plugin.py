"""The same checks as a flake8 plugin: ``flake8`` then reports KER codes beside its own.

flake8 does the selecting and reporting. Its ``noqa`` holds for one line; ours, for all lines of a
statement, counts besides. Models are built in TensorFlow only with
``--keras-lint-verify``. A file with a syntax error is flake8's own E999 and never comes here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from multiprocessing.util import Finalize
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from keras_lint._version import __version__

if TYPE_CHECKING:  # flake8 loads plugins also for runs that need none of this
    from keras_lint.model.findings import FileResult, Finding
    from keras_lint.settings import Settings
    from keras_lint.settings.project import ProjectSettings
    from keras_lint.source.project import Project
    from keras_lint.verify import Verifier

_PREFIX = "KER"

Report = tuple[int, int, str, type[Any]]


class KerasLintPlugin:
    """What flake8 makes of one file.

    Args:
        tree: the file's syntax tree; being asked for one keeps unparsable files away from us.
        lines: the file's text by lines.
        filename: as flake8 shows it.
    """

    name: ClassVar[str] = "keras-lint"
    version: ClassVar[str] = __version__
    verifying: ClassVar[bool] = False
    verify_python: ClassVar[str | None] = None
    selected: ClassVar[tuple[str, ...]] = ()
    noqa: ClassVar[bool] = True
    said: ClassVar[Mapping[str, object]] = {}

    def __init__(self, tree: ast.AST, lines: Sequence[str], filename: str) -> None:
        del tree
        self._text = "".join(lines)
        self._filename = filename

    @staticmethod
    def add_options(manager: Any) -> None:
        """Add our options to flake8's command line and configuration file."""
        manager.add_option(
            "--keras-lint-verify",
            action="store_true",
            default=False,
            parse_from_config=True,
            help="build the models that keras-lint's findings are about in TensorFlow",
        )
        manager.add_option(
            "--keras-lint-verify-python",
            metavar="PYTHON",
            parse_from_config=True,
            help="the Python to build them with, if not this one",
        )
        manager.add_option(
            "--keras-lint-target",
            metavar="KERAS",
            parse_from_config=True,
            help="the Keras the code is to run on: keras-3, keras-2 or a version such as 3.6",
        )
        manager.add_option(
            "--keras-lint-max-parameters",
            metavar="N",
            type=int,
            parse_from_config=True,
            help="the most parameters a model may have",
        )

    @classmethod
    def parse_options(cls, options: Any) -> None:
        """Take flake8's options; called in every process that checks files.

        Rules that are off by default run if flake8 is told to select them or their family
        (``KER211``, ``KER2``); ``KER`` alone means those that are on by default.
        """
        cls.verifying = bool(options.keras_lint_verify)
        cls.noqa = not options.disable_noqa
        cls.verify_python = options.keras_lint_verify_python
        selected = (*(options.select or ()), *(options.extend_select or ()))
        cls.selected = tuple(code for code in selected if len(code) > len(_PREFIX))
        named = ("target", "max-parameters")
        values = {name: getattr(options, f"keras_lint_{name.replace('-', '_')}") for name in named}
        _projects.clear()
        _modules.clear()
        cls.said = {name: value for name, value in values.items() if value is not None}

    def run(self) -> Iterator[Report]:
        """Line, column (from 0: flake8 adds one), text and type of each finding.

        Never raises: flake8 would end the whole run. What goes wrong is reported as KER002.
        """
        from keras_lint.settings import SettingsError

        try:
            result = self._check()
            reports = [
                _report(finding, verdict=self.verifying)
                for finding in result.findings
                if finding.verdict.status != "refuted"
            ]
            if result.outcome == "failed" and not reports:
                reports = [_not_analysed(result.reason)]
        except SettingsError as error:
            reports = [_not_analysed(str(error))]
        except Exception as error:  # noqa: BLE001 - see above
            text = " ".join(f"{type(error).__name__}: {error}".split())
            reports = [_not_analysed(f"keras-lint crashed ({text}); this is a bug in keras-lint")]
        yield from reports

    def _check(self) -> FileResult:
        from keras_lint.engine import check_bytes, verify
        from keras_lint.source.reader import with_deep_stack

        settings = self._settings()

        def check() -> FileResult:
            checked = check_bytes(
                self._text, self._filename, settings, explicit=False, project=_shared_modules()
            )
            if self.verifying and checked.result.findings:
                return verify(checked, _shared_verifier(self.verify_python))
            return checked.result

        return with_deep_stack(check)

    def _settings(self) -> Settings:
        """What rules go by, as the command has it; what is reported is flake8's to choose."""
        from keras_lint.settings import Settings

        options = _project_settings(self.said).of_file(self._filename).options
        return Settings(options=options, extend_select=self.selected, noqa=self.noqa)


_projects: dict[str, ProjectSettings] = {}


def _project_settings(said: Mapping[str, object]) -> ProjectSettings:
    """The settings files around, read once for all files of this process."""
    if "one" not in _projects:
        from keras_lint.settings.keys import parse_values
        from keras_lint.settings.layers import Layer
        from keras_lint.settings.project import ProjectSettings

        layer = Layer("flake8", Path.cwd(), parse_values(said, "flake8: keras-lint"))
        _projects["one"] = ProjectSettings(layer)
    return _projects["one"]


_modules: dict[str, Project] = {}


def _shared_modules() -> Project:
    """The modules that files import, read once for all files of this process."""
    from keras_lint.source.project import Project

    return _modules.setdefault("one", Project())


_verifiers: dict[str, Verifier] = {}


def _shared_verifier(python: str | None) -> Verifier:
    """One verifier for all files of this process; it ends with the process."""
    if "one" not in _verifiers:
        from keras_lint.verify import Verifier

        verifier = _verifiers["one"] = Verifier(python)
        # flake8's worker processes do not run atexit handlers; these finalizers run in both
        Finalize(None, verifier.close, exitpriority=10)
    return _verifiers["one"]


def _report(finding: Finding, *, verdict: bool) -> Report:
    text = f"{finding.code} {finding.message}"
    if verdict:
        because = f": {finding.verdict.reason}" if finding.verdict.status == "unverified" else ""
        text += f" [{finding.verdict.status}{because}]"
    return finding.span.line, finding.span.column - 1, text, KerasLintPlugin


def _not_analysed(reason: str) -> Report:
    return 1, 0, f"KER002 this file was not analysed: {reason}", KerasLintPlugin
