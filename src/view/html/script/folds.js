// SPDX-License-Identifier: MIT
/* Folded lanes: in a box that scrolls, and that holds only the rows that can be seen,
 * so that ten thousand of them are as quick as ten. */

const SPARE_ROWS = 4; /* above and below what can be seen */
const laneOf = new WeakMap(); /* by canvas */
const folds = data.folds;
let rows = lanes.slice(); /* that arrows go through: those of open folds too */
let rowHeight = 30;

function isOpen(fold) {
    return fold.details.open;
}

/** Lanes that are on the page at this moment. */
function present() {
    return lanes.concat(...folds.filter(isOpen).map(({present}) => [...present]));
}

function arrange() {
    rows = [];
    lanes.forEach((lane, i) => {
        for (const fold of folds)
            if (fold.after === i && isOpen(fold))
                rows.push(...fold.lanes);
        rows.push(lane);
    });
    for (const fold of folds)
        if (fold.after === lanes.length && isOpen(fold))
            rows.push(...fold.lanes);
}

function piece(tag, className, text) {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = text;
    return element;
}

/** The same as src/view/html/pictures.c writes of lanes that are shown. */
function makeRow(lane) {
    const row = piece('div', 'lane', ''), canvas = document.createElement('canvas');
    const name = piece('span', 'name', lane.name);
    const totals = piece('span', 'totals', lane.totals);
    name.setAttribute('aria-hidden', 'true');
    name.dir = 'auto';
    totals.setAttribute('aria-hidden', 'true');
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-describedby', 'keys');
    canvas.setAttribute('aria-label', lane.name + ', ' + lane.kind + ', ' +
                        (lane.index + 1) + ' of ' + lane.fold.lanes.length +
                        ' that were folded: ' + lane.totals);
    row.append(name, canvas, totals);
    row.style.top = lane.index * rowHeight + 'px';
    lane.canvas = canvas;
    listen(lane);
    return row;
}

function dropRow(lane) {
    lane.canvas.parentNode.remove();
    lane.canvas = null;
    lane.fold.present.delete(lane);
}

/** Rows for what can be seen of a fold, in order; the one with the focus stays. */
function fillFold(fold) {
    const {scrollTop, clientHeight} = fold.box;
    const first = Math.max(0, Math.floor(scrollTop / rowHeight) - SPARE_ROWS);
    const bottom = Math.ceil((scrollTop + clientHeight) / rowHeight);
    const last = Math.min(fold.lanes.length - 1, bottom + SPARE_ROWS);
    for (const lane of Array.from(fold.present))
        if ((lane.index < first || lane.index > last) && lane !== current)
            dropRow(lane);
    let below = null;
    for (const lane of fold.present)
        if (lane.index > last)
            below = lane.canvas.parentNode;
    for (let i = last; i >= first; i--) {
        const lane = fold.lanes[i];
        if (lane.canvas === null) {
            fold.rows.insertBefore(makeRow(lane), below);
            fold.present.add(lane);
        }
        below = lane.canvas.parentNode;
    }
    redraw();
}

/** Rows are as high as the style sheet has them, by the window's width. */
function measureFold(fold) {
    const top = fold.box.scrollTop / rowHeight;
    const row = fold.rows.firstElementChild;
    rowHeight = row === null ? rowHeight : row.offsetHeight;
    fold.rows.style.width = fold.details.clientWidth + 'px';
    fold.rows.style.height = fold.lanes.length * rowHeight + 'px';
    for (const lane of fold.present)
        lane.canvas.parentNode.style.top = lane.index * rowHeight + 'px';
    fold.box.scrollTop = top * rowHeight;
}

function openFold(fold) {
    if (fold.rows === undefined) {
        unfold(fold);
        fold.rows = fold.box.appendChild(piece('div', 'rows', ''));
        for (const item of document.querySelectorAll('.legend li[hidden]'))
            item.hidden = false;
        drawLegend();
    }
    arrange();
    fillFold(fold);
    measureFold(fold);
    fillFold(fold);
    fitColumns();
}

function closeFold(fold) {
    if (current.fold === fold)
        enter(lanes[Math.min(fold.after, lanes.length - 1)]);
    for (const lane of Array.from(fold.present))
        dropRow(lane);
    if (chosen !== null && chosen.lane.fold === fold)
        chosen = null;
    hideTip();
    arrange();
    redraw();
}

/** Brings a lane onto the page, where it is folded. */
function reveal(lane) {
    if (lane.fold === null)
        return;
    const {box} = lane.fold, top = lane.index * rowHeight;
    if (top < box.scrollTop)
        box.scrollTop = top;
    else if (top + rowHeight > box.scrollTop + box.clientHeight)
        box.scrollTop = top + rowHeight - box.clientHeight;
    fillFold(lane.fold);
}

/** Arrows on the box itself go to the lane that is uppermost in it. */
function onBoxKey(event, fold) {
    if (event.target !== fold.box || event.key !== 'ArrowDown')
        return;
    event.preventDefault();
    toLane(fold.lanes[Math.ceil(fold.box.scrollTop / rowHeight)]);
}

/** What the keyboard has asked for stays told while its lane is brought into sight. */
function onBoxScroll(fold) {
    if (!document.activeElement.matches('.lane canvas:focus-visible'))
        hideTip();
    fillFold(fold);
}

function beginFold(fold) {
    const toggled = () => (isOpen(fold) ? openFold(fold) : closeFold(fold));
    fold.details.addEventListener('toggle', toggled);
    fold.box.addEventListener('scroll', () => onBoxScroll(fold), {passive: true});
    fold.box.addEventListener('keydown', (event) => onBoxKey(event, fold));
}

function beginFolds() {
    const all = Array.from(document.querySelectorAll('details.fold'));
    folds.forEach((fold, i) => {
        fold.details = all[i];
        fold.box = all[i].querySelector('.lanes');
        fold.present = new Set();
    });
    folds.forEach(beginFold);
    folds.filter(isOpen).forEach(openFold);
}

function fontOf(element) {
    const {fontWeight, fontSize, fontFamily} = getComputedStyle(element);
    return fontWeight + ' ' + fontSize + ' ' + fontFamily;
}

/** Columns of names and totals are as wide as what stands in them, within reason. */
function fitColumns() {
    const pen = axis.getContext('2d');
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const widest = (className, most) => {
        const one = document.querySelector('.part > .lane .' + className);
        pen.font = fontOf(one || document.body);
        let width = 0;
        for (const text of textsOf(className))
            width = Math.max(width, pen.measureText(text).width);
        const wanted = Math.min(Math.ceil(width) + 2, most * rem) + 'px';
        chart.style.setProperty('--' + className, wanted);
    };
    widest('name', 14);
    widest('totals', Math.max(20, Math.min(26, 0.42 * chart.clientWidth / rem)));
    redraw();
}

/** What stands in that column, in all rows there are or can be. */
function textsOf(className) {
    const texts = Array.from(document.querySelectorAll('.part > .lane .' + className),
                             (one) => one.textContent);
    for (const fold of folds)
        if (isOpen(fold))
            for (const lane of fold.lanes)
                texts.push(lane[className]);
    return texts;
}
