"""The machine: the state of one interpretation, and the small protocol handlers recurse through.

Handlers (see :mod:`interp.registry`) call ``machine.eval``, ``machine.run`` and ``machine.call``
and never each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import field, replace
from typing import Any, TypeVar

import libcst as cst

from keras_lint.interp.reads import Reads
from keras_lint.interp.registry import EVALUATORS, EXECUTORS
from keras_lint.interp.store import (
    CellObject,
    DictObject,
    IteratorObject,
    LayerObject,
    ListObject,
    ModelObject,
    ScopeObject,
    SetObject,
    SetupObject,
    Store,
    StoreObject,
    join_stores,
    join_values,
)
from keras_lint.interp.truths import truth
from keras_lint.interp.values import (
    Args,
    ArrayValue,
    CallRecord,
    ClassValue,
    Const,
    DimValue,
    FunctionValue,
    ObjectValue,
    Ref,
    RefusedRecord,
    Site,
    TensorValue,
    TupleValue,
    UnknownValue,
    Value,
)
from keras_lint.keras_api.names import Generation
from keras_lint.model.dataclass import dataclass
from keras_lint.model.outcomes import Problem
from keras_lint.model.target import NEWEST, Target
from keras_lint.source.project import Project
from keras_lint.source.reader import SourceFile

STEP_BUDGET = 400_000
"""Expressions and statements evaluated per file, and one for each character, before it stops."""
SPENT = "stopped here: the step budget of the file is spent"
MAX_CALL_DEPTH = 60
"""Nested calls of functions of the analysed code; deeper recursion is given up, not followed."""
MAX_ITERATIONS = 2_000
"""Iterations of one loop that are followed one by one."""

ObjectT = TypeVar("ObjectT", bound=StoreObject)


class PathEnded(Exception):
    """The path being interpreted ends here: ``raise``, ``sys.exit()``."""


class OutOfSteps(Exception):
    """The step budget of the file is spent."""


@dataclass
class Flow:
    """How a block ends: whether it falls through, and the states that left it another way."""

    falls: bool = True
    returned: list[tuple[Store, Value]] = field(default_factory=list)
    broke: list[Store] = field(default_factory=list)
    continued: list[Store] = field(default_factory=list)

    def absorb(self, other: Flow) -> None:
        """Add the ways in which ``other`` left; ``falls`` is not touched."""
        self.returned += other.returned
        self.broke += other.broke
        self.continued += other.continued


@dataclass
class Frame:
    """One activation: the scopes names are looked up in (own first, module last).

    ``comprehensions`` counts the scopes in front that belong to comprehensions. ``yields`` collects
    what a generator gives; ``at_yield`` runs instead in a context manager. ``open`` tells that it
    may give these any number of times, ``endless`` that it never stops.
    """

    source: SourceFile
    scopes: tuple[int, ...]
    function: FunctionValue | None = None
    is_class: bool = False
    comprehensions: int = 0
    receiver: Value | None = None
    yields: list[Value] | None = None
    at_yield: Callable[[Value], None] | None = None
    certain: int = 0
    open: bool = False
    endless: bool = False


_DOUBTFUL = frozenset((ArrayValue, DimValue, ObjectValue, UnknownValue))
"""Values of expressions that may raise when they are run, as far as is known."""


class Machine:
    """Interprets one file.

    Attributes:
        store: the current state; replaced at forks and joins.
        born: every layer and model as it was first made, on any path.
        frame: the current activation.
        stack: the call expressions that led here, outermost first.
        records: every layer call so far, on any path.
        given_back: the tensors that a call of a model gave back; see :mod:`interp.given_back`.
        refusals: what Keras refuses that is no layer call, on any path.
        inner: the calls inside the ``call`` of subclassed layers.
        subclassed: addresses of the subclassed models made so far.
        classes: the classes of the file; ``instantiated`` those that were used.
        modules: scopes of the project's modules, by file; ``imported`` what each had when run.
        models, layers: addresses of those made so far, in order; ``sources`` the files read.
        known: expressions over data whose value was found out.
        owners: by call, the class of the model whose method is called; empty if that differs.
        saved: addresses of the models that are saved whole.
        lost: where the thread was lost outside any model.
        misdeclared: classes, their ``compute_output_shape``, what that says, what ``call`` gives.
        target: the Keras that the program is to run on.
        generation: whose facts hold; ``met`` where a file has said so, ``mixed`` if two disagree.
        reads: which results were looked up again.
        data_format: what ``data_format=None`` means now.
        active: the functions being run, outermost first.
        uncertain: how many conditions that are not known surround what is being run.
        doubts: how many expressions gave something that is not known, and may have raised.
        awaiting: how many ``try`` around it have a handler for a missing key.
        opened: originals of which somebody looked into the configuration, and may have changed it.
        catching: how many ``try`` or ``with raises`` around it would catch what Keras raises.
        inside_layer: how many layers' own functions surround what is being run; TensorFlow's
            functions take symbolic tensors only there; ``on_data`` those on what may be data.
        supposing: how many calls that the code itself never makes surround what is being run.
        trainable_set: where ``trainable`` of a layer or model was last set.
        steps_taken: the training calls so far, on any path; ``compiled`` the models that were
            compiled on any.
        generators, targets, symbolic, masked: facts about syntax, and calls, found out once.
    """

    def __init__(
        self, source: SourceFile, project: Project | None = None, target: Target = NEWEST
    ) -> None:
        self.source = source
        self.sources = [source]
        self.target = target
        self.generation: Generation = target.keras
        self.met, self.mixed = "", False
        self.project = project or Project()
        self.store: Store = {}
        self.born: dict[int, LayerObject | ModelObject] = {}
        self._next_address = 0
        self.steps, self.budget = 0, STEP_BUDGET + len(source.text)
        self.stack: tuple[tuple[SourceFile, cst.CSTNode], ...] = ()
        self.modules: dict[str, int] = {}
        self.imported: Store = {}
        self.inner: list[CallRecord] = []
        self.subclassed: list[int] = []
        self.instantiated: set[cst.CSTNode] = set()
        self.classes: list[ClassValue] = []
        self.records: list[CallRecord] = []
        self.given_back: list[TensorValue] = []
        self.refusals: list[RefusedRecord] = []
        self.models: list[int] = []
        self.layers: list[int] = []
        self.known: dict[tuple[SourceFile, cst.CSTNode], object] = {}
        self.owners: dict[tuple[SourceFile, cst.CSTNode], str] = {}
        self.saved: set[int] = set()
        self.lost: list[UnknownValue] = []
        self.misdeclared: list[tuple[str, FunctionValue, str, str]] = []
        self.reads = Reads()
        self.absent: list[UnknownValue] = []
        self.called: set[cst.CSTNode] = set()
        self.functions: list[FunctionValue] = []
        self.name_counts: dict[str, int] = {}
        self.active: list[cst.CSTNode] = []
        self.data_format: Value = Const("channels_last")
        self.uncertain = self.doubts = self.awaiting = self.catching = 0
        self.opened: set[int] = set()
        self.inside_layer = self.on_data = self.supposing = 0
        self.steps_taken: list[Any] = []
        self.compiled: set[int] = set()
        self.trainable_set: dict[int, Site] = {}
        self.generators: dict[int, bool] = {}
        self.targets: dict[int, tuple[str, ...]] = {}
        self.symbolic: dict[CallRecord, bool] = {}
        self.masked: dict[CallRecord, tuple[bool | None, ...]] = {}
        module_scope = self.new(ScopeObject())
        self.frame = Frame(source, (module_scope,))

    # -- evaluation --------------------------------------------------------------------------

    def eval(self, node: cst.CSTNode) -> Value:
        """The value of an expression; UnknownValue where it cannot be followed."""
        self.steps += 1
        if self.steps > self.budget:  # as ``tick``, but for its call
            raise OutOfSteps
        handler = EVALUATORS.get(type(node))
        if handler is None:
            self.doubts += 1
            return self.unknown(f"{type(node).__name__} is not followed", node)
        value = handler(self, node)
        if type(value) in _DOUBTFUL:
            self.doubts += 1
        return value

    def execute(self, node: cst.CSTNode) -> Flow:
        """Run one statement."""
        self.tick()
        handler = EXECUTORS.get(type(node))
        return Flow() if handler is None else handler(self, node)

    def run(self, statements: Sequence[cst.CSTNode]) -> Flow:
        """Run statements in order until one does not fall through."""
        flow = Flow()
        for statement in statements:
            try:
                step = self.execute(statement)
            except PathEnded:
                flow.falls = False
                return flow
            flow.absorb(step)
            if not step.falls:
                flow.falls = False
                return flow
        return flow

    def tick(self, steps: int = 1) -> None:
        """Count steps; raises :class:`OutOfSteps` when the budget is spent."""
        self.steps += steps
        if self.steps > self.budget:
            raise OutOfSteps

    def site(self, node: cst.CSTNode | Site) -> Site:
        """A place in the current file with the calls that led there; a Site stays what it is."""
        if isinstance(node, Site):
            return node
        return Site(self.frame.source, node, self.stack)

    def unknown(self, reason: str, node: cst.CSTNode | Site) -> UnknownValue:
        """An unknown value that remembers why and where."""
        return UnknownValue(reason, self.site(node))

    # -- the store ---------------------------------------------------------------------------

    def new(self, obj: StoreObject) -> int:
        """Put an object into the store; its address is never used again."""
        if isinstance(obj, LayerObject):
            self.tick(20)  # graphs and rules look at every layer many times
        self._next_address += 1
        self.store[self._next_address] = obj
        if isinstance(obj, (LayerObject, ModelObject)):
            self.born[self._next_address] = obj
        if isinstance(obj, ModelObject):
            self.store[-self._next_address] = SetupObject()
        return self._next_address

    def new_list(self, items: Sequence[Value]) -> Ref:
        """A new list object."""
        return Ref(self.new(ListObject(tuple(items))))

    def new_set(self, items: Sequence[Value], node: cst.CSTNode) -> Ref:
        """A new set object; of values that are not known it is not known how many differ."""
        if len(items) > 1 and any(isinstance(item, (UnknownValue, DimValue)) for item in items):
            reason = next((item for item in items if isinstance(item, UnknownValue)), None)
            reason = reason or self.unknown("a set of sizes that are not known", node)
            return Ref(self.new(SetObject(None, reason)))
        return Ref(self.new(SetObject(tuple(dict.fromkeys(items)))))

    def new_dict(self, items: tuple[tuple[Value, Value], ...]) -> Ref:
        """A new dict object."""
        return Ref(self.new(DictObject(items)))

    def get(self, value: Value) -> StoreObject | None:
        """The object a Ref names; None for other values."""
        return self.store.get(value.address) if isinstance(value, Ref) else None

    def get_as(self, value: Value, kind: type[ObjectT]) -> ObjectT | None:
        """The object a Ref names if it is of that kind."""
        found = self.get(value)
        return found if isinstance(found, kind) else None

    def layer(self, address: int) -> LayerObject:
        """The layer at an address."""
        found = self.store[address]
        assert isinstance(found, LayerObject)
        return found

    def fork(self) -> Store:
        """A copy of the state, to go back to; costs steps, since every object is copied."""
        self.tick(1 + len(self.store) // 64)
        return dict(self.store)

    @contextmanager
    def guarded(self, active: bool) -> Iterator[None]:
        """What Keras refuses inside is caught by the code itself, so it is no mistake."""
        self.catching += active
        try:
            yield
        finally:
            self.catching -= active

    def refused(self, problem: Problem) -> Problem | None:
        """A problem to note, unless the code is prepared for it."""
        return None if self.catching else problem

    def refuse(self, problem: Problem, what: str, node: cst.CSTNode) -> UnknownValue:
        """Note that Keras refuses ``what`` (``Dense(...)``), written at ``node``; its value."""
        if not self.catching:
            self.refusals.append(RefusedRecord(problem, self.site(node)))
        return self.unknown(
            f"Keras refuses {what}: expected {problem.expected}, got {problem.actual}", node
        )

    @contextmanager
    def supposed(self) -> Iterator[None]:
        """What runs inside is a call of ours: nobody passes these arguments, or these defaults."""
        self.supposing += 1
        try:
            yield
        finally:
            self.supposing -= 1

    @contextmanager
    def perhaps(self) -> Iterator[None]:
        """What runs inside may not run at all: recursion there is not followed without end."""
        self.uncertain += 1
        try:
            yield
        finally:
            self.uncertain -= 1

    def join(self, states: Sequence[Store], node: cst.CSTNode | Site) -> None:
        """Go on from several states at once."""
        joined = states[0]
        for other in states[1:]:
            joined = join_stores(joined, other, self.site(node))
        self.store = joined

    def join_values(self, values: Sequence[Value], node: cst.CSTNode | Site) -> Value:
        """One value for several paths."""
        joined = values[0]
        for other in values[1:]:
            joined = join_values(joined, other, self.site(node))
        return joined

    # -- variables ---------------------------------------------------------------------------

    def scope(self, address: int) -> ScopeObject:
        """The scope at an address."""
        found = self.store[address]
        assert isinstance(found, ScopeObject)
        return found

    def lookup(self, name: str) -> Value | None:
        """The value of a variable from the innermost scope outwards, None if it is not bound."""
        for address in self.frame.scopes:
            scope = self.scope(address)
            if name in scope.declared:
                return self.scope(scope.declared[name]).variables.get(name)
            if (value := scope.variables.get(name)) is not None:
                return value
        return None

    def assign(self, name: str, value: Value) -> None:
        """Bind a variable in the current scope (or where global/nonlocal says)."""
        self.assign_in(self.frame.scopes[0], name, value)

    def assign_in(self, address: int, name: str, value: Value) -> None:
        """The same in the scope at ``address``."""
        address = self.scope(address).declared.get(name, address)
        scope = self.scope(address)
        self.store[address] = ScopeObject({**scope.variables, name: value}, scope.declared)

    def assign_where_bound(self, name: str, value: Value) -> None:
        """Replace the value of a variable in the scope where it is found."""
        for address in self.frame.scopes:
            scope = self.scope(address)
            if name in scope.variables:
                self.store[address] = replace(scope, variables={**scope.variables, name: value})
                return

    def unassign(self, name: str) -> None:
        """``del name``."""
        scope = self.scope(self.frame.scopes[0])
        variables = {key: value for key, value in scope.variables.items() if key != name}
        self.store[self.frame.scopes[0]] = replace(scope, variables=variables)

    def declare(self, names: Sequence[str], address: int) -> None:
        """``global`` and ``nonlocal``: later bindings of these names go to that scope."""
        scope = self.scope(self.frame.scopes[0])
        declared = {**scope.declared, **dict.fromkeys(names, address)}
        self.store[self.frame.scopes[0]] = replace(scope, declared=declared)

    @contextmanager
    def activation(self, frame: Frame, call: cst.CSTNode | None) -> Iterator[None]:
        """Run inside another frame, reached by ``call``."""
        saved_frame, saved_stack = self.frame, self.stack
        self.frame = frame
        if call is not None:
            self.stack = (*self.stack, (saved_frame.source, call))
        try:
            yield
        finally:
            self.frame, self.stack = saved_frame, saved_stack

    # -- iteration ---------------------------------------------------------------------------

    def items(self, value: Value) -> tuple[Value, ...] | None:
        """What iterating gives, if all of it is known."""
        if isinstance(value, TupleValue):
            self.tick(len(value.items) // 16)
            return value.items
        if isinstance(value, Const) and isinstance(value.value, str):
            self.tick(len(value.value) // 16)
            return tuple(Const(character) for character in value.value)
        if isinstance(value, ArrayValue):
            return None if self.was_changed(value) else value.items
        found = self.get(value)
        if isinstance(found, (ListObject, SetObject, IteratorObject)):
            self.tick(len(found.items or ()) // 16)
            return found.items
        if isinstance(found, DictObject) and found.items is not None:
            self.tick(len(found.items) // 16)
            return tuple(key for key, _ in found.items)
        return None

    def was_changed(self, array: ArrayValue) -> bool:
        """Whether something may have written into an array since it was made."""
        return any(self.store.get(cell) != CellObject(writes) for cell, writes in array.cells)

    def why_unknown(self, value: Value, node: cst.CSTNode | Site) -> UnknownValue:
        """The reason why something about ``value`` is not known."""
        if isinstance(value, UnknownValue):
            return value
        found = self.get(value)
        if isinstance(found, (ListObject, SetObject, DictObject)) and found.unknown is not None:
            return found.unknown
        return self.unknown("a value that is not known", node)

    def truth(self, value: Value) -> bool | None:
        """The truth value, None if it is not known."""
        return truth(self.store, value)

    def note_yield(self, *values: Value, known: bool = True) -> None:
        """What the generator being run gives; once each, unless it is not known how often."""
        if self.frame.yields is not None:
            self.frame.yields.extend(values)
            self.frame.open |= not known or self.uncertain > self.frame.certain

    def next_name(self, base: str) -> str:
        """Keras's generated name for the next object of that kind: ``dense``, ``dense_1``, ..."""
        count = self.name_counts.get(base, 0)
        self.name_counts[base] = count + 1
        return base if count == 0 else f"{base}_{count}"

    # -- calls -------------------------------------------------------------------------------

    def call(self, callee: Value, args: Args, node: cst.CSTNode) -> Value:
        """The one path for every call; :mod:`interp.calls` installs it."""
        return CALL(self, callee, args, node)

    def get_attribute(self, value: Value, name: str, node: cst.CSTNode) -> Value:
        """``value.name``; :mod:`interp.attributes` installs it."""
        return ATTRIBUTE(self, value, name, node)


def _not_installed(*_: object) -> Value:
    raise AssertionError("import keras_lint.interp, not its modules one by one")


CALL: Callable[[Machine, Value, Args, cst.CSTNode], Value] = _not_installed
ATTRIBUTE: Callable[[Machine, Value, str, cst.CSTNode], Value] = _not_installed


def install(
    call: Callable[[Machine, Value, Args, cst.CSTNode], Value],
    attribute: Callable[[Machine, Value, str, cst.CSTNode], Value],
) -> None:
    """Set the two protocol functions that are neither expression nor statement handlers."""
    global CALL, ATTRIBUTE
    CALL, ATTRIBUTE = call, attribute
