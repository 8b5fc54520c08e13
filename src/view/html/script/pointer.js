// SPDX-License-Identifier: MIT
/* Pointer: hover tells, dragging moves, two fingers zoom. */

const pointers = new Map();
let dragged = null; /* {x, from, to} where it began */
let rested = {x: -1, y: -1}; /* where the pointer was */

/** When lanes move under a pointer that rests, browsers say so too: it asks nothing. */
function hasMoved({clientX, clientY}) {
    const moved = rested.x !== clientX || rested.y !== clientY;
    rested = {x: clientX, y: clientY};
    return moved;
}

function timeAt(canvas, clientX) {
    const box = canvas.getBoundingClientRect();
    return timeIn(box.width, clientX - box.left);
}

function onMove(event) {
    const canvas = event.currentTarget;
    if (!hasMoved(event))
        return;
    if (pointers.has(event.pointerId)) {
        const before = Array.from(pointers.values());
        pointers.set(event.pointerId, event.clientX);
        const now = Array.from(pointers.values());
        if (now.length === 2)
            pinch(canvas, before, now);
        else if (dragged !== null)
            drag(canvas, event.clientX);
        return;
    }
    ask(canvas, event.clientX);
}

/** What is there. */
function ask(canvas, clientX) {
    const lane = laneOf.get(canvas);
    chosen = {lane, at: timeAt(canvas, clientX), isHover: true};
    if (chosen.at < lane.start || chosen.at > lane.end)
        hideTip();
    else
        tell(false);
    redraw();
}

function drag(canvas, x) {
    const by = (dragged.x - x) / canvas.clientWidth * (dragged.to - dragged.from);
    if (Math.abs(dragged.x - x) > 4)
        show(dragged.from + by, dragged.to + by);
}

function pinch(canvas, before, now) {
    const apart = Math.abs(before[0] - before[1]), to = Math.abs(now[0] - now[1]);
    if (apart > 0 && to > 0)
        zoom(to / apart, timeAt(canvas, (now[0] + now[1]) / 2));
}

function onDown(event) {
    const canvas = event.currentTarget;
    pointers.set(event.pointerId, event.clientX);
    dragged = pointers.size === 1
                  ? {x: event.clientX, from: view.from, to: view.to} : null;
    canvas.setPointerCapture(event.pointerId);
    enter(laneOf.get(canvas));
}

/** A touch that did not move asks, as hovering does. */
function onUp(event) {
    const isTap = dragged !== null && Math.abs(event.clientX - dragged.x) <= 4;
    pointers.delete(event.pointerId);
    dragged = null;
    if (isTap && event.type === 'pointerup')
        ask(event.currentTarget, event.clientX);
}

function onLeave() {
    if (pointers.size === 0 && chosen !== null && chosen.isHover) {
        chosen = null;
        hideTip();
        redraw();
    }
}

/** With Ctrl it zooms (so does a pinch on a touch pad), sideways it moves along; else
 * the page scrolls as any does. */
function onWheel(event) {
    const canvas = event.target.closest('.lane canvas, .axis canvas');
    if (canvas === null)
        return;
    const sideways = event.shiftKey ? event.deltaY : event.deltaX;
    if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        zoom(Math.exp(-event.deltaY * 0.005), timeAt(canvas, event.clientX));
    } else if (Math.abs(sideways) > (event.shiftKey ? 0 : Math.abs(event.deltaY))) {
        event.preventDefault();
        move(sideways / canvas.clientWidth);
    }
}
