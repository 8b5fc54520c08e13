// SPDX-License-Identifier: MIT
/*
 * The picture of a page that conc wrote: lanes on canvases, all on one axis, to zoom,
 * to move along, to be asked by pointer or keyboard what a piece of a lane is, and to
 * be opened where many are folded.  The files of this folder are one script, in the order
 * that meson.build has them in; src/view/html/embed.py wraps them in a function.
 *
 * The page itself (names, figures, events) is plain HTML.  Here stands only what is
 * drawn, from the data of the script element #conc-data (src/view/html/data.c):
 *
 *   from, to   the whole axis, in ns; window: the part of it to begin with
 *   states     their names
 *   texts      labels, sources and sentences, by number
 *   untold     sentences were left out
 *   columns    of each level: how many pieces the axis was divided into
 *   exact      the finest level holds every span as it is
 *   lanes      of all variants, those shown: start, end, cut, predicted,
 *              beats [at, text]..., and levels, coarse to fine, see readLevel()
 *   folds      lanes that are not: after how many of those shown, and of each lane a
 *              row, see unfolded(); foldColumns and foldsAreExact as above
 *   looks      of blocks: state, label, and what else is said: source and sentence
 *
 * The blocks of a level cover the lane from its start on without a gap.  Which level is
 * drawn depends on the zoom: the coarsest whose pieces are a few pixels.  So a frame
 * never draws much more than the screen has columns, however long the run.
 */

const data = JSON.parse(document.getElementById('conc-data').textContent);
const chart = document.getElementById('chart');
const tip = document.getElementById('tip');
const live = document.getElementById('live');
const shown = document.getElementById('shown');
const axis = document.querySelector('.axis canvas');

const KINDS = ['process', 'thread', 'task'];
const SHORTEST_NS = 1000; /* that the whole width shows */
const PIECE_PX = 4;
const STEP = 1.5; /* of the zoom */
const BEFORE_PX = 8, AFTER_PX = 8;
const HEIGHTS = {run: 20, ready: 12, wait: 4, blocked: 20, idle: 4, zombie: 12};

/** Reads a row of numbers from left to right. */
function reader(row) {
    const numbers = row === '' ? [] : row.split(' ').map(Number);
    let at = 0;
    return {
        next: () => numbers[at++],
        isAtEnd: () => at >= numbers.length,
        list: (make) => Array.from({length: numbers[at++]}, make),
    };
}

/** A level from a time on: how many stretches, and of each the first block and its
 * label; then of each block its length and look, or, where it is of many spans, -1 -
 * look and how many. */
function readLevel({next, isAtEnd, list}, start) {
    const stretches = list(() => [next(), next()]);
    const level = {start, end: [], look: [], state: [], spans: []};
    for (let at = start; !isAtEnd();) {
        const length = next(), look = next();
        at += length;
        level.end.push(at);
        level.look.push(look < 0 ? -1 - look : look);
        level.state.push(looks[level.look.at(-1)].state);
        level.spans.push(look < 0 ? next() : 1);
    }
    level.stretches = stretches.map(([block, text], i) => {
        const isLast = i + 1 === stretches.length;
        const end = isLast ? level.end.at(-1) : startOf(level, stretches[i + 1][0]);
        return [startOf(level, block), end, text];
    });
    return level;
}

function startOf(level, index) {
    return index > 0 ? level.end[index - 1] : level.start;
}

/** "task8" after "task7". */
function nameAfter(name) {
    return name.replace(/\d+$/, (number) => String(Number(number) + 1));
}

/** A lane from its row: name ("": the one after the last lane's), a newline, kind,
 * start (since that of the last lane), cut, totals; how many beats, and each one's
 * time (since the start) and text; and its one level. */
function unfolded(fold, row, index, last) {
    const [name, numbers] = row.split('\n');
    const from = reader(numbers), {next, list} = from;
    const lane = {fold, index, canvas: null, columns: [data.foldColumns],
                  exact: data.foldsAreExact, predicted: fold.predicted};
    lane.name = name || nameAfter(last.name);
    lane.kind = KINDS[next()];
    lane.start = last.start + next();
    lane.cut = next() === 1;
    lane.totals = data.texts[next()] || '';
    lane.beats = list(() => [lane.start + next(), next()]);
    lane.levels = [readLevel(from, lane.start)];
    lane.end = lane.levels[0].end.at(-1) || lane.start;
    return lane;
}

/** All lanes of a fold, once somebody wants to see them. */
function unfold(fold) {
    let last = {name: '', start: 0};
    fold.lanes = fold.lanes.map((row, i) => (last = unfolded(fold, row, i, last)));
}

/** What blocks have in common: "state label what". */
const looks = data.looks.map((text) => {
    const [state, label, what] = text.split(' ').map(Number);
    return {state, label, what};
});
const lanes = data.lanes.map((lane) => ({
    ...lane,
    levels: lane.levels.map((row) => readLevel(reader(row), lane.start)),
}));
Array.from(document.querySelectorAll('.part > .lane canvas')).forEach((canvas, i) => {
    Object.assign(lanes[i], {canvas, fold: null, index: i, columns: data.columns,
                             exact: data.exact});
});

let view = {from: data.window[0], to: data.window[1]};
let chosen = null; /* by keyboard or pointer: {lane, at, isHover} */
let current = lanes[0]; /* that Tab comes to */
let theme = null;
let isWaiting = false;
let isPrinting = false;
