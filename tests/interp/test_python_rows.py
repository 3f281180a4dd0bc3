"""Python's own semantics: sizes that a program computes are those Python computes, or unknown."""

from __future__ import annotations

from typing import Any

import pytest

from .lib import output_shapes, reasons, the_model

PROGRAMS = {
    "for else without break": """
n = 0
for i in range(3):
    n += i
else:
    n += 10
""",
    "for else with break": """
n = 1
for i in range(9):
    if i == 4:
        break
    n += i
else:
    n = 99
""",
    "continue": """
n = 0
for i in range(6):
    if i % 2:
        continue
    n += i
""",
    "while else": """
n = 1
while n < 20:
    n *= 3
else:
    n += 1
""",
    "break leaves the inner loop alone": """
n = 0
for i in range(3):
    for j in range(5):
        if j > i:
            break
        n += 1
""",
    "closures see the last value": """
fs = []
for i in range(1, 4):
    fs.append(lambda: i)
n = fs[0]()
""",
    "defaults are bound early": """
fs = []
for i in range(1, 4):
    fs.append(lambda i=i: i)
n = fs[0]()
""",
    "a mutable default is kept": """
def f(x, seen=[]):
    seen.append(x)
    return len(seen)
f(1)
f(1)
n = f(1)
""",
    "nonlocal": """
def make():
    c = 1
    def up():
        nonlocal c
        c += 2
        return c
    return up
u = make()
u()
n = u()
""",
    "global": """
n = 1
def f():
    global n
    n = 7
f()
""",
    "finally runs after return": """
log = []
def f():
    try:
        return 3
    finally:
        log.append(1)
n = f() + len(log)
""",
    "try else": """
n = 1
try:
    n += 1
except ValueError:
    n = 50
else:
    n += 3
""",
    "raise and except": """
def f():
    raise ValueError
try:
    f()
    n = 1
except ValueError:
    n = 4
""",
    "star in the middle": """
a, *b, c = [1, 2, 3, 4]
n = sum(b) * c + a
""",
    "nested unpacking": """
(a, (b, *c)), d = (1, (2, 3, 4)), 5
n = a + b + sum(c) + d
""",
    "swap": """
a, b = 3, 8
a, b = b, a
n = a - b
""",
    "slices backwards": """
xs = [1, 2, 3, 4, 5]
n = xs[::-1][1] * 10 + xs[-2:][0] + xs[1:4:2][1]
""",
    "aliases share": """
a = [1]
b = a
b += [2]
n = len(a)
""",
    "plus makes a new list": """
a = [1]
b = a
b = b + [2]
n = len(a)
""",
    "floor division below zero": """
n = -(-7 // 2) + (-7 % 3)
""",
    "chained comparison": """
x = 5
n = 2 if 1 < x < 4 else 3
""",
    "and or give operands": """
n = (0 or 4) + (3 and 2)
""",
    "walrus": """
n = (k := 4) + k
""",
    "comprehension has its own scope": """
i = 9
xs = [i for i in range(3)]
n = i + len(xs)
""",
    "dict comprehension": """
d = {k: v for k, v in zip('abc', range(1, 4))}
n = d['c'] + len(d)
""",
    "dict keeps its order": """
d = {'b': 2}
d['a'] = 5
d['b'] = 7
n = list(d.values())[0]
""",
    "dict merge": """
n = sum({**{'a': 1, 'b': 2}, 'a': 5}.values())
""",
    "setdefault and pop": """
d = {'a': 2}
n = d.setdefault('a', 9) + d.pop('b', 4) + d.get('z', 1)
""",
    "star arguments": """
def f(a, *r, k=1, **o):
    return a + sum(r) * k + len(o)
n = f(*[1, 2, 3], **{'k': 2, 'z': 0})
""",
    "partial": """
from functools import partial
def f(a, b, c=0):
    return a * 100 + b * 10 + c
n = partial(f, 1, c=3)(2)
""",
    "reduce": """
from functools import reduce
n = reduce(lambda a, b: a * 2 + b, [1, 2, 3], 1)
""",
    "recursion": """
def f(k):
    return 1 if k < 2 else f(k - 1) + f(k - 2)
n = f(6)
""",
    "generator": """
def g():
    for i in range(3):
        yield i + 1
n = sum(g())
""",
    "zip stops at the shortest": """
n = sum(a * b for a, b in zip([1, 2, 3], (4, 5)))
""",
    "enumerate from": """
n = sum(i * v for i, v in enumerate([2, 3], 1))
""",
    "any and all": """
n = 1 + any([0, 1]) + all([]) * 2
""",
    "f-string": """
n = len(f'{3:03d}_{1.5:.2f}_{"a"!r}')
""",
    "match": """
match ('conv', 5):
    case ('dense', k):
        n = 1
    case ('conv', k) if k > 4:
        n = k
    case _:
        n = 2
""",
    "text methods": """
n = len('a,b,,c'.split(',')) + 'hello'.count('l') + '12'.zfill(4).find('1')
""",
    "a class attribute is shared": """
class A:
    xs = []
A().xs.append(1)
A().xs.append(2)
n = len(A.xs)
""",
    "multiplied nested lists share": """
xs = [[]] * 3
xs[0].append(1)
n = len(xs[2])
""",
    "round halves to even": """
n = round(2.5) + round(3.5)
""",
    "finally's return wins": """
def f():
    try:
        return 3
    finally:
        return 5
n = f()
""",
    "except catches": """
try:
    {}['a']
    n = 1
except KeyError:
    n = 2
""",
    "slice assignment": """
xs = [1, 2, 3]
xs[1:2] = [7, 8, 9]
n = sum(xs)
""",
    "del of an item": """
xs = [5, 6, 7]
del xs[0]
n = xs[0]
""",
    "walrus in a comprehension": """
xs = [y for x in range(4) if (y := x * 2) > 1]
n = sum(xs) + y
""",
    "sorted by key": """
n = sorted([3, 11, 2], key=lambda v: -v)[0] + sorted('ba') .index('b')
""",
    "map and filter": """
n = sum(map(lambda v: v * v, filter(None, [0, 1, 2])))
""",
}


def run(program: str) -> int:
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(program, "program.py", "exec"), names)
    return int(names["n"])


def model_of(program: str) -> str:
    head = "import keras\n"
    return f"{head}{program}model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(n)])\n"


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_size_is_what_python_computes(name: str) -> None:
    program = PROGRAMS[name]
    graph = the_model(model_of(program))
    assert reasons(graph) == []
    assert output_shapes(graph) == [f"(None, {run(program)})"]
