// SPDX-License-Identifier: MIT
/* Times in words, and the ticks of the axis. */

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
