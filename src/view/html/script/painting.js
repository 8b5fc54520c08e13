// SPDX-License-Identifier: MIT
/* Lanes, axis and legend, drawn on their canvases. */

function pattern(context, size, ground, draw) {
    const tile = document.createElement('canvas');
    const scale = window.devicePixelRatio || 1;
    tile.width = tile.height = Math.round(size * scale);
    const pen = tile.getContext('2d');
    pen.scale(tile.width / size, tile.width / size);
    pen.fillStyle = ground;
    pen.fillRect(0, 0, size, size);
    draw(pen);
    const made = context.createPattern(tile, 'repeat');
    made.setTransform(new DOMMatrix().scale(size / tile.width));
    return made;
}

/** Colours from the style sheet, so that they follow it. */
function makeTheme() {
    const style = getComputedStyle(document.documentElement);
    const color = (name) => style.getPropertyValue('--' + name).trim();
    const context = axis.getContext('2d');
    const clear = 'rgba(0, 0, 0, 0)';
    theme = {color, fill: {run: color('run'), wait: color('wait')}};
    theme.fill.ready = pattern(context, 8, color('ready-ground'), (pen) => {
        pen.strokeStyle = color('ready');
        pen.lineWidth = 2.8;
        for (const x of [-8, 0, 8]) {
            pen.beginPath();
            pen.moveTo(x - 2, 10);
            pen.lineTo(x + 10, -2);
            pen.stroke();
        }
    });
    theme.fill.blocked = pattern(context, 6, color('blocked-ground'), (pen) => {
        pen.fillStyle = color('blocked');
        for (const at of [1.5, 4.5]) {
            pen.beginPath();
            pen.arc(at, at, 1.25, 0, 7);
            pen.fill();
        }
    });
    theme.fill.idle = pattern(context, 8, clear, (pen) => {
        pen.fillStyle = color('idle');
        pen.fillRect(0, 0, 3, 8);
    });
    theme.fill.zombie = pattern(context, 6, color('zombie-ground'), (pen) => {
        pen.fillStyle = color('zombie');
        pen.fillRect(0, 0, 2, 6);
    });
}

/** Ready to draw on in CSS pixels: {pen, width, height}. */
function prepare(canvas) {
    const scale = window.devicePixelRatio || 1;
    const width = canvas.clientWidth, height = canvas.clientHeight;
    const pen = canvas.getContext('2d');
    if (canvas.width !== Math.round(width * scale) ||
        canvas.height !== Math.round(height * scale)) {
        canvas.width = Math.round(width * scale);
        canvas.height = Math.round(height * scale);
    }
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    return {pen, width, height};
}

/** Pixels for a time, with room for half a cross at both ends. */
function placeIn(width) {
    const scale = (width - BEFORE_PX - AFTER_PX) / (view.to - view.from);
    return (at) => BEFORE_PX + (at - view.from) * scale;
}

/** The time at so many pixels. */
function timeIn(width, x) {
    const scale = (width - BEFORE_PX - AFTER_PX) / (view.to - view.from);
    return view.from + (x - BEFORE_PX) / scale;
}

/** Pieces that would be seen if the whole axis had them. */
function wantedColumns(width) {
    return (data.to - data.from) / (view.to - view.from) * width / PIECE_PX;
}

function levelFor(lane, width) {
    const wanted = wantedColumns(width), last = lane.levels.length - 1;
    const level = lane.columns.findIndex((columns) => columns >= wanted);
    return lane.levels[level < 0 ? last : level];
}

