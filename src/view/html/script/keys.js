// SPDX-License-Identifier: MIT
/* Keyboard: one lane is in the order of Tab, arrows go on from there. */

const PAGE_LANES = 10;

function enter(lane) {
    if (current.canvas !== null)
        current.canvas.tabIndex = -1;
    current = lane;
    current.canvas.tabIndex = 0;
}

function choose(lane, at) {
    chosen = {lane, at};
    const length = view.to - view.from;
    if (at < view.from || at > view.to)
        show(at - length / 2, at + length / 2);
    redraw();
    tell(true);
}

/** The block `by` places on; without one, where it is. */
function step(by) {
    const lane = current, level = levelFor(lane, lane.canvas.clientWidth);
    const isHere = chosen !== null && chosen.lane === lane;
    const at = isHere ? chosen.at : Math.max(view.from, lane.start);
    const last = level.end.length - 1;
    let index = blockAt(level, at) + (isHere || !Number.isFinite(by) ? by : 0);
    index = Math.min(Math.max(0, index), last);
    if (last >= 0)
        choose(lane, (startOf(level, index) + level.end[index]) / 2);
}

function toLane(lane) {
    reveal(lane);
    const before = current;
    enter(lane);
    lane.canvas.focus();
    if (before !== lane && before.fold !== null && isOpen(before.fold))
        fillFold(before.fold);
}

/** The lane `by` places further down. */
function toLaneAt(by) {
    const at = rows.indexOf(current) + by;
    toLane(rows[Math.min(Math.max(0, at), rows.length - 1)]);
}

function fill() {
    if (chosen === null)
        return;
    const lane = chosen.lane, level = levelFor(lane, lane.canvas.clientWidth);
    const index = blockAt(level, chosen.at);
    if (index >= level.end.length)
        return;
    const start = startOf(level, index), end = level.end[index];
    show(start - (end - start) / 2, end + (end - start) / 2);
    tell(true);
}

/** Another view, said; what was chosen is told again where it is seen now. */
function change(action) {
    actions[action]();
    if (chosen !== null && chosen.at >= view.from && chosen.at <= view.to)
        tell(true);
    live.textContent = shown.textContent;
}

const keys = {
    ArrowRight: (event) => (event.shiftKey ? change('right') : step(1)),
    ArrowLeft: (event) => (event.shiftKey ? change('left') : step(-1)),
    ArrowUp: () => toLaneAt(-1),
    ArrowDown: () => toLaneAt(1),
    PageUp: () => toLaneAt(-PAGE_LANES),
    PageDown: () => toLaneAt(PAGE_LANES),
    Home: () => step(-Infinity),
    End: () => step(Infinity),
    '+': () => change('in'),
    '=': () => change('in'),
    '-': () => change('out'),
    0: () => change('all'),
    Enter: fill,
    Escape: hideTip,
};

function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey ||
        !Object.prototype.hasOwnProperty.call(keys, event.key))
        return;
    event.preventDefault();
    keys[event.key](event);
}
