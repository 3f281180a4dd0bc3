"""Every file with its models for a report that draws them: the graphs, and what Keras builds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field

from keras_lint.engine.examine import Examiner
from keras_lint.engine.file import Checked, one_line
from keras_lint.engine.run import (
    SERIAL,
    Manner,
    SettingsOf,
    each_checked,
    verify,
    without_known,
)
from keras_lint.files import Target
from keras_lint.graph.compare import difference
from keras_lint.graph.layer_graph import LayerGraph
from keras_lint.model.dataclass import dataclass
from keras_lint.model.findings import NOT_VERIFIED, FileResult, Verdict
from keras_lint.settings import Settings
from keras_lint.verify import Verifier


@dataclass(frozen=True)
class Built:
    """What Keras built for a model, and how that differs from what the source says.

    Args:
        graph: as built; None if it was not.
        differences: lines of :func:`keras_lint.graph.compare.difference`; empty if there are none.
        reason: why it was not built.
    """

    graph: LayerGraph | None
    differences: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class DrawnFile:
    """One file of the report.

    Args:
        result: outcome and findings, with verdicts.
        graphs: its models and fragments.
        built: what Keras built, by index in ``graphs``; empty without a verifier.
        text: what was analysed, for excerpts.
        cells: of a notebook, the source of its code cells by number.
    """

    result: FileResult
    graphs: tuple[LayerGraph, ...] = ()
    built: Mapping[int, Built] = field(default_factory=dict)
    text: str = ""
    cells: Mapping[int, str] = field(default_factory=dict)


def check_and_build(
    targets: Iterable[Target],
    settings_of: SettingsOf,
    verifier: Verifier | None = None,
    unverified: Verdict = NOT_VERIFIED,
    manner: Manner = SERIAL,
) -> list[DrawnFile]:
    """Check files as :func:`keras_lint.engine.check_targets` does, and keep what is to be drawn.

    Args:
        targets: in the order of the results.
        settings_of: the settings of a file, by its path.
        verifier: builds the models that are followed to their end, and those of findings.
        unverified: the verdict of findings when there is no verifier.
        manner: in how many processes, and which findings are known; results are not kept.
    """
    examiner = Examiner(None, to_verify=verifier is not None, to_draw=True)
    begun = [
        examiner.begin(target, Settings() if target.problem else settings_of(target.path))
        for target in targets
    ]

    def run(outcomes: Iterator[Checked]) -> list[DrawnFile]:
        files: list[DrawnFile] = []
        for checked in outcomes:
            files.append(_drawn(without_known(checked, manner.baseline), verifier, unverified))
            if manner.progress is not None:
                manner.progress(len(files), len(begun), "files")
        return files

    return each_checked(begun, examiner, manner.jobs, run)


def _drawn(checked: Checked, verifier: Verifier | None, unverified: Verdict) -> DrawnFile:
    result = verify(checked, verifier, unverified)
    if checked.analysis is None:
        return DrawnFile(result, text=checked.text, cells=checked.cells)
    built = {} if verifier is None else _built(checked, verifier)
    return DrawnFile(result, checked.analysis.graphs, built, checked.text, checked.cells)


def _built(checked: Checked, verifier: Verifier) -> dict[int, Built]:
    """What Keras builds for every model that was followed to its end."""
    assert checked.analysis is not None
    found: dict[int, Built] = {}
    for index, graph in enumerate(checked.analysis.graphs):
        if graph.kind == "fragment" or not graph.followed:
            continue
        try:
            answer = verifier.built(checked.text, checked.analysis, index)
        except Exception as error:  # noqa: BLE001 - a failing verifier must not cost the report
            found[index] = Built(None, reason=f"verification failed: {one_line(error)}")
            continue
        if isinstance(answer, LayerGraph):
            found[index] = Built(answer, tuple(difference(graph, answer)))
        else:
            found[index] = Built(None, reason=answer.reason)
    return found
