// SPDX-License-Identifier: MIT
#include "classroom/source/times.h"
#include "array.h"
#include "text/draft.h"
#include "text/quantity.h"

#include <stdlib.h>
#include <string.h>

/** So many stretches of time are told of a lane at one line, so many lanes that were
 * there at the same times, and so many times; others are counted. */
enum { STRETCHES = 3, NAMES = 4, GROUPS = 3 };

struct stretch {
    int64_t from_ns, to_ns;
};

/** A lane at a line. */
struct visit {
    size_t variant; /* by its place among those that have a run */
    size_t lane;    /* counted over all variants */
    const char *name;
    struct stretch at[STRETCHES]; /* the first ones */
    struct stretch last, all;     /* the latest; and from the first to the last */
    size_t count;
};

struct visits {
    struct visit *at;
    size_t count, room;
};

/** A variant that has a run. */
struct shown_run {
    const char *name;
    enum time_unit unit;
};

struct times {
    const struct sources *sources;
    struct visits **lines; /* by source, and then by line from 1 */
    struct shown_run *runs;
    size_t run_count, lanes, named, strays;
};

static size_t index_of(const struct times *times, const struct source *source)
{
    return (size_t)(source - times->sources->at);
}

static const struct source *source_called(const struct times *times, const char *path,
                                          size_t length)
{
    for (size_t i = 0; i < times->sources->count; i++) {
        const struct source *source = &times->sources->at[i];
        if (strlen(source->path) == length && memcmp(source->path, path, length) == 0)
            return source;
    }
    return NULL;
}

/** "demos/threads.c:31"; NULL: there is no such line. */
static struct visits *visits_at(struct times *times, const json_t *place)
{
    const char *text = json_string_value(place);
    const char *colon = text != NULL ? strrchr(text, ':') : NULL;
    if (colon == NULL)
        return NULL;
    const struct source *source = source_called(times, text, (size_t)(colon - text));
    size_t digits = strspn(colon + 1, "0123456789");
    size_t line = digits > 0 && digits < 9 ? strtoul(colon + 1, NULL, 10) : 0;
    if (source == NULL || line == 0 || line > source->line_count ||
        colon[1 + digits] != '\0') {
        times->strays++;
        return NULL;
    }
    return &times->lines[index_of(times, source)][line];
}

/** Lanes are read one after the other: if this one was there, it is the last. */
static struct visit *visit_of(struct times *times, struct visits *visits,
                              const char *name)
{
    if (visits->count > 0 && visits->at[visits->count - 1].lane == times->lanes)
        return &visits->at[visits->count - 1];
    struct visit *at = array_grow(visits->at, visits->count, &visits->room, sizeof *at);
    if (at == NULL)
        return NULL;
    visits->at = at;
    times->named += visits->count == 0;
    struct visit *visit = &visits->at[visits->count++];
    *visit = (struct visit){
        .variant = times->run_count - 1, .lane = times->lanes, .name = name};
    return visit;
}

/** Times that are not told apart when they are printed are one. */
static bool is_joined(struct stretch *one, const struct stretch *other, int64_t near_ns)
{
    if (other->from_ns - near_ns > one->to_ns || other->to_ns + near_ns < one->from_ns)
        return false;
    one->from_ns = one->from_ns < other->from_ns ? one->from_ns : other->from_ns;
    one->to_ns = one->to_ns > other->to_ns ? one->to_ns : other->to_ns;
    return true;
}

/** Spans come in order, and then marks; those within what many spans cover belong to
 * one of them. */
static void add_stretch(struct visit *visit, struct stretch stretch, int64_t near_ns)
{
    bool is_known =
        visit->count > STRETCHES && is_joined(&visit->last, &stretch, near_ns);
    is_known = is_known ||
               (visit->count > STRETCHES && stretch.from_ns >= visit->all.from_ns &&
                stretch.to_ns <= visit->all.to_ns);
    for (size_t i = 0; !is_known && i < visit->count && i < STRETCHES; i++)
        is_known = is_joined(&visit->at[i], &stretch, near_ns);
    if (!is_known) {
        if (visit->count < STRETCHES)
            visit->at[visit->count] = stretch;
        visit->last = stretch;
        visit->count++;
    }
    if (visit->count == 1 && !is_known)
        visit->all = stretch;
    is_joined(&visit->all, &stretch, INT64_MAX / 4);
}

static bool read_ns(const json_t *value, int64_t *ns)
{
    *ns = json_is_integer(value) ? json_integer_value(value) : -1;
    return *ns >= 0 && *ns < INT64_MAX / 4;
}

static int decimals_of(enum time_unit unit)
{
    return unit == UNIT_S ? 3 : unit == UNIT_MS ? 2 : 1;
}

/** The last digit that is printed. */
static int64_t digit_ns(enum time_unit unit)
{
    return unit == UNIT_S ? 1000000 : unit == UNIT_MS ? 10000 : 100;
}

/** A span or a mark.  @return false: memory ran out. */
static bool read_event(struct times *times, const char *name, const json_t *event,
                       const char *from_key, const char *to_key)
{
    struct stretch stretch;
    if (!read_ns(json_object_get(event, from_key), &stretch.from_ns) ||
        !read_ns(json_object_get(event, to_key), &stretch.to_ns) ||
        stretch.to_ns < stretch.from_ns)
        return true;
    struct visits *visits = visits_at(times, json_object_get(event, "source"));
    if (visits == NULL)
        return true;
    struct visit *visit = visit_of(times, visits, name);
    if (visit != NULL)
        add_stretch(visit, stretch, digit_ns(times->runs[times->run_count - 1].unit));
    return visit != NULL;
}

