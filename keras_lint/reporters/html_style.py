"""The looks and the keys of the HTML report: one style sheet and one script."""

from __future__ import annotations

STYLE = """\
:root{color-scheme:light dark;--bg:#fff;--fg:#1f2328;--soft:#57606a;--rule:#d0d7de;--panel:#f6f8fa;
--link:#0969da;--bad:#cf222e;--warn:#9a6700;--info:#0550ae;--good:#1a7f37;--hit:#fff8c5}
@media (prefers-color-scheme:dark){:root{--bg:#0d1117;--fg:#e6edf3;--soft:#9198a1;--rule:#30363d;
--panel:#161b22;--link:#58a6ff;--bad:#ff7b72;--warn:#d29922;--info:#79c0ff;--good:#3fb950;
--hit:#2e2a1f}}
*{box-sizing:border-box}
html{scroll-padding-top:7rem}
body{margin:0;background:var(--bg);color:var(--fg);line-height:1.5;
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:4px}
.skip{position:absolute;left:-999rem}
.skip:focus{left:1rem;top:1rem;background:var(--bg);padding:.5rem 1rem;z-index:3}
header{position:sticky;top:0;z-index:2;background:var(--bg);border-bottom:1px solid var(--rule);
padding:.6rem 1.25rem;display:flex;flex-wrap:wrap;gap:.5rem 1.25rem;align-items:center}
header h1{font-size:1.05rem;margin:0}
header p{margin:0;color:var(--soft)}
header .tools{margin-left:auto;display:flex;gap:1rem;align-items:center}
input[type=search]{font:inherit;color:inherit;background:var(--panel);border:1px solid var(--rule);
border-radius:6px;padding:.25rem .6rem;width:14rem}
.page{display:grid;grid-template-columns:17rem minmax(0,1fr)}
nav{border-right:1px solid var(--rule);padding:1rem;position:sticky;top:3.4rem;align-self:start;
max-height:calc(100vh - 3.4rem);overflow:auto;font-size:.9rem}
nav ul{list-style:none;margin:0 0 1rem;padding:0}
nav li a{display:flex;justify-content:space-between;gap:.5rem;padding:.15rem .4rem;
border-radius:6px;text-decoration:none;color:var(--fg);overflow-wrap:anywhere}
nav li a:hover{background:var(--panel)}
nav b{display:block;overflow-wrap:anywhere;margin-bottom:.2rem}
main{padding:1rem 1.5rem 6rem;min-width:0}
section>h2{font-size:1.1rem;margin:1.5rem 0 .5rem;overflow-wrap:anywhere}
article{border:1px solid var(--rule);border-radius:10px;margin:1rem 0 1.75rem;overflow:hidden}
article>h3{margin:0;padding:.6rem 1rem;background:var(--panel);border-bottom:1px solid var(--rule);
font-size:1rem;display:flex;gap:.75rem;flex-wrap:wrap;align-items:baseline}
article>h3 small{font-weight:400;color:var(--soft)}
.body{display:flex;flex-wrap:wrap;gap:1.25rem;padding:1rem}
figure{margin:0;flex:1 1 22rem;min-width:0}
figcaption{color:var(--soft);font-size:.9rem;margin-bottom:.4rem}
.drawing{overflow:auto;max-height:46rem;border:1px solid var(--rule);border-radius:8px}
.drawing svg{display:block;margin:auto}
.findings{flex:1 1 26rem;min-width:0;display:grid;grid-template-columns:minmax(0,1fr);gap:1rem;
align-content:start}
.finding{border:1px solid var(--rule);border-left:5px solid var(--info);border-radius:8px;
padding:.7rem .9rem}
.finding.error{border-left-color:var(--bad)}
.finding.warning{border-left-color:var(--warn)}
.finding:target,.finding:focus{background:var(--hit)}
.finding p{margin:.25rem 0;overflow-wrap:anywhere}
.finding .head{display:flex;gap:.6rem;flex-wrap:wrap;align-items:baseline;color:var(--soft)}
.finding .message{font-weight:600}
.code{font-weight:700;color:var(--fg)}
.badge{border-radius:1rem;padding:0 .55rem;border:1px solid currentColor;font-size:.8rem}
.badge.error,.badge.bad{color:var(--bad)}.badge.warning{color:var(--warn)}
.badge.confirmed{color:var(--good)}.badge.info{color:var(--info)}
pre{background:var(--panel);border-radius:6px;padding:.6rem .75rem;overflow:auto;margin:.5rem 0;
font:12.5px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.lost,.quiet{color:var(--soft)}
.lost{padding:0 1rem .75rem;margin:0}
ul.differences{margin:.25rem 1rem;padding-left:1rem;color:var(--bad)}
[hidden]{display:none!important}
kbd{border:1px solid var(--rule);border-bottom-width:2px;border-radius:4px;padding:0 .3rem;
font:.8em ui-monospace,monospace}
@media (max-width:56rem){.page{grid-template-columns:1fr}nav{position:static;border-right:0;
border-bottom:1px solid var(--rule);max-height:14rem}}
@media print{nav,.tools{display:none}.page{display:block}.drawing{max-height:none}}
"""

SCRIPT = """\
"use strict";
const find = document.getElementById("find"), only = document.getElementById("only");
const all = selector => [...document.querySelectorAll(selector)];
function filter() {
  const words = find.value.toLowerCase().split(/\\s+/).filter(Boolean);
  for (const model of all("article")) {
    const text = model.dataset.words;
    model.hidden = !words.every(word => text.includes(word)) ||
      (only.checked && !model.querySelector(".finding, .differences"));
    for (const link of all(`nav a[href="#${model.id}"]`)) link.parentElement.hidden = model.hidden;
  }
  for (const file of all("main > section"))
    file.hidden = !file.querySelector("article:not([hidden])") &&
      (words.length > 0 || only.checked) && !file.querySelector(":scope > .finding");
}
find.addEventListener("input", filter);
only.addEventListener("change", filter);
function step(by) {
  const places = all(".finding").filter(one => one.offsetParent !== null);
  if (!places.length) return;
  const now = places.indexOf(document.activeElement.closest(".finding"));
  const next = now < 0 ? (by > 0 ? 0 : places.length - 1)
    : Math.min(Math.max(now + by, 0), places.length - 1);
  places[next].focus();
  places[next].scrollIntoView({block: "nearest"});
}
document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target === find) {
    if (event.key === "Escape") { find.value = ""; filter(); find.blur(); }
    return;
  }
  if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "/") { event.preventDefault(); find.focus(); }
});
"""
