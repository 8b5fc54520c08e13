// SPDX-License-Identifier: MIT
/* Which part of the axis is shown: zoom, and moving along. */

function show(from, to) {
    const whole = data.to - data.from;
    const length = Math.min(whole, Math.max(Math.min(SHORTEST_NS, whole), to - from));
    from = Math.min(Math.max(data.from, from), data.to - length);
    view = {from, to: from + length};
    hideTip();
    sayWindow();
    redraw();
}

function sayWindow() {
    const length = view.to - view.from;
    shown.textContent = moment(view.from, length) + ' to ' + moment(view.to, length) +
                        (isPastFinest() ? '; finer than here is not in this page' : '');
}

function isPastFinest() {
    return !data.exact && wantedColumns(axis.clientWidth) > data.columns.at(-1);
}

/** Keeps what stands at `at` where it is. */
function zoom(factor, at) {
    show(at - (at - view.from) / factor, at + (view.to - at) / factor);
}

function middle() {
    const isSeen = chosen !== null && chosen.at >= view.from && chosen.at <= view.to;
    return isSeen ? chosen.at : (view.from + view.to) / 2;
}

function move(part) {
    const by = (view.to - view.from) * part;
    show(view.from + by, view.to + by);
}

/** What buttons and keys do to the view. */
const actions = {
    in: () => zoom(STEP, middle()),
    out: () => zoom(1 / STEP, middle()),
    left: () => move(-0.25),
    right: () => move(0.25),
    all: () => show(data.from, data.to),
};
