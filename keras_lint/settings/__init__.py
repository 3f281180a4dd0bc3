"""What the user chose, on the command line and in settings files."""

from __future__ import annotations

from keras_lint.settings.selection import Settings, SettingsError, parse_codes, unknown_code

__all__ = ["Settings", "SettingsError", "parse_codes", "unknown_code"]
