"""Questions that the rules about the API ask of the names a file uses."""

from __future__ import annotations

from collections.abc import Iterator

from keras_lint.keras_api.moves import TAKES_ANY_KEYWORD, Move
from keras_lint.keras_api.names import lookup, lookup_any, lookup_for
from keras_lint.keras_api.status import Status, status
from keras_lint.keras_api.tf_moves import same_in_ops
from keras_lint.model.dataclass import dataclass
from keras_lint.model.findings import Lookup
from keras_lint.model.fixes import Change, Edit, Fix, Rename, RenameArgument
from keras_lint.model.names import CallUse, FileNames, ImportUse, MethodUse, NameUse
from keras_lint.model.spans import Span
from keras_lint.model.target import Target

_OF_LAYERS = ("activity_regularizer", "autocast", "dtype", "input_dim", "input_shape", "name")
_OF_OLD_OPTIMIZERS = frozenset(("clipnorm", "clipvalue", "decay", "global_clipnorm", "lr"))
"""What optimizers of Keras 2 take or tell of, beside what they declare (tf_keras 2.21)."""
_KEPT_WITH_OTHERS = frozenset(
    ("keras.preprocessing.image.Iterator", "keras.preprocessing.sequence.TimeseriesGenerator")
)
"""What ``tf.keras`` kept of Keras 2, but with other arguments (Keras 3.15)."""


@dataclass(frozen=True)
class Missing:
    """A name that is not one of the target's public ones.

    Args:
        status: why.
        span: of the first part of it that is not there.
        use: the expression, unless it is an import.
        imported: the import, unless it is an expression.
    """

    status: Status
    span: Span
    use: NameUse | None = None
    imported: ImportUse | None = None

    @property
    def written(self) -> str:
        """The name as the program's spelling has it: ``tf_keras.layers.Dence``."""
        return spelt(self.status.path, self.status.prefix)


def spelt(path: str, prefix: str) -> str:
    """A name spelt ``keras.`` as a program spells it; private paths as they are."""
    if prefix and (path == "keras" or path.startswith("keras.")) and not path.startswith(prefix):
        return prefix + path.removeprefix("keras")
    return path


def missing(names: FileNames, target: Target) -> Iterator[Missing]:
    """Every name that is not there, once where the file takes it: in the import, or where used."""
    from_import = {use.path for use in names.imports if not use.star}
    for imported in names.imports:
        if imported.guarded:
            continue
        found = status(imported.path, target)
        if found.state in ("found", "foreign"):
            continue
        module = status(imported.module, target) if imported.module else found
        whole = module.state not in ("found", "foreign")
        yield Missing(found, imported.module_span if whole else imported.span, imported=imported)
    for use in names.uses:
        found = status(use.path, target)
        if use.guarded or found.state in ("found", "foreign"):
            continue
        depth = use.base.count(".") + 1
        if use.base in from_import and status(use.base, target).state not in ("found", "foreign"):
            continue  # the import is where it fails
        if found.count <= depth and found.state != "private":
            yield Missing(found, use.span, use=use)
            continue
        index = min(max(found.count - depth, 1), len(use.parts)) - 1
        yield Missing(found, use.parts[index] if use.parts else use.span, use=use)


# -- calls -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Called:
    """A call of a class or function of Keras.

    Args:
        path: public name, spelt ``keras.``.
        prefix: how the program spells ``keras``.
        call: the call.
    """

    path: str
    prefix: str
    call: CallUse


def called(names: FileNames, target: Target) -> Iterator[Called]:
    """Every call of a name that is in the target, where the code is not prepared for another."""
    for use in names.uses:
        if use.call is None or use.guarded:
            continue
        found = status(use.path, target)
        if found.state == "found" and found.path.count(".") + found.prefix.count(
            "."
        ) == use.path.count("."):
            yield Called(found.path, found.prefix, use.call)


def methods(names: FileNames, target: Target) -> Iterator[MethodUse]:
    """Every call of a method of a model of Keras 3; nothing where it may be one of Keras 2."""
    if "keras2" in (target.keras, target.tensorflow):
        return
    for use in names.methods:
        if not use.guarded:
            yield use


def taken_keywords(called_: Called, target: Target) -> frozenset[str] | None:
    """All keywords that a class or function may take; None if it may take any."""
    older = target.generation(called_.prefix) == "keras2"
    found = lookup_for(called_.path, "keras2" if older else "keras3")
    if found is None or found.params is None or found.canonical in TAKES_ANY_KEYWORD:
        return None
    if not older and found.canonical in _KEPT_WITH_OTHERS:
        return None
    takes = {p.name for p in found.params if p.kind != "var_keyword"} | found.extra
    if found.is_layer and not found.is_model:
        takes.update(_OF_LAYERS, ("trainable",))
    elif found.canonical.startswith("keras.optimizers.") and found.kind == "class":
        takes |= _OF_OLD_OPTIMIZERS if older else {"decay"}  # which does nothing in Keras 3
    elif found.canonical == "keras.Model":
        takes |= {argument.name for argument in called_.call.arguments} - {"input", "output"}
    elif any(parameter.kind == "var_keyword" for parameter in found.params):
        return None
    return frozenset(takes)


