// SPDX-License-Identifier: MIT
#include "view/axis.h"
#include "text/quantity.h"
#include "text/width.h"

#include <inttypes.h>
#include <string.h>

#define SECOND INT64_C(1000000000)

void axis_init(struct axis *axis, int64_t from_ns, int64_t to_ns, unsigned columns)
{
    columns = columns < 1 ? 1 : columns;
    columns = columns > AXIS_COLUMNS_MAX ? AXIS_COLUMNS_MAX : columns;
    from_ns = from_ns < 0 ? 0 : from_ns;
    from_ns = from_ns > INT64_MAX / 2 ? INT64_MAX / 2 : from_ns;
    int64_t shortest = from_ns + (columns > 1000 ? columns : 1000);
    to_ns = to_ns < shortest ? shortest : to_ns;
    *axis = (struct axis){.from_ns = from_ns, .to_ns = to_ns, .columns = columns};

    int64_t whole = (to_ns - from_ns) / columns, rest = (to_ns - from_ns) % columns;
    for (unsigned i = 0; i <= columns; i++)
        axis->edge[i] = from_ns + whole * i + rest * i / columns;
}

unsigned axis_column(const struct axis *axis, int64_t at_ns)
{
    if (at_ns <= axis->from_ns)
        return 0;
    if (at_ns >= axis->to_ns)
        return axis->columns - 1;
    double share =
        (double)(at_ns - axis->from_ns) / (double)(axis->to_ns - axis->from_ns);
    unsigned column = (unsigned)(share * axis->columns);
    column = column < axis->columns ? column : axis->columns - 1;
    while (axis->edge[column] > at_ns)
        column--;
    while (axis->edge[column + 1] <= at_ns)
        column++;
    return column;
}

/** Numbers on the axis: tick times `step_ns` apart, in units of `unit_ns`. */
struct scale {
    int64_t unit_ns, step_ns;
    int decimals;
    const char *unit;
};

/** The unit by the numbers' size; minutes and hours are for long stretches only. */
static struct scale unit_for(const struct axis *axis, bool unicode)
{
    int64_t stretch = axis->to_ns - axis->from_ns;
    if (stretch >= 600 * 60 * SECOND)
        return (struct scale){3600 * SECOND, 3600 * SECOND, 0, "h"};
    if (stretch >= 600 * SECOND)
        return (struct scale){60 * SECOND, 60 * SECOND, 0, "min"};
    if (axis->to_ns >= SECOND)
        return (struct scale){SECOND, 1, 0, "s"};
    if (axis->to_ns >= SECOND / 1000)
        return (struct scale){SECOND / 1000, 1, 0, "ms"};
    return (struct scale){SECOND / 1000000, 1, 0, unicode ? "µs" : "us"};
}

static void tick_text(const struct scale *scale, int64_t at_ns, char *text, size_t size)
{
    int64_t fraction = at_ns % scale->unit_ns;
    if (at_ns == 0 || scale->decimals == 0) {
        snprintf(text, size, "%" PRId64, at_ns / scale->unit_ns);
        return;
    }
    char digits[16] = "";
    for (int i = 0; i < scale->decimals; i++) {
        fraction *= 10;
        digits[i] = (char)('0' + fraction / scale->unit_ns);
        fraction %= scale->unit_ns;
    }
    snprintf(text, size, "%" PRId64 ".%s", at_ns / scale->unit_ns, digits);
}

static int decimals_for(const struct scale *scale)
{
    int decimals = 0;
    for (int64_t step = scale->step_ns; step % scale->unit_ns != 0 && decimals < 9;
         step *= 10)
        decimals++;
    return decimals;
}

/** Whether numbers at this step have air between them. */
static bool is_readable(const struct axis *axis, struct scale *scale)
{
    char text[48];
    scale->decimals = decimals_for(scale);
    tick_text(scale, axis->to_ns / scale->step_ns * scale->step_ns, text, sizeof text);
    double columns =
        (double)scale->step_ns * axis->columns / (double)(axis->to_ns - axis->from_ns);
    double air = axis->columns < 30 ? 2 : 4;
    return columns >= (double)strlen(text) + air;
}

/** The smallest step of 1, 2 or 5 that is readable. */
static struct scale scale_for(const struct axis *axis, bool unicode)
{
    static const int64_t next[] = {1, 2, 5};
    struct scale scale = unit_for(axis, unicode);
    int64_t power = scale.step_ns;
    for (size_t i = 0; !is_readable(axis, &scale) && power < INT64_MAX / 100;) {
        i++;
        if (i == sizeof next / sizeof *next) {
            i = 0;
            power *= 10;
        }
        scale.step_ns = power * next[i];
    }
    return scale;
}

size_t axis_ticks(const struct axis *axis, bool unicode, struct axis_tick *ticks,
                  const char **unit)
{
    struct scale scale = scale_for(axis, unicode);
    size_t count = 0;
    *unit = scale.unit;
    int64_t first = (axis->from_ns + scale.step_ns - 1) / scale.step_ns * scale.step_ns;
    for (int64_t at = first; at < axis->to_ns && at >= first && count < AXIS_TICKS_MAX;
         at += scale.step_ns) {
        ticks[count].at_ns = at;
        tick_text(&scale, at, ticks[count].text, sizeof ticks->text);
        count++;
    }
    return count;
}

void axis_write(const struct axis *axis, struct pen *pen, unsigned left)
{
    struct axis_tick ticks[AXIS_TICKS_MAX];
    const char *unit;
    size_t count = axis_ticks(axis, pen->style->unicode, ticks, &unit);
    unsigned unit_width = text_width(unit);
    unsigned end = axis->columns > unit_width ? axis->columns - unit_width : 0;
    unsigned column = 0, numbers = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned width = (unsigned)strlen(ticks[i].text), middle = (width - 1) / 2;
        unsigned start = axis_column(axis, ticks[i].at_ns);
        start = start > middle ? start - middle : 0;
        if (start < column || start + width + 1 > end)
            continue;
        pen_move(pen, left + start);
        pen_put(pen, INK_FAINT, ticks[i].text);
        column = start + width + 1;
        numbers++;
    }
    struct quantity last = duration_text(axis->to_ns, !pen->style->unicode);
    if (numbers < 2 && column + text_width(last.text) <= axis->columns) {
        pen_put_right(pen, INK_FAINT, last.text, left + axis->columns);
        pen_newline(pen);
        return;
    }
    pen_put_right(pen, INK_FAINT, unit, left + axis->columns);
    pen_newline(pen);
}
