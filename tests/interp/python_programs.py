"""Small random Python programs that end in numbers and texts, for comparing with Python itself.

Each program imports ``mystery``, whose ``flag(i)`` nobody knows but Python, and leaves what it
computed in the names ``r0``, ``r1``, ...
"""

from __future__ import annotations

import random

_INTS = ("a", "b", "c")
_LISTS = ("p", "q")
_DICTS = ("d",)
_TEXTS = ("s", "t")
RESULTS = 9
FLAGS = 3


class Writer:
    """Writes one program; the same seed gives the same text."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._lines: list[str] = []
        self._indent = 0
        self._functions: list[tuple[str, int]] = []
        self._fresh = 0
        self._loops = 0
        self._in_function = False

    def program(self) -> str:
        """The text."""
        self._put("from mystery import flag")
        for name in _INTS:
            self._put(f"{name} = {self._random.randint(-4, 9)}")
        for name in _LISTS:
            self._put(f"{name} = {[self._random.randint(0, 9) for _ in range(self._count(1, 4))]}")
        self._put("d = {'x': 1, 'y': 2}")
        self._put(f"s = {self._random.choice(['ab', 'conv', 'x1'])!r}")
        self._put("t = ''")
        for _ in range(self._count(0, 2)):
            self._function()
        for _ in range(self._count(4, 9)):
            self._statement(0)
        results = [*_INTS, "len(p)", "sum(q)", "d.get('x', -1)", "s", "t", "len(d)"]
        for index, text in enumerate(results):
            self._put(f"r{index} = {text}")
        return "\n".join(self._lines) + "\n"

    # -- pieces ---------------------------------------------------------------------------------

    def _put(self, line: str) -> None:
        self._lines.append("    " * self._indent + line)

    def _count(self, low: int, high: int) -> int:
        return self._random.randint(low, high)

    def _int_name(self) -> str:
        return self._random.choice(_INTS)

    def _list_name(self) -> str:
        return self._random.choice(_LISTS)

    def _new(self, prefix: str) -> str:
        self._fresh += 1
        return f"{prefix}{self._fresh}"

    def _int(self, depth: int = 0) -> str:
        """An expression that gives a whole number."""
        choose = self._random.randint(0, 22 if depth < 2 else 2)
        inner = lambda: self._int(depth + 1)  # noqa: E731 - a short name for a short thing
        if choose <= 1:
            return self._int_name()
        if choose == 2:
            return str(self._random.randint(-3, 9))
        if choose <= 6:
            return f"({inner()} {self._random.choice(['+', '-', '*'])} {inner()})"
        if choose == 7:
            return (
                f"({inner()} {self._random.choice(['//', '%'])} {self._random.choice([2, 3, -2])})"
            )
        if choose == 8:
            return f"({inner()} if {self._condition(depth + 1)} else {inner()})"
        if choose == 9:
            return f"{self._random.choice(['min', 'max'])}({inner()}, {inner()})"
        if choose == 10:
            return f"sum({self._list(depth + 1)})"
        if choose == 11:
            return f"len({self._list(depth + 1)})"
        if choose == 12:
            return f"({self._list(depth + 1)} + [7])[{self._random.choice([0, -1])}]"
        if choose == 13:
            return f"d.get({self._key()}, {inner()})"
        if choose == 14 and self._functions:
            return self._call(depth)
        if choose == 15:
            return f"abs({inner()})"
        if choose == 16:
            return f"(lambda n, m=2: n * m)({inner()})"
        if choose == 17:
            return f"len({self._text(depth + 1)})"
        if choose == 18:
            return f"int({self._condition(depth + 1)})"
        if choose == 19 and not self._in_function:
            name = self._new("w")
            return f"(({name} := {inner()}) + {name})"
        if choose == 20:
            return f"(-{inner()})"
        if choose == 21:
            return f"next((n for n in {self._list(depth + 1)} if n > 3), {inner()})"
        return f"({inner()} {self._random.choice(['and', 'or'])} {inner()})"

    def _list(self, depth: int = 0) -> str:
        choose = self._random.randint(0, 10 if depth < 2 else 1)
        name = self._list_name()
        if choose <= 2:
            return name
        if choose == 3:
            return f"[{self._int(depth + 1)}, *{name}]"
        if choose == 4:
            condition = self._random.choice(["", " if n % 2", " if n > 2"])
            return f"[n * {self._random.randint(1, 3)} for n in {name}{condition}]"
        if choose == 5:
            return f"{name}[{self._random.choice(['1:', ':2', '::-1', ':-1', '::2', '-2:'])}]"
        if choose == 6:
            return f"sorted({name})"
        if choose == 7:
            return f"list(range({self._random.randint(0, 4)}))"
        if choose == 8:
            return f"[n + m for n, m in zip({name}, {self._list_name()})]"
        if choose == 9:
            return f"[i * n for i, n in enumerate({name})]"
        return f"list(reversed({name}))"

    def _text(self, depth: int = 0) -> str:
        choose = self._random.randint(0, 7)
        name = self._random.choice(_TEXTS)
        if choose <= 1:
            return name
        if choose == 2:
            return f"f'{{{name}}}_{{{self._int_name()}}}'"
        if choose == 3:
            return f"({name} + {self._random.choice(['x', 'yz'])!r})"
        if choose == 4:
            return f"{name}.{self._random.choice(['upper()', 'title()', 'strip()', 'lower()'])}"
        if choose == 5:
            return f"str({self._int(depth + 1)})"
        if choose == 6:
            return f"'-'.join(str(n) for n in {self._list_name()})"
        return f"'%d_%s' % ({self._int_name()}, {name})"

    def _key(self) -> str:
        return self._random.choice(["'x'", "'y'", "'z'", "s"])

    def _condition(self, depth: int = 0) -> str:
        choose = self._random.randint(0, 9 if depth < 2 else 2)
        if choose <= 2:
            sign = self._random.choice(["<", "<=", ">", ">=", "==", "!="])
            return f"{self._int_name()} {sign} {self._random.randint(-2, 6)}"
        if choose == 3:
            return f"flag({self._random.randrange(FLAGS)})"
        if choose == 4:
            return f"not {self._condition(depth + 1)}"
        if choose == 5:
            joint = self._random.choice(["and", "or"])
            return f"({self._condition(depth + 1)} {joint} {self._condition(depth + 1)})"
        if choose == 6:
            return f"{self._int_name()} in {self._list_name()}"
        if choose == 7:
            return f"{self._key()} in d"
        if choose == 8:
            return f"0 < {self._int_name()} < {self._random.randint(2, 9)}"
        return f"{self._random.choice(['any', 'all'])}(n > 2 for n in {self._list_name()})"

    def _call(self, depth: int) -> str:
        name, count = self._random.choice(self._functions)
        given = [self._int(depth + 1) for _ in range(count)]
        style = self._random.randint(0, 3)
        if style == 0 and count:
            return f"{name}({', '.join([*given[:-1], f'v{count - 1}={given[-1]}'])})"
        if style == 1:
            return f"{name}(*[{', '.join(given)}])"
        if style == 2:
            return f"{name}(**dict({', '.join(f'v{i}={text}' for i, text in enumerate(given))}))"
        return f"{name}({', '.join(given)})"

    # -- statements -----------------------------------------------------------------------------

    def _block(self, depth: int, count: int | None = None) -> None:
        self._indent += 1
        for _ in range(count or self._count(1, 2)):
            self._statement(depth + 1)
        self._indent -= 1

    def _statement(self, depth: int) -> None:
        simple = [
            self._assign,
            self._augment,
            self._unpack,
            self._mutate,
            self._dict,
            self._set_text,
        ]
        compound = [
            self._if,
            self._if,
            self._for,
            self._while,
            self._try,
            self._match,
            self._nested_function,
            self._generator,
        ]
        if depth < 2 and self._random.random() < 0.45:
            self._random.choice(compound)(depth)
        else:
            self._random.choice(simple)()

    def _assign(self) -> None:
        self._put(f"{self._int_name()} = {self._int()}")

    def _augment(self) -> None:
        self._put(f"{self._int_name()} {self._random.choice(['+=', '-=', '*='])} {self._int(1)}")

    def _unpack(self) -> None:
        style = self._random.randint(0, 3)
        if style == 0:
            self._put(f"a, b = {self._int(1)}, {self._int(1)}")
        elif style == 1:
            self._put(f"a, *q = [{self._int(1)}, *p]")
        elif style == 2:
            self._put("b, c = c, b")
        else:
            self._put(f"a = c = {self._int(1)}")

    def _mutate(self) -> None:
        name = self._list_name()
        style = self._random.randint(0, 6)
        lines = [
            f"{name}.append({self._int(1)})",
            f"{name}.extend({self._list(1)})",
            f"{name} = {self._list()}",
            f"{name} += [{self._int(1)}]",
            f"{name}.insert(0, {self._int(1)})",
            f"{name} = {name} + {self._list(1)}",
            f"p = q = {self._list(1)}",
        ]
        self._put(lines[style])

    def _dict(self) -> None:
        style = self._random.randint(0, 4)
        lines = [
            f"d[{self._key()}] = {self._int(1)}",
            f"d.update(z={self._int(1)})",
            f"d = {{**d, 'x': {self._int(1)}}}",
            "d.pop('z', None)",
            f"{self._int_name()} = sum(d.values())",
        ]
        self._put(lines[style])

    def _set_text(self) -> None:
        self._put(f"{self._random.choice(_TEXTS)} = {self._text()}[-6:]")

    def _if(self, depth: int) -> None:
        self._put(f"if {self._condition()}:")
        self._block(depth)
        if self._random.random() < 0.3:
            self._put(f"elif {self._condition()}:")
            self._block(depth)
        if self._random.random() < 0.6:
            self._put("else:")
            self._block(depth)

    def _for(self, depth: int) -> None:
        over = self._random.choice(
            [
                (f"n{depth}", f"range({self._random.randint(0, 3)})"),
                (f"n{depth}", f"list({self._list_name()})[:3]"),
                (f"k{depth}, n{depth}", "list(d.items())[:3]"),
                (f"i{depth}, n{depth}", "enumerate(list(p)[:3])"),
            ]
        )
        self._put(f"for {over[0]} in {over[1]}:")
        self._indent += 1
        if self._random.random() < 0.4:
            word = self._random.choice(["break", "continue"])
            self._put(f"if {self._condition(1)}:")
            self._put(f"    {word}")
        self._put(f"{self._int_name()} += n{depth}")
        self._indent -= 1
        self._block(depth, 1)
        if self._random.random() < 0.3:
            self._put("else:")
            self._block(depth, 1)

    def _while(self, depth: int) -> None:
        name = self._new("k")
        self._put(f"{name} = {self._random.randint(0, 3)}")
        self._put(f"while {name} > 0:")
        self._put(f"    {name} -= 1")
        self._block(depth, 1)
        if self._random.random() < 0.3:
            self._put(f"    if {self._condition(1)}:")
            self._put("        break")

    def _try(self, depth: int) -> None:
        self._put("try:")
        self._block(depth, 1)
        if self._random.random() < 0.5:
            self._put(f"    {self._int_name()} = d[{self._key()}]")
        if self._random.random() < 0.3:
            self._put(f"    if {self._condition(1)}:")
            self._put("        raise ValueError('no')")
        self._put(f"except {self._random.choice(['(KeyError, ValueError)', 'Exception'])}:")
        self._block(depth, 1)
        if self._random.random() < 0.3:
            self._put("else:")
            self._block(depth, 1)
        if self._random.random() < 0.3:
            self._put("finally:")
            self._block(depth, 1)

    def _match(self, depth: int) -> None:
        self._put(f"match {self._random.choice(['a', 's', 'p', '(a, b)', 'd'])}:")
        cases = ["0", "1 | 2", "'ab'", "[first, *_]", "(0, other)", "{'x': 1}", "int()"]
        self._indent += 1
        for case in self._random.sample(cases, 2):
            self._put(f"case {case}:")
            self._block(depth, 1)
        self._put("case _:")
        self._block(depth, 1)
        self._indent -= 1

    def _function(self) -> None:
        name = self._new("f")
        count = self._count(1, 2)
        parameters = [
            f"v{i}" + ("=3" if i and self._random.random() < 0.5 else "") for i in range(count)
        ]
        self._put(f"def {name}({', '.join(parameters)}):")
        self._indent += 1
        self._in_function = True
        if self._random.random() < 0.3:
            self._put("global b")
            self._put(f"b = v0 + {self._random.randint(0, 3)}")
        if self._random.random() < 0.5:
            self._put(f"if {self._condition()}:")
            self._put(f"    return v0 * {self._random.randint(1, 3)}")
        if self._random.random() < 0.4:
            self._put(f"for n in range({self._random.randint(0, 3)}):")
            self._put("    v0 += n")
            self._put(f"    if v0 > {self._random.randint(2, 9)}:")
            self._put("        break")
        if self._random.random() < 0.3:
            self._put("total = 0")
            self._put("def add(n):")
            self._put("    nonlocal total")
            self._put("    total += n")
            self._put("    return total")
            self._put("add(v0)")
            self._put("return add(2)")
        else:
            self._put(f"return v{count - 1} + {self._int_name()}")
        self._in_function = False
        self._indent -= 1
        self._functions.append((name, count))

    def _nested_function(self, depth: int) -> None:
        del depth
        name = self._new("g")
        self._put(f"def {name}(n, *rest, scale=2, **more):")
        self._put("    return n * scale + len(rest) + sum(more.values())")
        call = self._random.choice(
            ["(1)", "(a, b, c)", "(2, scale=3)", "(*p)", "(1, k=4)", "(b, **{'scale': a})"]
        )
        if call == "(*p)":
            call = "(*[1, *p])"
        self._put(f"{self._int_name()} = {name}{call}")

    def _generator(self, depth: int) -> None:
        del depth
        name = self._new("g")
        self._put(f"def {name}(n):")
        self._put("    while n > 0:")
        self._put("        yield n")
        self._put("        n -= 2")
        self._put(f"{self._list_name()} = list({name}({self._random.randint(0, 5)}))")