def refused_keywords(called_: Called, target: Target) -> Iterator[str]:
    """The keywords of a call that the class or function surely does not take."""
    takes = taken_keywords(called_, target)
    for argument in called_.call.arguments if takes is not None else ():
        if argument.name and takes is not None and argument.name not in takes:
            yield argument.name


# -- what the installed Keras is asked -------------------------------------------------------------


def opening(prefix: str, target: Target) -> str:
    """How a question begins; empty if the installed Keras is not the one to ask."""
    if target.generation(prefix) != "keras3":
        return ""
    root = "from tensorflow import keras\n" if prefix == "tensorflow.keras" else "import keras\n"
    if target.minor is None:
        return root
    version = f"3.{target.minor}."
    return f"{root}assert keras.version().startswith({version!r}), 'another version'\n"


def name_lookup(found: Status, target: Target) -> Lookup | None:
    """Whether a name is there; None where the installed Keras cannot tell."""
    begin = opening(found.prefix, target)
    parts = found.path.split(".")
    if not begin or not all(part.isidentifier() for part in parts):
        return None
    if found.path.startswith("keras.optimizers.legacy."):  # there, and refuses to be called
        return Lookup(f"{begin}{found.path}()", "legacy", "Keras 3 only has a stub of it")
    # the first part that is not there is not always the last one
    text = f"{begin}import operator\noperator.attrgetter({'.'.join(parts[1:])!r})(keras)"
    return Lookup(text, "has no attribute", "the installed Keras does not have it")


def argument_lookup(path: str, prefix: str, argument: str, target: Target) -> Lookup | None:
    """Whether a class or function refuses an argument; None where this cannot be tried."""
    begin = opening(prefix, target)
    found = lookup_any(path)
    if not begin or found is None or found.params is None or not argument.isidentifier():
        return None
    needed = [p.name for p in found.params if not p.has_default and not p.kind.startswith("var")]
    given = "".join(f"{name}=1, " for name in needed if name != argument)
    return Lookup(
        f"{begin}{path}({given}{argument}=1)", argument, "the installed Keras refuses the argument"
    )


def warning_lookup(path: str, prefix: str, argument: str, target: Target) -> Lookup | None:
    """Whether Keras warns of an argument; None where this cannot be tried."""
    asked = argument_lookup(path, prefix, argument, target)
    if asked is None:
        return None
    *begin, call = asked.text.split("\n")
    lines = [*begin, "import warnings", "with warnings.catch_warnings():"]
    lines += ["    warnings.simplefilter('error')", f"    {call}"]
    return Lookup("\n".join(lines), argument, "the installed Keras warns of it")


def same_lookup(private: str, public: str, target: Target) -> Lookup | None:
    """Whether a private name of Keras 3 is the very object of a public one."""
    begin = opening("keras", target)
    if not begin or not private.startswith("keras.src.") or not public:
        return None
    if not all(part.isidentifier() for part in (*private.split("."), *public.split("."))):
        return None
    text = f"{begin}assert {private} is not {public}, 'one object'"
    return Lookup(text, "one object", f"it is {public}")


def tensorflow_lookup(path: str, twin: str, target: Target) -> Lookup | None:
    """Whether a name is TensorFlow's own, and ``twin``, spelt ``keras.ops.``, is in Keras."""
    begin = opening("keras", target)
    inside = path.partition(".")[2]
    if not begin or not all(part.isidentifier() for part in path.split(".")):
        return None
    lines = ["import operator", "import tensorflow"]
    lines += [f"operator.attrgetter({twin.partition('.')[2]!r})(keras)"] if twin else []
    lines += [f"found = operator.attrgetter({inside!r})(tensorflow)"]
    lines += ["assert not found.__module__.startswith('tensorflow.'), 'of TensorFlow'"]
    says = f"TensorFlow's own, and the installed Keras has {twin}" if twin else "TensorFlow's own"
    return Lookup(begin + "\n".join(lines), "of TensorFlow", says)


def method_lookup(method: str, argument: str, target: Target) -> Lookup | None:
    """Whether models have a method, or if ``argument`` is given, whether it takes that."""
    begin = opening("keras", target)
    if not begin or not f"{method}{argument}".isidentifier():
        return None
    if not argument:
        says = "models of the installed Keras do not have it"
        return Lookup(f"{begin}keras.Model.{method}", "has no attribute", says)
    text = f"{begin}import inspect\ninspect.signature(keras.Model.{method})"
    says = "the installed Keras refuses the argument"
    return Lookup(f"{text}.bind_partial(None, {argument}=1)", argument, says)


