"""The same checks as a flake8 plugin: ``flake8`` then reports KER codes beside its own.

flake8 does the selecting and reporting. Its ``noqa`` holds for one line; ours, for all lines of a
statement, counts besides. Models are built in TensorFlow only with
``--keras-lint-verify``. A file with a syntax error is flake8's own E999 and never comes here.
"""

from __future__ import annotations

import ast
import gc
from collections.abc import Iterator, Mapping, Sequence
from multiprocessing.util import Finalize
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from keras_lint._version import __version__

if TYPE_CHECKING:  # flake8 loads plugins also for runs that need none of this
    from keras_lint.engine.examine import Examiner
    from keras_lint.model.findings import FileResult, Finding
    from keras_lint.settings import Settings
    from keras_lint.settings.project import ProjectSettings
    from keras_lint.verify import Verifier

_PREFIX = "KER"
_TOGETHER = 1_000
"""After so many analyses garbage is collected, which comes to some 40 MB by then."""

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
    cache: ClassVar[Path | None] = None
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
        manager.add_option(
            "--keras-lint-cache-dir",
            metavar="DIR",
            default=".keras_lint_cache",
            normalize_paths=True,
            parse_from_config=True,
            help="where keras-lint keeps results for the next run (default: %(default)s)",
        )
        manager.add_option(
            "--keras-lint-no-cache",
            action="store_true",
            default=False,
            parse_from_config=True,
            help="keep no results of keras-lint, and take none from earlier runs",
        )

    @classmethod
    def parse_options(cls, options: Any) -> None:
        """Take flake8's options; called in every process that checks files.

        Rules that are off by default run if flake8 is told to select them or their family
        (``KER211``, ``KER2``); ``KER`` alone means those that are on by default.
        """
        cls.verifying = bool(options.keras_lint_verify)
        cls.noqa = not options.disable_noqa
        cls.cache = None if options.keras_lint_no_cache else Path(options.keras_lint_cache_dir)
        cls.verify_python = options.keras_lint_verify_python
        selected = (*(options.select or ()), *(options.extend_select or ()))
        cls.selected = tuple(code for code in selected if len(code) > len(_PREFIX))
        named = ("target", "max-parameters")
        values = {name: getattr(options, f"keras_lint_{name.replace('-', '_')}") for name in named}
        _projects.clear()
        _examiners.clear()
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
        from keras_lint.source.reader import uncollected

        examiner = _shared_examiner(self.cache, to_verify=self.verifying)
        analysed = examiner.analysed
        with uncollected():
            checked = examiner.of_text(self._filename, self._settings(), self._text)
            if examiner.analysed > analysed:
                _set_aside(collect=examiner.analysed % _TOGETHER == 0)
        if not self.verifying or not checked.result.findings:
            return checked.result
        from keras_lint.engine import verify
        from keras_lint.source.reader import with_deep_stack

        return with_deep_stack(lambda: verify(checked, _shared_verifier(self.verify_python)))

    def _settings(self) -> Settings:
        """What rules go by, as the command has it; what is reported is flake8's to choose."""
        from keras_lint.settings import Settings

        options = _project_settings(self.said).of_file(self._filename).options
        return Settings(options=options, extend_select=self.selected, noqa=self.noqa)


def _set_aside(*, collect: bool) -> None:
    """What is there now is left alone by Python's collector of cycles.

    flake8 leaves cycles enough to have it look for them again and again, each time through all
    syntax trees and facts that are kept for the next files: that took a fifth of a whole run (1,037
    files, Python 3.11). What becomes garbage nevertheless goes when ``collect`` is said.
    """
    if collect:
        gc.unfreeze()
        gc.collect()
    gc.freeze()


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


_examiners: dict[str, Examiner] = {}


def _shared_examiner(cache: Path | None, *, to_verify: bool) -> Examiner:
    """Remembers what files were found to be, and the modules that they import."""
    if "one" not in _examiners:
        from keras_lint.engine.examine import Examiner

        _examiners["one"] = Examiner(cache, to_verify=to_verify)
    return _examiners["one"]


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
