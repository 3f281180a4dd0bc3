"""Write what is made from the tool itself: an example run, the table and the pages of the rules.

Run it from anywhere: ``python scripts/update_readme.py``; TensorFlow must be installed.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from keras_lint.rules.pages import NOT_BUILT, markdown, row, table
from keras_lint.rules.registry import all_rules

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
PAGES = ROOT / "docs" / "rules"
EXAMPLE = "fixtures/programs/b3_lstm_without_return_sequences.py"


def rule_table() -> str:
    """The rules as a Markdown table."""
    return "\n".join([*table(), *(row(rule, "docs/rules/") for rule in all_rules().values())])


def rule_pages() -> dict[str, str]:
    """The files of ``docs/rules/`` by name."""
    rules = all_rules().values()
    index = ["# The rules", "", *table(), *(row(rule, "") for rule in rules), "", NOT_BUILT]
    return {"README.md": "\n".join(index), **{f"{r.code}.md": markdown(r) for r in rules}}


def example() -> str:
    """A real run of the command, as a code block."""
    process = subprocess.run(
        [sys.executable, "-m", "keras_lint", "check", EXAMPLE],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if process.returncode != 1:
        raise SystemExit(f"the example run failed:\n{process.stdout}{process.stderr}")
    return f"```console\n$ keras-lint check {EXAMPLE}\n{process.stdout}```"


def replaced(text: str, part: str, content: str) -> str:
    """``text`` with what stands between the marks of ``part`` replaced."""
    pattern = re.compile(rf"(<!-- {part}: .*? -->\n).*?(<!-- end of {part} -->)", re.DOTALL)
    new, count = pattern.subn(lambda marks: f"{marks[1]}\n{content}\n\n{marks[2]}", text)
    if count != 1:
        raise SystemExit(f"README.md has {count} places for the {part}")
    return new


def main() -> None:
    """Rewrite README.md and the pages in place."""
    text = README.read_text("utf-8")
    text = replaced(text, "example", example())
    text = replaced(text, "rules", rule_table())
    README.write_text(text, "utf-8")
    PAGES.mkdir(exist_ok=True)
    pages = rule_pages()
    for path in PAGES.iterdir():
        if path.name not in pages:
            path.unlink()
    for name, page in pages.items():
        (PAGES / name).write_text(page, "utf-8")


if __name__ == "__main__":
    main()
