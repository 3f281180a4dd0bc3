"""The keys of a settings file: what each may hold, and what it is when nobody says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from keras_lint.model.dataclass import dataclass
from keras_lint.model.target import TargetError, parse_target
from keras_lint.settings.selection import SettingsError, parse_codes

DEFAULT_EXCLUDE = (".*/", "__pycache__/", "node_modules/", "site-packages/")
"""Folders that are passed over; virtual environments are in any case."""

COMMAND_LINE = "command line"
"""Where settings come from that are in no file."""

Ignores = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Key:
    """One key.

    Args:
        name: as it is written.
        parse: from what TOML or the command line gives to the value in force. Raises
            :class:`SettingsError` with what is wrong, without the key's name.
        default: the value when nobody says.
        adds: whether the values of all files above a file count together; of other keys, that of
            the nearest one alone does.
    """

    name: str
    parse: Callable[[Any], object]
    default: object = None
    adds: bool = False


def parse_values(table: Mapping[str, object], where: str) -> dict[str, object]:
    """The parsed values of a table of settings.

    Args:
        table: as TOML gives it.
        where: for messages: a file, or :data:`COMMAND_LINE`.

    Raises:
        SettingsError: an unknown key (with the nearest known one) or a value that does not fit.
    """
    import difflib  # for a message that few runs have

    values: dict[str, object] = {}
    for name, value in table.items():
        key = KEYS.get(name)
        if key is None:
            near = difflib.get_close_matches(name.replace("_", "-").lower(), KEYS, n=1)
            suggestion = f"; did you mean {near[0]}?" if near else ""
            raise SettingsError(f"{where}: unknown setting {name!r}{suggestion}")
        try:
            values[name] = key.parse(value)
        except SettingsError as error:
            key_there = f"--{name}" if where == COMMAND_LINE else f"{where}: {name}"
            raise SettingsError(f"{key_there}: {error}") from error
    return values


def _texts(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise SettingsError(f"must be a list of strings, not {value!r}")
    return value


def _codes(value: object) -> tuple[str, ...]:
    return parse_codes(_texts(value))


def _patterns(value: object) -> tuple[str, ...]:
    return tuple(map(_pattern, _texts(value)))


def _pattern(text: str) -> str:
    from keras_lint.files.patterns import is_pattern  # slow to import, and most projects have none

    if not is_pattern(text):
        raise SettingsError(f"{text!r} is not a pattern as .gitignore has them")
    return text


def _per_file(value: object) -> Ignores:
    if not isinstance(value, dict):
        raise SettingsError(f"must be a table of patterns with lists of codes, not {value!r}")
    return tuple((_pattern(text), _codes(codes)) for text, codes in value.items())


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise SettingsError(f"must be a string, not {value!r}")
    return value


def _target(value: object) -> str:
    text = _text(value)
    try:
        parse_target(text)
    except TargetError as error:
        raise SettingsError(str(error)) from error
    return text


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise SettingsError(f"must be true or false, not {value!r}")
    return value


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise SettingsError(f"must be a whole number of at least 1, not {value!r}")
    return value


KEYS = {
    key.name: key
    for key in (
        Key("select", _codes, ()),
        Key("extend-select", _codes, (), adds=True),
        Key("ignore", _codes, ()),
        Key("per-file-ignores", _per_file, ()),
        Key("exclude", _patterns, DEFAULT_EXCLUDE),
        Key("extend-exclude", _patterns, (), adds=True),
        Key("target", _target, ""),
        Key("max-parameters", _count),
        Key("verify", _flag, True),
        Key("verify-python", _text),
        Key("baseline", _text),
        Key("jobs", _count),
        Key("root", _flag, False),
    )
}
"""All keys by name, in the order in which they are shown."""
