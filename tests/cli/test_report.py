"""``keras-lint report``: the page is right, holds all it needs, and works in a browser."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from keras_lint.cli import main
from keras_lint.engine.drawn import Built, DrawnFile, check_and_build
from keras_lint.files import discover
from keras_lint.reporters.html_report import render
from keras_lint.settings import Settings

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

SOUND = """\
import keras
m = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4, name="sound")], name="good")
"""
BROKEN = """\
import keras
from keras import layers
i = keras.Input((8,), name="start")
x = layers.Dense(4, name="fine")(i)
y = layers.LSTM(3, name="refused")(x)
m = keras.Model(i, y, name="bad")
"""
OTHER = SOUND.replace("Dense(4", "Dense(5")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    source = tmp_path / "src"
    source.mkdir()
    (source / "bad.py").write_text(BROKEN)
    (source / "good.py").write_text(SOUND)
    (source / "broken.py").write_text("import keras\ndef f(:\n")
    (source / "other.py").write_text("print('nothing here')\n")
    return source


def drawn(*paths: Path) -> list[DrawnFile]:
    return check_and_build(discover(map(str, paths)), lambda _: Settings())


class Page(HTMLParser):
    """Collects the ids, the links and the text of a page, and checks that tags are closed."""

    VOID = frozenset({"meta", "input", "link", "br", "img", "rect", "path"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.links += [str(given[key]) for key in ("href", "src") if key in given]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag, attrs

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.open):
            self.text.append(data)


def test_the_page_is_whole_and_reaches_for_nothing(folder: Path) -> None:
    text = render(drawn(folder), "src")
    page = Page(text)
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links} <= set(page.ids)
    assert all(link.startswith("#") for link in page.links)
    assert set(re.findall(r"https?://[^\s\"']+", text)) == {"http://www.w3.org/2000/svg"}
    said = " ".join(page.text)
    for words in ("bad", "good", "KER102", "(None, 4)", "sound", "36 parameters", "KER001"):
        assert words in said, words
    assert "3 files" not in said  # one of them cannot be read
    assert "2 files" in said
    assert "y = layers.LSTM(3" in said  # the source of the finding


def test_findings_are_marked_on_the_layers(folder: Path) -> None:
    text = render(drawn(folder / "bad.py"), "src")
    (card,) = re.findall(r'<a id="(m\d+-c\d+)" href="(#f\d+)" aria-label="refused: ([^"]*)"', text)
    assert card[2].startswith("KER")
    assert f'href="#{card[0]}">in the drawing' in text
    assert f'id="{card[1][1:]}" tabindex' in text


def test_findings_are_marked_inside_the_models_that_hold_the_layers(tmp_path: Path) -> None:
    path = tmp_path / "nested.py"
    path.write_text(
        "import keras\nfrom keras import layers\n"
        "i = keras.Input((8, 3))\n"
        "x = layers.Dropout(0.0, name='idle')(i)\n"
        "inner = keras.Model(i, layers.Flatten()(x), name='inner')\n"
        "j = keras.Input((8, 3))\n"
        "outer = keras.Model(j, layers.Dense(2)(inner(j)), name='outer')\n"
    )
    text = render(drawn(path), "src")
    cards = re.findall(r'<a id="([^"]*)" href="(#f\d+)" aria-label="idle: KER206', text)
    assert len(cards) == 2  # in the drawing of each model
    assert len({card for card, _ in cards}) == 2
    assert {href for _, href in cards} == {"#f1"}
    assert text.count('id="f1"') == 1
    Page(text)


def test_a_baseline_keeps_back_what_is_known(folder: Path, tmp_path: Path) -> None:
    page, known = str(tmp_path / "report.html"), str(tmp_path / "known.json")
    bad = str(folder / "bad.py")
    assert main(["check", bad, "--no-verify", "--write-baseline", known]) == 0
    command = ["report", bad, "-o", page, "--no-verify", "--jobs", "2"]
    assert main([*command, "--baseline", known]) == 0
    text = Path(page).read_text("utf-8")
    assert "0 findings · 1 more in the baseline" in text
    assert main(command) == 1


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    name = "</script><script>alert(1)</script>&\\ud800\\x00"
    path = tmp_path / "<img src=x onerror=alert(1)>.py"
    path.write_text(BROKEN.replace("refused", name).replace('name="bad"', f'name="{name}"'))
    text = render(drawn(path), "<b>")
    assert text.count("<script>") == 1
    assert "<img" not in text
    text.encode("utf-8")
    Page(text)


def test_static_and_built_stand_side_by_side_where_they_differ(tmp_path: Path) -> None:
    """The difference is made up of two real graphs: the analysis gives no wrong one to show."""
    (tmp_path / "a.py").write_text(SOUND)
    (tmp_path / "b.py").write_text(OTHER)
    one, two = drawn(tmp_path / "a.py", tmp_path / "b.py")
    built = {0: Built(two.graphs[0], ("layer Dense 'sound': params 36 in source, 45 as built",))}
    text = render([DrawnFile(one.result, one.graphs, built, one.text)], "x")
    assert text.count("<figure>") == text.count("<svg") == 2
    assert "As Keras builds it" in text
    assert "params 36 in source, 45 as built" in text
    same = render([DrawnFile(one.result, one.graphs, {0: Built(one.graphs[0])}, one.text)], "x")
    assert same.count("<svg") == 1
    assert "as Keras builds it: no difference" in same


@pytest.mark.keras
def test_the_command_builds_the_models(folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("tensorflow")
    page = tmp_path / "report.html"
    (folder / "broken.py").unlink()
    assert main(["report", str(folder), "-o", str(page), "--no-cache", "--isolated"]) == 1
    text = page.read_text("utf-8")
    assert "as Keras builds it: no difference" in text
    assert '<span class="badge confirmed">' in text
    assert main(["report", str(folder / "good.py"), "-o", str(page), "--no-verify"]) == 0
    assert "From source; not built" in page.read_text("utf-8")


def test_a_page_that_cannot_be_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(folder), "-o", str(folder / "no" / "r.html"), "--no-verify"]) == 2
    assert capsys.readouterr().err.startswith("keras-lint: --output: ")


# -- in a browser ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or driver is None:
        pytest.skip("there is no chromium with chromedriver on this machine")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for argument in ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    for argument in ("--disable-background-networking", "--disable-component-update"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    with webdriver.Chrome(options, webdriver.ChromeService(driver)) as started:
        yield started


@pytest.fixture
def opened(browser: Any, folder: Path, tmp_path: Path) -> Any:
    path = tmp_path / "report.html"
    path.write_text(render(drawn(folder), "src"), "utf-8")
    browser.set_window_size(1400, 1000)
    browser.get(path.as_uri())
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []
    return browser


def keys(browser: Any, text: str) -> None:
    from selenium.webdriver import ActionChains

    ActionChains(browser).send_keys(text).perform()


def test_models_are_seen(opened: Any) -> None:
    drawings = opened.find_elements("css selector", "article .drawing svg")
    assert len(drawings) == 2
    assert all(one.is_displayed() and one.size["height"] > 100 for one in drawings)
    cards = opened.execute_script(
        "return [...document.querySelectorAll('.card')].map(card => {"
        " const box = card.querySelector('rect').getBoundingClientRect();"
        " return [...card.querySelectorAll('text')].every(text => {"
        "  const own = text.getBoundingClientRect();"
        "  return own.left >= box.left && own.right <= box.right && own.bottom <= box.bottom; }) })"
    )
    assert len(cards) == 5
    assert all(cards)  # every text stays inside its card
    width = "return document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert opened.execute_script(width)
    opened.set_window_size(520, 900)
    assert opened.execute_script(width)


def test_light_and_dark(opened: Any) -> None:
    colours = {}
    for scheme in ("light", "dark"):
        feature = {"name": "prefers-color-scheme", "value": scheme}
        opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
        colours[scheme] = opened.execute_script(
            "const paint = (one, what) => getComputedStyle(document.querySelector(one))[what];"
            "return [paint('body', 'backgroundColor'), paint('.kl .page', 'fill'),"
            " paint('.kl .name', 'fill')]"
        )
    assert colours["light"][:2] == ["rgb(255, 255, 255)"] * 2
    assert colours["dark"][:2] == ["rgb(13, 17, 23)"] * 2
    assert colours["light"][2] != colours["dark"][2]


def test_the_keyboard_is_enough(opened: Any) -> None:
    now = "return document.activeElement.id"
    keys(opened, "j")
    first = opened.execute_script(now)
    assert first.startswith("f")
    keys(opened, "j")
    second = opened.execute_script(now)
    assert second.startswith("f")
    assert second != first
    keys(opened, "k")
    assert opened.execute_script(now) == first
    keys(opened, "/good")
    shown = [one.is_displayed() for one in opened.find_elements("css selector", "article")]
    assert shown == [False, True]
    keys(opened, "\ue00c")  # Escape
    keys(opened, "j")
    assert opened.execute_script(now) == first


def test_from_the_card_to_the_finding_and_back(opened: Any) -> None:
    card = opened.find_element("css selector", ".drawing a")
    opened.execute_script("arguments[0].focus()", card)
    keys(opened, "\ue007")  # Enter
    finding = opened.find_element("css selector", ".finding:target")
    assert "refused" in finding.text or "LSTM" in finding.text
    back = finding.find_element("css selector", ".head a")
    opened.execute_script("arguments[0].focus()", back)
    keys(opened, "\ue007")
    assert opened.find_element("css selector", "a:target").get_attribute(
        "id"
    ) == card.get_attribute("id")


def test_only_models_with_findings(opened: Any) -> None:
    opened.find_element("id", "only").click()
    shown = [one.is_displayed() for one in opened.find_elements("css selector", "article")]
    assert shown == [True, False]