/** The first of so many, in order, whose end is after that time; or how many. */
function firstAfter(at, count, endOf) {
    let low = 0, high = count;
    while (low < high) {
        const middle = (low + high) >> 1;
        if (endOf(middle) <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

function blockAt(level, at) {
    return firstAfter(at, level.end.length, (i) => level.end[i]);
}

function stretchAt(level, at) {
    return firstAfter(at, level.stretches.length, (i) => level.stretches[i][1]);
}

function drawBlocks(area, level) {
    const {pen, width, height} = area;
    const x = placeIn(width), left = x(view.from), right = x(view.to);
    for (let i = blockAt(level, view.from); i < level.end.length; i++) {
        const state = level.state[i];
        const from = Math.max(left, x(startOf(level, i)));
        while (i + 1 < level.end.length && level.state[i + 1] === state)
            i++;
        const to = Math.min(right, x(level.end[i]));
        const name = data.states[state];
        if (from >= right)
            return;
        pen.fillStyle = theme.fill[name];
        pen.fillRect(from, (height - HEIGHTS[name]) / 2, to - from, HEIGHTS[name]);
    }
}

function line(pen, x, from, to) {
    pen.beginPath();
    pen.moveTo(x, from);
    pen.lineTo(x, to);
    pen.stroke();
}

function isShown(at) {
    return at >= view.from && at <= view.to;
}

function drawEdges(area, lane, level) {
    const {pen, width, height} = area;
    const x = placeIn(width), top = (height - 20) / 2;
    pen.strokeStyle = theme.color('text');
    pen.lineWidth = 2;
    if (isShown(lane.start))
        line(pen, x(lane.start), top, top + 20);
    for (let i = Math.max(1, stretchAt(level, view.from));
         i < level.stretches.length && level.stretches[i][0] <= view.to; i++) {
        const from = x(level.stretches[i][0]);
        if (isShown(level.stretches[i][0]) && x(level.stretches[i][1]) - from >= 8)
            line(pen, from, top, top + 20);
    }
    if (!lane.cut && isShown(lane.end))
        line(pen, x(lane.end), top, top + 20);
}

function drawLabels(area, lane, level) {
    const {pen, width, height} = area;
    const x = placeIn(width);
    pen.font = '15px ' + getComputedStyle(document.body).fontFamily;
    pen.textBaseline = 'middle';
    const beats = lane.beats.map((beat) => x(beat[0]));
    for (let i = stretchAt(level, view.from); i < level.stretches.length; i++) {
        const [start, end, text] = level.stretches[i];
        const label = data.texts[text] || '';
        const right = x(Math.min(end, view.to));
        let from = x(Math.max(start, view.from)) + 8;
        if (start > view.to)
            return;
        if (label === '' || right - from < 30)
            continue;
        const room = pen.measureText(label).width + 10;
        for (const beat of beats)
            if (beat > from - 8 && beat < from + room + 8)
                from = beat + 10;
        if (from + room + 8 > right)
            continue;
        pen.fillStyle = theme.color('ground');
        pen.fillRect(from, (height - 20) / 2, room, 20);
        pen.fillStyle = theme.color('text');
        pen.fillText(label, from + 5, height / 2 + 1);
    }
}

function drawMarks(area, lane) {
    const {pen, width, height} = area;
    const x = placeIn(width);
    for (const [at] of lane.beats) {
        if (!isShown(at))
            continue;
        pen.beginPath();
        pen.arc(x(at), height / 2, 4.5, 0, 7);
        pen.fillStyle = theme.color('text');
        pen.fill();
        pen.strokeStyle = theme.color('ground');
        pen.lineWidth = 1.5;
        pen.stroke();
    }
    if (lane.cut && isShown(lane.end))
        drawCross(pen, x(lane.end), height / 2);
}

function drawCross(pen, x, y) {
    pen.strokeStyle = theme.color('wrong');
    pen.lineWidth = 3.4;
    pen.beginPath();
    pen.moveTo(x - 7, y - 7);
    pen.lineTo(x + 7, y + 7);
    pen.moveTo(x + 7, y - 7);
    pen.lineTo(x - 7, y + 7);
    pen.stroke();
}

function drawGrid(area, list, predicted) {
    const {pen, width, height} = area;
    const x = placeIn(width);
    pen.strokeStyle = theme.color('grid');
    pen.lineWidth = 1;
    for (const tick of list)
        line(pen, Math.round(x(tick.at)) + 0.5, 0, height);
    if (predicted >= 0 && isShown(predicted)) {
        pen.strokeStyle = theme.color('guess');
        pen.lineWidth = 2.5;
        pen.setLineDash([7, 5]);
        line(pen, x(predicted), 0, height);
        pen.setLineDash([]);
    }
}

function drawChosen(area, lane, level) {
    const {pen, width, height} = area;
    const x = placeIn(width), index = blockAt(level, chosen.at);
    if (index >= level.end.length)
        return;
    const from = x(Math.max(view.from, startOf(level, index))) - 2;
    const to = x(Math.min(view.to, level.end[index])) + 2;
    pen.strokeStyle = theme.color('focus');
    pen.lineWidth = 3;
    pen.strokeRect(from + 1.5, 2, Math.max(3, to - from - 3), height - 4);
}

function drawLane(lane, list) {
    const canvas = lane.canvas;
    const box = canvas.getBoundingClientRect();
    const isNear = box.bottom > -200 && box.top < window.innerHeight + 200;
    if (!isNear && !isPrinting) {
        canvas.dataset.stale = '1';
        return;
    }
    delete canvas.dataset.stale;
    const area = prepare(canvas), level = levelFor(lane, area.width);
    drawGrid(area, list, lane.predicted);
    drawBlocks(area, level);
    drawEdges(area, lane, level);
    drawLabels(area, lane, level);
    drawMarks(area, lane);
    if (chosen !== null && chosen.lane === lane)
        drawChosen(area, lane, level);
}

/** The line at `top`, its ticks below. */
function drawTicks(area, top, {list, unit}) {
    const {pen, width} = area, x = placeIn(width), right = x(view.to);
    pen.strokeStyle = pen.fillStyle = theme.color('text');
    pen.lineWidth = 1.5;
    pen.font = '15px ' + getComputedStyle(document.body).fontFamily;
    pen.textBaseline = 'top';
    pen.beginPath();
    pen.moveTo(x(view.from) - 1, top);
    pen.lineTo(right + 1, top);
    pen.stroke();
    const unitLeft = right - pen.measureText(unit).width - 8;
    for (const tick of list) {
        const at = x(tick.at), half = pen.measureText(tick.text).width / 2;
        line(pen, at, top, top + 7);
        const left = Math.max(0, at - half);
        if (left + 2 * half < unitLeft)
            pen.fillText(tick.text, left, top + 11);
    }
    pen.fillText(unit, unitLeft + 8, top + 11);
}

/** What was predicted stands on the line. */
function drawAxis() {
    const area = prepare(axis), marks = ticks(area.width);
    const predicted = lanes.map((lane) => lane.predicted).filter((at) => at >= 0);
    const top = predicted.length > 0 ? 13 : 1;
    drawTicks(area, top, marks);
    for (const at of predicted.filter(isShown))
        drawTriangle(area.pen, placeIn(area.width)(at), top);
    return marks.list;
}

function drawTriangle(pen, x, tip) {
    pen.fillStyle = theme.color('guess');
    pen.beginPath();
    pen.moveTo(x, tip - 1);
    pen.lineTo(x + 7, tip - 12);
    pen.lineTo(x - 7, tip - 12);
    pen.fill();
}

function drawLegend() {
    for (const canvas of document.querySelectorAll('.legend canvas')) {
        const {pen, width, height} = prepare(canvas);
        const name = canvas.dataset.sign;
        if (name === 'cut') {
            drawCross(pen, width / 2, height / 2);
        } else if (name === 'beat') {
            pen.fillStyle = theme.color('text');
            pen.beginPath();
            pen.arc(width / 2, height / 2, 4.5, 0, 7);
            pen.fill();
        } else {
            pen.fillStyle = theme.fill[name];
            pen.fillRect(0, (height - HEIGHTS[name]) / 2, width, HEIGHTS[name]);
        }
    }
}

function draw() {
    isWaiting = false;
    const list = drawAxis();
    for (const lane of present())
        drawLane(lane, list);
}

function redraw() {
    if (!isWaiting) {
        isWaiting = true;
        window.requestAnimationFrame(draw);
    }
}

function restyle() {
    makeTheme();
    drawLegend();
    redraw();
}
