"""What was said of the whole product, as a page."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping
from importlib import metadata

from benchmarks.training.product import (
    ACTIVATIONS,
    FORMS,
    LABELS,
    LOSSES,
    METRICS,
    UNITS,
    WITH_LOGITS,
    Case,
    Decided,
    Told,
)

Outcomes = Mapping[Case, tuple[Told, Decided]]
_PLAIN = FORMS[:3]
_HEAD = """\
# Outputs, losses, labels and metrics

Written by `python -m benchmarks.training`; it takes some minutes to make it again.

Every combination was decided twice: by the rules, from the source of a small program, and by one
training step of that program in Keras {version}. The program has

- an output of {units} units with the activation {activations};
- a loss: {losses}; as string, object and function, and the crossentropies `from_logits=True` too;
- labels: {labels};
- a metric: {metrics}.
"""
_LEGEND = """\
In the tables a number is the rule that speaks (302 is KER302), **bold** where it says error;
"raises" that Keras refuses the training step, and nothing at all that Keras trains and no rule
speaks. n is the number of samples.
"""


def disagreements(outcomes: Outcomes) -> list[str]:
    """A line for each case in which rules and Keras disagree on an error.

    They disagree where a rule says error and Keras trains, and where Keras refuses and no rule says
    error.
    """
    wrong = []
    for case, (told, decided) in outcomes.items():
        if told.errors and not decided.raised:
            wrong.append(f"{case}: {told.errors}, but Keras trains")
        if decided.raised and not told.errors:
            wrong.append(f"{case}: Keras raises {decided.raised}, and no rule says error")
    return wrong


def page(outcomes: Outcomes) -> str:
    """The page about all combinations."""
    counts: Counter[str] = Counter()
    for told, decided in outcomes.values():
        if told.errors:
            counts["metric" if decided.by_metric else "error"] += 1
        elif not decided.raised:
            counts["warning" if told.codes else "silent"] += 1
    lines = [
        _HEAD.format(
            activations=", ".join(name or "none" for name in ACTIVATIONS),
            units=" or ".join(map(str, UNITS)),
            losses=", ".join(LOSSES),
            labels="; ".join(LABELS),
            metrics=", ".join(METRICS),
            version=metadata.version("keras"),
        ),
        "| | combinations |",
        "|---|---|",
        f"| all | {len(outcomes)} |",
        f"| a rule says error, and Keras raises | {counts['error']} |",
        f"| the same, where the metric alone makes Keras raise | {counts['metric']} |",
        f"| a rule warns, and Keras trains | {counts['warning']} |",
        f"| no rule speaks, and Keras trains | {counts['silent']} |",
        f"| rules and Keras disagree on an error | {len(disagreements(outcomes))} |",
        "",
        _LEGEND,
        "## Losses",
        "",
        "Without a metric. Where it matters how the loss is given, both outcomes stand there.",
        "",
        *_losses(outcomes),
        "",
        "## Metrics",
        "",
        "What a metric adds, over all activations and ways to give the loss, where Keras takes the",
        'loss; "some" where it depends on these.',
        "",
        *_metrics(outcomes),
        "",
    ]
    return "\n".join(lines)


def _losses(outcomes: Outcomes) -> list[str]:
    names = [name or "none" for name in ACTIVATIONS]
    lines = [f"| loss | units | labels | {' | '.join(names)} |", "|---" * (3 + len(names)) + "|"]
    for loss, logits, units, labels in _rows():
        forms = ("logits",) if logits else _PLAIN
        cells = []
        for activation in ACTIVATIONS:
            found = {
                _cell(*outcomes[Case(activation, units, loss, form, labels, "none")])
                for form in forms
            }
            cells.append(" or ".join(sorted(found)))
        title = f"{loss}, logits" if logits else loss
        lines.append(f"| {title} | {units} | {labels} | {' | '.join(cells)} |")
    return lines


def _metrics(outcomes: Outcomes) -> list[str]:
    names = [name for name in METRICS if name != "none"]
    lines = [f"| loss | units | labels | {' | '.join(names)} |", "|---" * (3 + len(names)) + "|"]
    for loss, logits, units, labels in _rows():
        forms = ("logits",) if logits else _PLAIN
        alike = [
            (a, units, loss, form, labels) for a, form in itertools.product(ACTIVATIONS, forms)
        ]
        taken = [key for key in alike if not outcomes[Case(*key, "none")][1].raised]
        if not taken:
            continue
        cells = []
        for metric in names:
            found = [
                _added(*outcomes[Case(*key, metric)], outcomes[Case(*key, "none")][0])
                for key in taken
            ]
            kinds = sorted(set(found) - {""})
            text = ", ".join(kinds)
            cells.append(f"{text} (some)" if kinds and len(set(found)) > 1 else text)
        title = f"{loss}, logits" if logits else loss
        lines.append(f"| {title} | {units} | {labels} | {' | '.join(cells)} |")
    return lines


def _rows() -> list[tuple[str, bool, int, str]]:
    return [
        (loss, logits, units, labels)
        for loss in LOSSES
        for logits in ((False, True) if loss in WITH_LOGITS else (False,))
        for units in UNITS
        for labels in LABELS
    ]


def _cell(told: Told, decided: Decided) -> str:
    words = [_word(code, told) for code in told.codes]
    return " ".join([*words, "raises"] if decided.raised else words)


def _added(told: Told, decided: Decided, without: Told) -> str:
    words = [_word(code, told) for code in told.codes if code not in without.codes]
    return " ".join([*words, "raises"] if decided.raised else words)


def _word(code: str, told: Told) -> str:
    number = code.removeprefix("KER")
    return f"**{number}**" if code in told.errors else number
