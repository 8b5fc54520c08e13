# SPDX-License-Identifier: MIT
"""Pages in a real browser, for ./dev soak: without chromium they are skipped, and what
axe-core looks for too, unless $CONC_AXE names its axe.min.js (npm install axe-core)."""

import html
import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser",
                                                "google-chrome"))), None)
AXE = os.environ.get("CONC_AXE", "")
pytestmark = [pytest.mark.soak, pytest.mark.plain,
              pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium")]

RUNS = [
    ["threads", "--ttl", "0.02", "0.04", "--predict=threads=50ms", "--reason", "a <guess>"],
    ["race", "--ttl", "5ms", "5ms", "--repeat", "3"],
    ["deadlock", "--ttl", "5ms", "5ms"],
    ["pool", "--ttl", "10ms", "--tasks", "4", "--sweep", "1..4"],
    ["fork", "--ttl", "20ms"],
    ["async", "--tasks", "100", "--ttl", "10ms", "--limit", "500ms"],
]

# With all that can be opened open.
AXE_SCRIPT = """
for (const details of document.querySelectorAll('details'))
    details.open = true;
setTimeout(async () => {
    const found = await axe.run(document);
    report(found.violations.map((violation) =>
        [violation.id, violation.nodes.map((node) => node.html.slice(0, 200))]));
}, 500);
"""

# From the lane above a fold into it, along it, and out again.
FOLD_SCRIPT = """
(async function () {
    const said = [], fold = document.querySelector('details.fold');
    const soon = () => new Promise((resume) => setTimeout(resume, 100));
    const note = (what) => said.push({what, live: live.textContent,
        focus: document.activeElement.getAttribute('aria-label') || '',
        rows: fold.querySelectorAll('.lane').length,
        tabbable: document.querySelectorAll('.lane canvas[tabindex="0"]').length});
    const live = document.getElementById('live');
    fold.previousElementSibling.querySelector('canvas').focus();
    note('closed');
    fold.open = true;
    await soon();
    note('open');
    for (const key of KEYS) {
        document.activeElement.dispatchEvent(new KeyboardEvent('keydown',
            {key, bubbles: true, cancelable: true}));
        await soon();
        note(key);
    }
    const box = fold.querySelector('.lanes');
    box.scrollTop = 1e9;
    box.dispatchEvent(new Event('scroll')); /* no frame is due where time is not real */
    window.dispatchEvent(new Event('beforeprint')); /* draws at once */
    const last = fold.querySelector('.rows').lastElementChild;
    const drawn = last.querySelector('canvas');
    const pixels = drawn.getContext('2d').getImageData(0, 0, drawn.width, drawn.height);
    note('end');
    fold.open = false;
    await soon();
    note('closed again');
    report({said, last: last.textContent, pixels: pixels.data.some((value) => value > 0)});
})();
"""

# Presses keys on what has the focus, and says what the page says after each.
ACT_SCRIPT = """
(async function () {
    const shown = document.getElementById('shown'), live = document.getElementById('live');
    const tip = document.getElementById('tip'), said = [];
    const note = (what) => said.push({what, shown: shown.textContent,
        live: live.textContent, tip: tip.hidden ? '' : tip.textContent,
        focus: document.activeElement.getAttribute('aria-label') || ''});
    const lanes = Array.from(document.querySelectorAll('.lane canvas'));
    lanes[0].focus();
    note('focus');
    for (const key of KEYS) {
        document.activeElement.dispatchEvent(new KeyboardEvent('keydown',
            {key: key.replace('Shift+', ''), shiftKey: key.startsWith('Shift+'),
             bubbles: true, cancelable: true}));
        note(key);
    }
    const box = lanes[1].getBoundingClientRect();
    const at = {clientX: box.left + box.width / 4, clientY: box.top + 5, bubbles: true,
                cancelable: true};
    lanes[1].dispatchEvent(new PointerEvent('pointermove', at));
    note('hover');
    lanes[1].dispatchEvent(new WheelEvent('wheel', {...at, deltaY: -200, ctrlKey: true}));
    note('Ctrl+wheel');
    const plain = new WheelEvent('wheel', {...at, deltaY: 200});
    lanes[1].dispatchEvent(plain);
    note(plain.defaultPrevented ? 'wheel taken' : 'wheel left');
    report({said, tabbable: lanes.filter((lane) => lane.tabIndex === 0).length});
})();
"""


def write_page(conc, args):
    path = conc.directory / "page.html"
    assert conc(*args, "-o", str(path)).status == 0
    return path


def dump(path, *options):
    """What a browser makes of a file, as text."""
    command = [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", *options,
               "--virtual-time-budget=20000", "--dump-dom", f"file://{path}"]
    return subprocess.run(command, capture_output=True, text=True, timeout=300).stdout


def ask(path, width, *scripts, dark=False):
    """What scripts report() of a page in a frame so wide.  They need it without its
    policy, and windows are never as narrow as a phone."""
    text = re.sub("<meta http-equiv=[^>]*>", "", path.read_text(encoding="utf-8"))
    added = ("function report(value) { parent.postMessage(JSON.stringify(value), '*'); }",
             *scripts)
    inside = path.with_name("inside.html")
    inside.write_text(text.replace("</body>", "".join(
        f"<script>{script}</script>" for script in added) + "</body>"), encoding="utf-8")
    frame = path.with_name("frame.html")
    frame.write_text(
        "<!DOCTYPE html><meta name=color-scheme content='light dark'><body><script>"
        "onmessage = (event) => { const said = document.createElement('pre');"
        "said.textContent = event.data; document.body.append(said); };</script>"
        f"<iframe width={width} height=900 src=inside.html></iframe>")
    options = ["--window-size=1400,1000"]
    if dark:
        options.append("--blink-settings=preferredColorScheme=0")
    dumped = dump(frame, *options)
    said = re.search("<pre>(.*?)</pre>", dumped, re.DOTALL)
    assert said, dumped[-2000:]
    return json.loads(html.unescape(said.group(1)))


@pytest.mark.skipif(not AXE, reason="$CONC_AXE does not say where axe.min.js is")
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("args", RUNS, ids=lambda args: args[0])
def test_axe_finds_nothing(conc, args, width, dark):
    axe = pathlib.Path(AXE).read_text(encoding="utf-8")
    assert ask(write_page(conc, args), width, axe, AXE_SCRIPT, dark=dark) == []


@pytest.mark.parametrize("args", RUNS, ids=lambda args: args[0])
def test_a_page_draws_under_its_own_policy(conc, args):
    dumped = dump(write_page(conc, args))
    assert re.search(r'<output id="shown">0 s to [^<]+</output>', dumped)
    assert '<div class="tools" role="group" aria-label="Zoom">' in dumped


@pytest.mark.parametrize("width", [1280, 375, 320])
@pytest.mark.parametrize("args", RUNS, ids=lambda args: args[0])
def test_a_page_is_as_wide_as_the_window(conc, args, width):
    wide = ask(write_page(conc, args), width,
               "report([document.documentElement.scrollWidth, innerWidth])")
    assert wide[0] <= wide[1] == width


def test_keys_and_pointer(conc):
    keys = ["ArrowRight", "ArrowDown", "ArrowRight", "+", "+", "Shift+ArrowRight", "0",
            "End", "Escape", "Home", "Enter"]
    page = write_page(conc, ["threads", "--ttl", "0.02", "0.04"])
    told = ask(page, 1280, f"const KEYS = {json.dumps(keys)};", ACT_SCRIPT)
    assert told["tabbable"] == 1
    said = {}
    for one in told["said"]:
        said.setdefault(one["what"], one)
    everything = said["focus"]["shown"]
    assert said["focus"]["live"].startswith("1 of ")
    assert said["focus"]["focus"].startswith("main, process: ")
    assert "main: wait, luke" in said["ArrowRight"]["live"]
    assert "main waits for the task luke" in said["ArrowRight"]["tip"]
    assert "demos/threads.c:" in said["ArrowRight"]["tip"]
    assert said["ArrowDown"]["focus"] != said["focus"]["focus"]
    assert said["+"]["shown"] not in ("", everything)
    assert said["Shift+ArrowRight"]["shown"] != said["+"]["shown"]
    assert said["0"]["shown"] == everything == said["0"]["live"]
    assert re.match(r"(\d+) of \1\. main: ", said["End"]["live"])
    assert said["End"]["tip"] != "" and said["Escape"]["tip"] == ""
    assert said["Home"]["live"].startswith("1 of ")
    assert said["Enter"]["shown"] != everything
    assert "main" in said["hover"]["tip"]
    assert said["Ctrl+wheel"]["shown"] != said["hover"]["shown"]
    assert "wheel left" in said


def test_folded_lanes_are_opened(conc):
    page = write_page(conc, ["threads", "--tasks", "500", "--ttl", "20ms", "--only",
                             "threads"])
    keys = ["ArrowDown", "ArrowRight", "PageDown", "PageUp", "ArrowUp"]
    told = ask(page, 1280, f"const KEYS = {json.dumps(keys)};", FOLD_SCRIPT)
    said = {one["what"]: one for one in told["said"]}
    assert said["closed"]["rows"] == 0 and 10 < said["open"]["rows"] < 60
    assert said["ArrowDown"]["focus"].startswith(
        "chewbacca, thread, 1 of 490 that were folded: ")
    assert re.match(r"2 of \d+\. chewbacca: ", said["ArrowRight"]["live"])
    assert "11 of 490" in said["PageDown"]["focus"]
    assert "1 of 490" in said["PageUp"]["focus"]
    assert said["ArrowUp"]["focus"] == said["closed"]["focus"] != ""
    assert all(one["tabbable"] == 1 and one["rows"] < 60 for one in told["said"])
    assert told["last"].startswith("task495") and told["pixels"]
    assert said["closed again"]["rows"] == 0
