"""The engine: from paths, or the content of one file, to results. Prints nothing."""

from __future__ import annotations

from keras_lint.engine.file import (
    EMPTY,
    NO_KERAS,
    RULE_FAILED,
    SYNTAX_ERROR,
    Checked,
    analyse_text,
    cell_key,
    check_bytes,
    check_text,
    read_target,
    summarise_models,
)
from keras_lint.engine.run import (
    FindingVerifier,
    Manner,
    SettingsOf,
    check_paths,
    check_targets,
    verify,
    with_fixes,
)

__all__ = [
    "EMPTY",
    "NO_KERAS",
    "RULE_FAILED",
    "SYNTAX_ERROR",
    "Checked",
    "FindingVerifier",
    "Manner",
    "SettingsOf",
    "analyse_text",
    "cell_key",
    "check_bytes",
    "check_paths",
    "check_targets",
    "check_text",
    "read_target",
    "summarise_models",
    "verify",
    "with_fixes",
]