# -- fixes -----------------------------------------------------------------------------------------


def renaming(problem: Missing, new: str, names: FileNames, *, safe: bool = True) -> Fix | None:
    """A fix that writes the public name ``new``, spelt ``keras.``; None if it cannot be made."""
    whole = spelt(new, problem.status.prefix)
    if problem.use is not None:
        changes = _in_expression(problem, new, whole)
    else:
        assert problem.imported is not None
        changes = _in_import(problem.imported, problem, whole, names)
    title = f"write {whole}"
    return Fix(title, tuple(changes), safe) if changes else None


def _in_expression(problem: Missing, new: str, whole: str) -> list[Change]:
    use = problem.use
    assert use is not None
    old, wanted = use.path.split("."), whole.split(".")
    depth = use.base.count(".") + 1
    missing_depth = use.path.count(".") + 1 if problem.span == use.span else 0
    count = missing_depth or depth + use.parts.index(problem.span) + 1
    same = 0
    while same < min(len(wanted), count) and old[same] == wanted[same]:
        same += 1
    if same < depth or len(wanted) <= same:
        return [Rename(problem.span, new)]
    if same > depth:
        start = use.parts[same - depth - 1]
        line, column = start.end_line, start.end_column
    else:
        first = use.parts[0]
        line, column = first.end_line, first.end_column - len(old[depth]) - 1
    end = problem.span
    if line != end.end_line:
        return [Rename(problem.span, new)]
    place = Span(line, column, end.end_line, end.end_column, end.cell)
    return [Edit(place, "." + ".".join(wanted[same:]))]


def _in_import(imported: ImportUse, problem: Missing, whole: str, names: FileNames) -> list[Change]:
    beside = [use for use in names.imports if use.statement == imported.statement]
    module, _, name = whole.rpartition(".")
    if not imported.module:
        return [Edit(imported.span, whole)] if imported.renamed else []
    if not module:
        return []
    if problem.span == imported.module_span:
        return []  # see :func:`module_fix`
    changes: list[Change] = []
    if name != imported.path.rpartition(".")[2]:
        changes += _renamed_import(imported, name, names)
    if module == imported.module:
        return changes
    if len(beside) == 1:
        return [Edit(imported.module_span, module), *changes]
    return _taken_out(imported, module, name, beside)


def _renamed_import(imported: ImportUse, name: str, names: FileNames) -> list[Change]:
    """Another name in an import, and in its uses if it is free in the file."""
    if imported.renamed:
        return [Edit(imported.span, name)]
    uses = [use for use in names.uses if use.base == imported.path]
    if name in names.bound or any(use.guarded for use in uses):
        return [Edit(imported.span, f"{name} as {imported.name}")]
    changes: list[Change] = [Edit(imported.span, name)]
    for use in uses:
        span = use.parts[0] if use.parts else use.span
        changes.append(
            Edit(
                Span(
                    span.line, span.column, span.line, span.column + len(imported.name), span.cell
                ),
                name,
            )
        )
    return changes


def _taken_out(
    imported: ImportUse, module: str, name: str, beside: list[ImportUse]
) -> list[Change]:
    """One name of several in an import statement gets a statement of its own."""
    statement = imported.statement
    if statement.line != statement.end_line:
        return []
    kept = [_as_written(use) for use in beside if use != imported]
    alias = f" as {imported.name}" if name != imported.name else ""
    between = "\n" + " " * (statement.column - 1)
    first = f"from {imported.module} import {', '.join(kept)}"
    return [Edit(statement, f"{first}{between}from {module} import {name}{alias}")]


def _as_written(use: ImportUse) -> str:
    name = use.path.rpartition(".")[2]
    return f"{name} as {use.name}" if use.renamed else name


def module_fix(
    imported: ImportUse, moves: dict[str, Move], prefix: str, names: FileNames
) -> Fix | None:
    """A fix for ``from module import a, b`` where the module went.

    Args:
        imported: one of the names.
        moves: what became of each name, by its path.
        prefix: how the program spells ``keras``.
        names: of the file.
    """
    beside = [use for use in names.imports if use.statement == imported.statement]
    groups: dict[str, list[tuple[ImportUse, str]]] = {}
    for use in beside:
        move = moves.get(use.path)
        if move is None or not move.new or use.star:
            return None
        module, _, name = spelt(move.new, prefix).rpartition(".")
        groups.setdefault(module, []).append((use, name))
    safe = all(move.safe for move in moves.values())
    if len(groups) == 1:
        (module,) = groups
        changes: list[Change] = [Edit(imported.module_span, module)]
        for use, name in groups[module]:
            if name != use.path.rpartition(".")[2]:
                changes += _renamed_import(use, name, names)
        return Fix(f"import from {module}", tuple(changes), safe)
    statement = imported.statement
    if statement.line != statement.end_line:
        return None
    lines = []
    for module, items in groups.items():
        parts = [name if name == use.name else f"{name} as {use.name}" for use, name in items]
        lines.append(f"from {module} import {', '.join(parts)}")
    text = ("\n" + " " * (statement.column - 1)).join(lines)
    return Fix(f"import from {' and '.join(groups)}", (Edit(statement, text),), safe)


