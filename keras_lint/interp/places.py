"""Sites resolved to spans of the analysed file, for graphs and reports."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from keras_lint.interp.values import Site, UnknownValue
from keras_lint.model.outcomes import Unknown
from keras_lint.model.spans import Origin, Place, Span
from keras_lint.source.literals import is_literal
from keras_lint.source.reader import SourceFile


class Places:
    """Spans in one file; a place in another file becomes the call here that led to it."""

    def __init__(self, source: SourceFile) -> None:
        self._source = source

    def span(self, site: Site) -> Span:
        """The span of a place."""
        place = site.within(self._source)
        return place.source.spans.of(place.node)

    def origin(
        self,
        site: Site,
        construction: Site | None = None,
        trigger: Site | None = None,
        arguments: Iterable[tuple[str, Site]] = (),
    ) -> Origin:
        """Spans of all the places that belong together."""
        own = site.within(self._source)
        of = self._source.spans.of
        here = [(name, where.node) for name, where in arguments if where.source is self._source]
        return Origin(
            span=own.source.spans.of(own.node),
            construction=None if construction is None else self.span(construction),
            trigger=None if trigger is None else self.span(trigger),
            arguments=tuple([(name, of(node)) for name, node in here]),
            literals=tuple([name for name, node in here if is_literal(node)]),
            stack=tuple([of(node) for source, node in own.stack if source is self._source]),
            elsewhere=None
            if site.source is self._source
            else Place(site.source.path, site.source.spans.of(site.node)),
        )

    def unknown(self, value: UnknownValue) -> Unknown:
        """An unknown value as reason and span; one lost in another file says in which."""
        if value.site is None:
            return Unknown(value.reason)
        site = value.site
        reason = value.reason
        if site.source is not self._source:
            line = site.source.spans.of(site.node).line
            reason = f"{reason} ({Path(site.source.path).name}, line {line})"
        return Unknown(reason, self.span(site))

    def is_here(self, site: Site) -> bool:
        """Whether a place, or a call that led to it, stands in the file."""
        return site.within(self._source).source is self._source
