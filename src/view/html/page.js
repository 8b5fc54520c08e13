// SPDX-License-Identifier: MIT
/*
 * The picture of a page that conc wrote: lanes on canvases, all on one axis, to zoom, to
 * move along, and to be asked by pointer or keyboard what a piece of a lane is.
 *
 * The page itself (names, figures, events) is plain HTML.  Here stands only what is
 * drawn, from the data of the script element #conc-data (src/view/html/data.c):
 *
 *   from, to   the whole axis, in ns; window: the part of it to begin with
 *   states     their names
 *   texts      labels, sources and sentences, by number
 *   columns    of each level: how many pieces the axis was divided into
 *   exact      the finest level holds every span as it is
 *   lanes      of all variants: start, end, cut, predicted, beats [at, text]...,
 *              stretches [start, end, text]..., and levels, coarse to fine, as arrays:
 *              end, state, spans (how many it stands for), label, source, sentence
 *
 * The blocks of a level cover the lane from its start on without a gap.  Which level is
 * drawn depends on the zoom: the coarsest whose pieces are a few pixels.  So a frame
 * never draws much more than the screen has columns, however long the run.
 */
(function () {
    'use strict';

    const data = JSON.parse(document.getElementById('conc-data').textContent);
    const chart = document.getElementById('chart');
    const tip = document.getElementById('tip');
    const live = document.getElementById('live');
    const shown = document.getElementById('shown');
    const axis = document.querySelector('.axis canvas');
    const canvases = Array.from(document.querySelectorAll('.lane canvas'));

    const SHORTEST_NS = 1000; /* that the whole width shows */
    const PIECE_PX = 4;
    const STEP = 1.5; /* of the zoom */
    const HEIGHTS = {run: 20, ready: 12, wait: 4, blocked: 20, idle: 4, zombie: 12};

    let view = {from: data.window[0], to: data.window[1]};
    let chosen = null; /* by keyboard or pointer: {lane, at} */
    let current = 0; /* the lane that Tab comes to */
    let theme = null;
    let waiting = false;
    let isPrinting = false;

    /* ---- Times */

    function digits(value) {
        return value.toFixed(value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2);
    }

    /** As conc itself writes them: three digits, "1.25 ms". */
    function duration(ns) {
        const units = [[1e9, 's'], [1e6, 'ms'], [1e3, '\u00b5s']];
        if (ns === 0)
            return '0 s';
        if (ns >= 99.95e9)
            return longDuration(Math.round(ns / 1e9));
        for (const [unit, name] of units)
            if (ns >= unit * 0.9995)
                return digits(ns / unit) + ' ' + name;
        return Math.round(ns) + ' ns';
    }

    function longDuration(seconds) {
        const parts = [['d', 86400], ['h', 3600], ['min', 60], ['s', 1]];
        const words = [];
        for (const [name, unit] of parts) {
            const count = Math.floor(seconds / unit);
            if (count > 0 && words.length < 2)
                words.push(count + ' ' + name);
            seconds -= count * unit;
        }
        return words.join(' ');
    }

    /** A time in so many digits that stretches of that length can be told apart. */
    function moment(ns, length) {
        const [unit, name] = ns >= 1e9 ? [1e9, 's'] : ns >= 1e6 ? [1e6, 'ms']
                                                                 : [1e3, '\u00b5s'];
        const value = ns / unit;
        const needed = Math.ceil(1 - Math.log10(Math.max(length, 1) / unit));
        const least = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
        if (ns === 0 || ns >= 99.95e9)
            return duration(ns);
        return value.toFixed(Math.min(Math.max(needed, least), 9)) + ' ' + name;
    }

    /** Steps of 1, 2 or 5 with air between the numbers, and their unit. */
    function ticks(width) {
        const most = view.to;
        const unit = most >= 1e9 ? [1e9, 's'] : most >= 1e6 ? [1e6, 'ms']
                                                            : [1e3, '\u00b5s'];
        const room = (view.to - view.from) / Math.max(1, width / (width < 500 ? 60 : 90));
        let step = Math.pow(10, Math.floor(Math.log10(room)));
        for (const factor of [2, 2.5, 2])
            if (step < room)
                step *= factor;
        const decimals = Math.max(0, Math.ceil(-Math.log10(step / unit[0]) - 1e-9));
        const list = [];
        for (let i = Math.ceil(view.from / step); i * step <= view.to; i++)
            list.push({at: i * step, text: (i * step / unit[0]).toFixed(i ? decimals : 0)});
        return {list, unit: unit[1]};
    }

    /* ---- Drawing */

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

    /** With a pixel at both ends, so that what stands there is whole. */
    function placeIn(width) {
        const scale = (width - 2) / (view.to - view.from);
        return (at) => 1 + (at - view.from) * scale;
    }

    function wantedColumns(width) {
        return (data.to - data.from) / (view.to - view.from) * width / PIECE_PX;
    }

    function levelFor(lane, width) {
        const wanted = wantedColumns(width);
        let level = data.columns.findIndex((columns) => columns >= wanted);
        if (level < 0)
            level = lane.levels.length - 1;
        return lane.levels[Math.min(level, lane.levels.length - 1)];
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

    function stretchAt(lane, at) {
        return firstAfter(at, lane.stretches.length, (i) => lane.stretches[i][1]);
    }

    function startOf(lane, level, index) {
        return index > 0 ? level.end[index - 1] : lane.start;
    }

    function drawBlocks(area, lane, level) {
        const {pen, width, height} = area;
        const x = placeIn(width);
        for (let i = blockAt(level, view.from); i < level.end.length; i++) {
            const state = level.state[i];
            const from = Math.max(-2, x(startOf(lane, level, i)));
            while (i + 1 < level.end.length && level.state[i + 1] === state)
                i++;
            const to = Math.min(width + 2, x(level.end[i]));
            const name = data.states[state];
            if (from > width)
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

    function drawEdges(area, lane) {
        const {pen, width, height} = area;
        const x = placeIn(width), top = (height - 20) / 2;
        pen.strokeStyle = theme.color('text');
        pen.lineWidth = 2;
        line(pen, x(lane.start), top, top + 20);
        for (let i = Math.max(1, stretchAt(lane, view.from));
             i < lane.stretches.length && lane.stretches[i][0] <= view.to; i++) {
            const from = x(lane.stretches[i][0]);
            if (x(lane.stretches[i][1]) - from >= 8)
                line(pen, from, top, top + 20);
        }
        if (!lane.cut)
            line(pen, x(lane.end), top, top + 20);
    }

    function drawLabels(area, lane) {
        const {pen, width, height} = area;
        const x = placeIn(width);
        pen.font = '15px ' + getComputedStyle(document.body).fontFamily;
        pen.textBaseline = 'middle';
        const beats = lane.beats.map((beat) => x(beat[0]));
        for (let i = stretchAt(lane, view.from); i < lane.stretches.length; i++) {
            const [start, end, text] = lane.stretches[i];
            const label = data.texts[text] || '';
            const right = Math.min(x(end), width);
            let from = Math.max(x(start), 0) + 8;
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
            const dot = x(at);
            if (dot < -5 || dot > width + 5)
                continue;
            pen.beginPath();
            pen.arc(dot, height / 2, 4.5, 0, 7);
            pen.fillStyle = theme.color('text');
            pen.fill();
            pen.strokeStyle = theme.color('ground');
            pen.lineWidth = 1.5;
            pen.stroke();
        }
        if (lane.cut)
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
        if (predicted >= 0) {
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
        const from = Math.max(0, x(startOf(lane, level, index)) - 2);
        const to = Math.min(width, x(level.end[index]) + 2);
        pen.strokeStyle = theme.color('focus');
        pen.lineWidth = 3;
        pen.strokeRect(from + 1.5, 2, Math.max(3, to - from - 3), height - 4);
    }

    function drawLane(number, list) {
        const lane = data.lanes[number], canvas = canvases[number];
        const box = canvas.getBoundingClientRect();
        const isNear = box.bottom > -200 && box.top < window.innerHeight + 200;
        if (!isNear && !isPrinting) {
            canvas.dataset.stale = '1';
            return;
        }
        delete canvas.dataset.stale;
        const area = prepare(canvas), level = levelFor(lane, area.width);
        drawGrid(area, list, lane.predicted);
        drawBlocks(area, lane, level);
        drawEdges(area, lane);
        drawLabels(area, lane);
        drawMarks(area, lane);
        if (chosen !== null && chosen.lane === number)
            drawChosen(area, lane, level);
    }

    function drawAxis() {
        const area = prepare(axis), {pen, width} = area;
        const x = placeIn(width), {list, unit} = ticks(width);
        pen.strokeStyle = pen.fillStyle = theme.color('text');
        pen.lineWidth = 1.5;
        pen.font = '15px ' + getComputedStyle(document.body).fontFamily;
        pen.textBaseline = 'top';
        pen.beginPath();
        pen.moveTo(0, 1);
        pen.lineTo(width, 1);
        pen.stroke();
        const unitLeft = width - pen.measureText(unit).width - 8;
        for (const tick of list) {
            const at = x(tick.at), half = pen.measureText(tick.text).width / 2;
            line(pen, at, 1, 8);
            const left = Math.max(0, at - half);
            if (left + 2 * half < unitLeft)
                pen.fillText(tick.text, left, 12);
        }
        pen.fillText(unit, unitLeft + 8, 12);
        for (const lane of data.lanes)
            if (lane.predicted >= 0)
                drawTriangle(pen, x(lane.predicted));
        return list;
    }

    function drawTriangle(pen, x) {
        pen.fillStyle = theme.color('guess');
        pen.beginPath();
        pen.moveTo(x, 2);
        pen.lineTo(x + 7, 13);
        pen.lineTo(x - 7, 13);
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
        waiting = false;
        const list = drawAxis();
        for (let i = 0; i < canvases.length; i++)
            drawLane(i, list);
    }

    function redraw() {
        if (!waiting) {
            waiting = true;
            window.requestAnimationFrame(draw);
        }
    }

    function restyle() {
        makeTheme();
        drawLegend();
        redraw();
    }

    /* ---- Zoom, and moving along */

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
        const wanted = wantedColumns(axis.clientWidth);
        return !data.exact && wanted > data.columns[data.columns.length - 1];
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

    /* ---- What a piece is */

    function describe(lane, level, index) {
        const start = startOf(lane, level, index), end = level.end[index];
        const state = data.states[level.state[index]];
        const text = (list) => data.texts[level[list][index]] || '';
        const count = level.spans[index];
        const lines = [];
        if (count > 1) {
            lines.push(lane.name + ': ' + count + ' short stretches');
            lines.push('Too short to be drawn one by one here: drawn in proportion');
        } else {
            const label = text('label');
            lines.push(lane.name + ': ' + state + (label === '' ? '' : ', ' + label));
        }
        lines.push(duration(end - start) + ', from ' + moment(start, end - start) + ' to ' +
                   moment(end, end - start));
        if (text('sentence') !== '')
            lines.push(text('sentence'));
        if (text('source') !== '')
            lines.push(text('source'));
        return lines;
    }

    function beatNear(lane, canvas, at) {
        const near = 6 / canvas.clientWidth * (view.to - view.from);
        const beat = lane.beats.find((one) => Math.abs(one[0] - at) <= near);
        return beat === undefined ? null
                                  : lane.name + ': ' + data.texts[beat[1]] + ', at ' +
                                        moment(beat[0], view.to - view.from);
    }

    function hideTip() {
        tip.hidden = true;
    }

    function showTip(canvas, lines, x) {
        tip.textContent = '';
        lines.forEach((text, i) => {
            const line = document.createElement('p');
            line.textContent = text;
            line.className = i === 0 ? 'what' : '';
            tip.appendChild(line);
        });
        tip.hidden = false;
        const outer = chart.getBoundingClientRect(), box = canvas.getBoundingClientRect();
        const left = box.left - outer.left + x + 12;
        const most = outer.width - tip.offsetWidth;
        tip.style.left = Math.max(0, Math.min(left, most)) + 'px';
        const isLow = box.bottom + tip.offsetHeight + 12 > window.innerHeight;
        const top = isLow ? box.top - outer.top - tip.offsetHeight - 6
                          : box.bottom - outer.top + 6;
        tip.style.top = top + 'px';
    }

    /** What is chosen, under the tip; by keyboard also spoken. */
    function tell(isSpoken) {
        const lane = data.lanes[chosen.lane], canvas = canvases[chosen.lane];
        const level = levelFor(lane, canvas.clientWidth);
        const index = blockAt(level, chosen.at);
        if (index >= level.end.length)
            return;
        const lines = describe(lane, level, index);
        const beat = isSpoken ? null : beatNear(lane, canvas, chosen.at);
        const x = placeIn(canvas.clientWidth);
        const from = Math.max(0, x(startOf(lane, level, index)));
        showTip(canvas, beat === null ? lines : [beat].concat(lines),
                isSpoken ? from : x(chosen.at));
        if (isSpoken)
            live.textContent = (index + 1) + ' of ' + level.end.length + '. ' +
                               lines.join('. ');
    }

    /* ---- Keyboard: one lane is in the order of Tab, arrows go on from there */

    function enter(number) {
        canvases[current].tabIndex = -1;
        current = number;
        canvases[current].tabIndex = 0;
    }

    function choose(number, at) {
        chosen = {lane: number, at};
        const length = view.to - view.from;
        if (at < view.from || at > view.to)
            show(at - length / 2, at + length / 2);
        redraw();
        tell(true);
    }

    /** The block `by` places on; without one, where it is. */
    function step(by) {
        const lane = data.lanes[current];
        const level = levelFor(lane, canvases[current].clientWidth);
        const isHere = chosen !== null && chosen.lane === current;
        const at = isHere ? chosen.at : Math.max(view.from, lane.start);
        const last = level.end.length - 1;
        let index = blockAt(level, at) + (isHere || !Number.isFinite(by) ? by : 0);
        index = Math.min(Math.max(0, index), last);
        if (last >= 0)
            choose(current, (startOf(lane, level, index) + level.end[index]) / 2);
    }

    function toLane(number) {
        if (number < 0 || number >= canvases.length)
            return;
        enter(number);
        canvases[number].focus();
    }

    function fill() {
        if (chosen === null)
            return;
        const lane = data.lanes[chosen.lane];
        const level = levelFor(lane, canvases[chosen.lane].clientWidth);
        const index = blockAt(level, chosen.at);
        if (index >= level.end.length)
            return;
        const start = startOf(lane, level, index), end = level.end[index];
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
        ArrowUp: () => toLane(current - 1),
        ArrowDown: () => toLane(current + 1),
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

    /* ---- Pointer: hover tells, dragging moves, two fingers zoom */

    const pointers = new Map();
    let dragged = null; /* {x, from, to} where it began */

    function timeAt(canvas, clientX) {
        const box = canvas.getBoundingClientRect();
        return view.from + (clientX - box.left) / box.width * (view.to - view.from);
    }

    function onMove(event) {
        const canvas = event.currentTarget, number = canvases.indexOf(canvas);
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
        chosen = {lane: number, at: timeAt(canvas, event.clientX)};
        const lane = data.lanes[number];
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
        enter(canvases.indexOf(canvas));
    }

    /** A touch that did not move asks, as hovering does. */
    function onUp(event) {
        const isTap = dragged !== null && Math.abs(event.clientX - dragged.x) <= 4;
        pointers.delete(event.pointerId);
        dragged = null;
        if (isTap && event.type === 'pointerup')
            onMove(event);
    }

    function onLeave() {
        if (pointers.size === 0) {
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

    /* ---- Begin */

    canvases.forEach((canvas, number) => {
        canvas.tabIndex = number === 0 ? 0 : -1;
        canvas.addEventListener('pointermove', onMove);
        canvas.addEventListener('pointerdown', onDown);
        canvas.addEventListener('pointerup', onUp);
        canvas.addEventListener('pointercancel', onUp);
        canvas.addEventListener('pointerleave', onLeave);
        canvas.addEventListener('keydown', onKey);
        canvas.addEventListener('focus', () => {
            enter(number);
            if (canvas.matches(':focus-visible'))
                step(0);
        });
        canvas.addEventListener('blur', () => {
            chosen = null;
            hideTip();
            redraw();
        });
    });
    chart.addEventListener('wheel', onWheel, {passive: false});
    for (const button of document.querySelectorAll('.tools button'))
        button.addEventListener('click', () => actions[button.dataset.action]());
    window.addEventListener('scroll', () => {
        if (canvases.some((canvas) => canvas.dataset.stale === '1'))
            redraw();
    }, {passive: true});
    window.addEventListener('resize', restyle);
    window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', restyle);
    window.addEventListener('beforeprint', () => {
        isPrinting = true;
        draw();
        isPrinting = false;
    });
    document.querySelector('.tools').hidden = false;
    sayWindow();
    restyle();
})();
