"""The facts that scripts have asked Keras for and put into ``data``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_DATA = Path(__file__).with_name("data")


def stored(place: str) -> Any:
    """The content of a JSON file below ``data``; None if there is none.

    Args:
        place: ``versions/history.json``.
    """
    try:
        return json.loads(_DATA.joinpath(*place.split("/")).read_bytes())
    except FileNotFoundError:
        return None
