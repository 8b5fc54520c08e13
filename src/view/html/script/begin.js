// SPDX-License-Identifier: MIT
/* Everything is listened to, and drawn for the first time. */

/** All that a lane's canvas is asked by. */
function listen(lane) {
    const canvas = lane.canvas;
    laneOf.set(canvas, lane);
    canvas.tabIndex = lane === current ? 0 : -1;
    canvas.addEventListener('pointermove', onMove);
    canvas.addEventListener('pointerdown', onDown);
    canvas.addEventListener('pointerup', onUp);
    canvas.addEventListener('pointercancel', onUp);
    canvas.addEventListener('pointerleave', onLeave);
    canvas.addEventListener('keydown', onKey);
    canvas.addEventListener('focus', () => {
        enter(lane);
        if (canvas.matches(':focus-visible'))
            step(0);
    });
    canvas.addEventListener('blur', () => {
        chosen = null;
        hideTip();
        redraw();
    });
}

function onResize() {
    for (const fold of folds.filter(isOpen)) {
        measureFold(fold);
        fillFold(fold);
    }
    restyle();
}

function onScroll() {
    if (present().some((lane) => lane.canvas.dataset.stale === '1'))
        redraw();
}

function onPrint() {
    isPrinting = true;
    draw();
    isPrinting = false;
}

lanes.forEach(listen);
chart.addEventListener('wheel', onWheel, {passive: false});
for (const button of document.querySelectorAll('.tools button'))
    button.addEventListener('click', () => actions[button.dataset.action]());
window.addEventListener('scroll', onScroll, {passive: true});
window.addEventListener('resize', onResize);
window.addEventListener('beforeprint', onPrint);
for (const question of ['(prefers-color-scheme: dark)', '(forced-colors: active)'])
    window.matchMedia(question).addEventListener('change', restyle);
axis.parentNode.classList.toggle('guessed', lanes.some((lane) => lane.predicted >= 0));
document.querySelector('.tools').hidden = false;
sayWindow();
restyle();
beginFolds();
fitColumns();
