// SPDX-License-Identifier: MIT
#include "classroom/source/times_inner.h"
#include "text/draft.h"

#include <string.h>

/** So many lanes are named that were at a line at the same times, and so many times
 * told; others are counted. */
enum { NAMES = 4, GROUPS = 3 };

static int decimals_of(enum time_unit unit)
{
    return unit == UNIT_S ? 3 : unit == UNIT_MS ? 2 : 1;
}

int64_t times_digit_ns(enum time_unit unit)
{
    return unit == UNIT_S ? 1000000 : unit == UNIT_MS ? 10000 : 100;
}

struct when_text {
    char text[160];
};

static void add_time(struct when_text *when, const char *before, int64_t ns,
                     enum time_unit unit)
{
    struct quantity time = time_text(ns, unit, decimals_of(unit), true);
    size_t length = strlen(when->text);
    snprintf(when->text + length, sizeof when->text - length, "%s%.*s", before,
             (int)strcspn(time.text, " "), time.text);
}

static void add_times(struct when_text *when, const char *before,
                      const struct stretch *stretch, enum time_unit unit, bool ascii)
{
    add_time(when, before, stretch->from_ns, unit);
    if (stretch->to_ns - stretch->from_ns > times_digit_ns(unit))
        add_time(when, ascii ? "-" : "–", stretch->to_ns, unit);
}

/** "0.000 s", "0.000–1.500 s", "0.000, 0.500 s"; "390 times in 0.000–2.450 s". */
static struct when_text when_of(const struct visit *visit, enum time_unit unit,
                                bool ascii)
{
    const char *const units[] = {
        [UNIT_US] = ascii ? "us" : "µs", [UNIT_MS] = "ms", [UNIT_S] = "s"};
    struct when_text when = {""};
    if (visit->count > STRETCHES) {
        snprintf(when.text, sizeof when.text, "%s times in ",
                 count_text(visit->count).text);
        add_times(&when, "", &visit->all, unit, ascii);
    }
    for (size_t i = 0; i < visit->count && visit->count <= STRETCHES; i++)
        add_times(&when, i > 0 ? ", " : "", &visit->at[i], unit, ascii);
    size_t length = strlen(when.text);
    snprintf(when.text + length, sizeof when.text - length, " %s", units[unit]);
    return when;
}

/** Lanes that were there at the same times. */
struct group {
    struct when_text when;
    const char *names[NAMES];
    size_t count;
};

static void put_group(const struct group *group, FILE *out)
{
    fprintf(out, "%s ", group->when.text);
    for (size_t i = 0; i < group->count && i < NAMES; i++)
        fprintf(out, "%s%s", i > 0 ? ", " : "", group->names[i]);
    if (group->count > NAMES)
        fprintf(out, " and %zu more", group->count - NAMES);
}

/** What a variant's lanes did at a line: `visits` from `at` on.  @return past them. */
static size_t put_variant(const struct times *times, const struct visits *visits,
                          size_t at, bool ascii, FILE *out)
{
    struct group groups[GROUPS];
    size_t count = 0, others = 0, variant = visits->at[at].variant;
    for (; at < visits->count && visits->at[at].variant == variant; at++) {
        const struct visit *visit = &visits->at[at];
        struct when_text when = when_of(visit, times->runs[variant].unit, ascii);
        size_t i = 0;
        while (i < count && strcmp(groups[i].when.text, when.text) != 0)
            i++;
        others += i == GROUPS;
        if (i == GROUPS)
            continue;
        if (i == count)
            groups[count++] = (struct group){.when = when};
        if (groups[i].count < NAMES)
            groups[i].names[groups[i].count] = visit->name;
        groups[i].count++;
    }
    if (times->run_count > 1)
        fprintf(out, "%s: ", times->runs[variant].name);
    for (size_t i = 0; i < count; i++) {
        fputs(i > 0 ? ", " : "", out);
        put_group(&groups[i], out);
    }
    if (others > 0)
        fprintf(out, ", and %zu other%s", others, others > 1 ? "s" : "");
    return at;
}

char *times_note(const struct times *times, const struct source *source, size_t line,
                 bool ascii)
{
    const struct visits *visits = times_visits(times, source, line);
    struct draft draft;
    FILE *out = visits->count > 0 ? draft_open(&draft) : NULL;
    if (out == NULL)
        return NULL;
    for (size_t at = 0; at < visits->count;) {
        fputs(at > 0 ? "; " : "", out);
        at = put_variant(times, visits, at, ascii, out);
    }
    return draft_close(&draft);
}