static bool read_lane(struct times *times, const json_t *lane)
{
    const char *name = json_string_value(json_object_get(lane, "name"));
    const json_t *spans = json_object_get(lane, "spans");
    const json_t *marks = json_object_get(lane, "marks");
    bool is_fine = true;
    for (size_t i = 0; is_fine && name != NULL && i < json_array_size(spans); i++)
        is_fine =
            read_event(times, name, json_array_get(spans, i), "start_ns", "end_ns");
    for (size_t i = 0; is_fine && name != NULL && i < json_array_size(marks); i++)
        is_fine = read_event(times, name, json_array_get(marks, i), "at_ns", "at_ns");
    times->lanes++;
    return is_fine;
}

/** The run that is drawn; NULL: none. */
static const json_t *median_run(const json_t *variant)
{
    const json_t *runs = json_object_get(variant, "runs");
    int64_t median_ns, wall_ns;
    bool has_median = read_ns(json_object_get(variant, "wall_ns"), &median_ns);
    for (size_t i = 0; has_median && i < json_array_size(runs); i++) {
        const json_t *run = json_array_get(runs, i);
        if (read_ns(json_object_get(run, "wall_ns"), &wall_ns) && wall_ns == median_ns)
            return run;
    }
    return json_array_get(runs, 0);
}

/** The variant's name, from the demo's table, if it is wanted; else NULL. */
static const char *wanted_name(const json_t *variant, const struct demo *demo,
                               const char *wanted)
{
    const char *name = json_string_value(json_object_get(variant, "name"));
    if (name == NULL || (wanted != NULL && strcmp(name, wanted) != 0))
        return NULL;
    for (const struct variant *own = demo->variants; own->name != NULL; own++)
        if (strcmp(own->name, name) == 0)
            return own->name;
    return NULL;
}

static bool read_variant(struct times *times, const json_t *variant, const char *name)
{
    const json_t *run = name != NULL ? median_run(variant) : NULL;
    const json_t *lanes = json_object_get(run, "lanes");
    int64_t wall_ns = 0;
    bool is_fine = true;
    if (json_array_size(lanes) == 0)
        return true;
    for (size_t i = 0; i < times->run_count; i++)
        if (strcmp(times->runs[i].name, name) == 0)
            return true; /* a second one of that name: the file is not conc's */
    read_ns(json_object_get(run, "wall_ns"), &wall_ns);
    times->runs[times->run_count++] =
        (struct shown_run){name, time_unit_of(wall_ns > 0 ? wall_ns : 0)};
    for (size_t i = 0; is_fine && i < json_array_size(lanes); i++)
        is_fine = read_lane(times, json_array_get(lanes, i));
    return is_fine;
}

static bool make_room(struct times *times, const struct demo *demo)
{
    size_t variants = 0;
    while (demo->variants[variants].name != NULL)
        variants++;
    times->runs = calloc(variants + 1, sizeof *times->runs);
    times->lines = calloc(times->sources->count + 1, sizeof *times->lines);
    for (size_t i = 0; times->lines != NULL && i < times->sources->count; i++) {
        times->lines[i] =
            calloc(times->sources->at[i].line_count + 1, sizeof *times->lines[i]);
        if (times->lines[i] == NULL)
            return false;
    }
    return times->runs != NULL && times->lines != NULL;
}

struct times *times_read(const json_t *root, const struct demo *demo,
                         const char *variant, const struct sources *sources)
{
    const json_t *variants = json_object_get(root, "variants");
    struct times *times = calloc(1, sizeof *times);
    if (times == NULL)
        return NULL;
    times->sources = sources;
    bool is_fine = make_room(times, demo);
    for (size_t i = 0; is_fine && i < json_array_size(variants); i++) {
        const json_t *one = json_array_get(variants, i);
        is_fine = read_variant(times, one, wanted_name(one, demo, variant));
    }
    if (is_fine)
        return times;
    times_destroy(times);
    return NULL;
}

void times_destroy(struct times *times)
{
    if (times == NULL)
        return;
    for (size_t i = 0; times->lines != NULL && i < times->sources->count; i++) {
        for (size_t line = 0;
             times->lines[i] != NULL && line <= times->sources->at[i].line_count;
             line++)
            free(times->lines[i][line].at);
        free(times->lines[i]);
    }
    free(times->lines);
    free(times->runs);
    free(times);
}

size_t times_variants(const struct times *times)
{
    return times->run_count;
}

size_t times_lines(const struct times *times)
{
    return times->named;
}

size_t times_strays(const struct times *times)
{
    return times->strays;
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
    if (stretch->to_ns - stretch->from_ns > digit_ns(unit))
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

bool times_has(const struct times *times, const struct source *source, size_t line)
{
    return times->lines[index_of(times, source)][line].count > 0;
}

char *times_note(const struct times *times, const struct source *source, size_t line,
                 bool ascii)
{
    const struct visits *visits = &times->lines[index_of(times, source)][line];
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