def object_fix(
    imported: ImportUse, moves: dict[str, Move], prefix: str, names: FileNames
) -> Fix | None:
    """A fix for an imported module that went: its names are imported themselves.

    Args:
        imported: the module's import.
        moves: what became of each of its names that the file uses, by path.
        prefix: how the program spells ``keras``.
        names: of the file.
    """
    uses = [use for use in names.uses if use.base == imported.path and use.parts]
    beside = [use for use in names.imports if use.statement == imported.statement]
    modules = {spelt(move.new, prefix).rpartition(".")[0] for move in moves.values()}
    if not uses or len(modules) != 1 or "" in modules:
        return None
    (module,) = modules
    whole = spelt(module, prefix)
    safe = all(move.safe for move in moves.values())
    new = {path: move.new.rpartition(".")[2] for path, move in moves.items()}
    if any(".".join(use.path.split(".")[: use.base.count(".") + 2]) not in new for use in uses):
        return None
    wanted = sorted(set(new.values()))
    free = not set(wanted) & names.bound and len(wanted) <= 3 and imported.module
    changes: list[Change] = []
    for use in uses:
        first = ".".join(use.path.split(".")[: use.base.count(".") + 2])
        span = use.parts[0]
        if free:
            changes.append(Edit(span, new[first]))
        elif new[first] != first.rpartition(".")[2]:
            name = first.rpartition(".")[2]
            start = Span(
                span.end_line,
                span.end_column - len(name),
                span.end_line,
                span.end_column,
                span.cell,
            )
            changes.append(Edit(start, new[first]))
    if free and whole == imported.module and not imported.renamed:
        put = Edit(imported.span, ", ".join(wanted))
        return Fix(f"import from {whole}", (put, *changes), safe)
    if len(beside) != 1:
        return None
    if free:
        text = f"from {whole} import {', '.join(wanted)}"
        return Fix(f"import from {whole}", (Edit(imported.statement, text), *changes), safe)
    above, _, last = whole.rpartition(".")
    if not above:
        return None
    alias = "" if last == imported.name else f" as {imported.name}"
    text = (
        f"from {above} import {last}{alias}"
        if imported.module
        else f"import {whole}{alias or f' as {last}'}"
    )
    return Fix(f"import {whole}", (Edit(imported.statement, text), *changes), safe)


def same_arguments(call: CallUse | None, old: str, new: str) -> list[Change] | None:
    """What to change in the arguments of a call when a function of Keras 2 becomes another.

    The arguments mean the same by position. None if an argument has no counterpart there, or is
    not given and has another default.
    """
    if call is None or call.spread:
        return None
    before, after = lookup(old, "keras2"), lookup(new)
    if before is None or after is None or before.params is None or after.params is None:
        return None
    position = {parameter.name: index for index, parameter in enumerate(before.params)}
    changes: list[Change] = []
    given: set[int] = set()
    count = sum(not argument.name for argument in call.arguments)
    given.update(range(count))
    for argument in call.arguments:
        if not argument.name:
            continue
        index = position.get(argument.name)
        if index is None or index >= len(after.params):
            return None
        given.add(index)
        name = after.params[index].name
        if name != argument.name:
            changes.append(RenameArgument(call.span, argument.name, name))
    if given and max(given) >= min(len(before.params), len(after.params)):
        return None
    for index, parameter in enumerate(before.params):
        if index in given:
            continue
        if not parameter.has_default:
            return None
        if index < len(after.params) and parameter.default != after.params[index].default:
            return None
    return changes


def to_keras_ops(use: NameUse | None, *, safe: bool = True) -> Fix | None:
    """A call of TensorFlow or NumPy as one of ``keras.ops``; None if it has no such twin."""
    twin = same_in_ops(use.path) if use is not None else None
    if use is None or use.call is None or twin is None:
        return None
    renamed = twin.renamed(use.call)
    if renamed is None:
        return None
    arguments = [RenameArgument(use.call.span, old, new) for old, new in renamed.items()]
    return Fix(f"call {twin.new}", (Rename(use.span, twin.new), *arguments), safe=safe)
