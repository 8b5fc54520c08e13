// SPDX-License-Identifier: MIT
/* What a piece of a lane is: under the tip, and spoken. */

/** Source and sentence of a block.  A sentence that begins with a space begins with the
 * lane's name, and in the place of its label stands U+0002. */
function wordsOf(lane, level, index) {
    const look = looks[level.look[index]];
    const label = data.texts[look.label] || '';
    const [source, short] = (data.texts[look.what] || '\n').split('\n');
    const sentence = short.split('\u0002').join(label);
    const subject = short.startsWith(' ') ? lane.name : '';
    return {label, source, sentence: subject + sentence};
}

/** Of many spans, which cannot be told one by one. */
function describeMany(lane, level, count) {
    const isAll = level === lane.levels.at(-1) && !lane.exact;
    return [lane.name + ': ' + count.toLocaleString('en') + ' short stretches',
            'Too short to be ' + (isAll ? 'in this page' : 'drawn here') +
                ' one by one: drawn in proportion'];
}

function describeOne(lane, level, index) {
    const {label, source, sentence} = wordsOf(lane, level, index);
    const state = data.states[level.state[index]];
    const missing = sentence === '' && data.untold
                        ? 'Its explanation is not in this page, which is full' : '';
    return [lane.name + ': ' + state + (label === '' ? '' : ', ' + label), sentence,
            missing, source];
}

function describe(lane, level, index) {
    const start = startOf(level, index), end = level.end[index];
    const count = level.spans[index];
    const [first, ...others] = count > 1 ? describeMany(lane, level, count)
                                         : describeOne(lane, level, index);
    const time = duration(end - start) + ', from ' + moment(start, end - start) +
                 ' to ' + moment(end, end - start);
    return [first, time, ...others].filter((line) => line !== '');
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
    const lane = chosen.lane, canvas = lane.canvas;
    const level = levelFor(lane, canvas.clientWidth);
    const index = blockAt(level, chosen.at);
    if (index >= level.end.length)
        return;
    const lines = describe(lane, level, index);
    const beat = isSpoken ? null : beatNear(lane, canvas, chosen.at);
    const x = placeIn(canvas.clientWidth);
    const from = Math.max(0, x(startOf(level, index)));
    showTip(canvas, beat === null ? lines : [beat].concat(lines),
            isSpoken ? from : x(chosen.at));
    if (isSpoken)
        live.textContent = (index + 1) + ' of ' + level.end.length + '. ' +
                           lines.join('. ');
}
