// SPDX-License-Identifier: MIT
#include "array.h"
#include "classroom/source/times_inner.h"

#include <stdlib.h>
#include <string.h>

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

/** "src/stage/clients.c:380": what the engine notes of a run is no line of the demo. */
static bool is_engines(const char *place)
{
    static const char folder[] = "src/";
    return strncmp(place, folder, sizeof folder - 1) == 0;
}

/** "demos/threads.c:31"; NULL: there is no such line. */
static struct visits *visits_at(struct times *times, const json_t *place)
{
    const char *text = json_string_value(place);
    const char *colon = text != NULL ? strrchr(text, ':') : NULL;
    if (colon == NULL || is_engines(text))
        return NULL;
    const struct source *source = source_called(times, text, (size_t)(colon - text));
    size_t digits = strspn(colon + 1, "0123456789");
    size_t line = digits > 0 && digits < 9 ? strtoul(colon + 1, NULL, 10) : 0;
    if (source == NULL || line == 0 || line > source->line_count ||
        colon[1 + digits] != '\0') {
        times->strays++;
        return NULL;
    }
    return &times->lines[source - times->sources->at][line];
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

static void widen(struct stretch *one, const struct stretch *other)
{
    one->from_ns = one->from_ns < other->from_ns ? one->from_ns : other->from_ns;
    one->to_ns = one->to_ns > other->to_ns ? one->to_ns : other->to_ns;
}

/** Times that are not told apart when they are printed are one.  @return whether the
 * other was taken into the one. */
static bool join(struct stretch *one, const struct stretch *other, int64_t near_ns)
{
    if (other->from_ns - near_ns > one->to_ns || other->to_ns + near_ns < one->from_ns)
        return false;
    widen(one, other);
    return true;
}

/** Spans come in order, and then marks; those within what many spans cover belong to
 * one of them. */
static bool join_known(struct visit *visit, const struct stretch *stretch,
                       int64_t near_ns)
{
    bool is_within =
        stretch->from_ns >= visit->all.from_ns && stretch->to_ns <= visit->all.to_ns;
    if (visit->count > STRETCHES && (join(&visit->last, stretch, near_ns) || is_within))
        return true;
    for (size_t i = 0; i < visit->count && i < STRETCHES; i++)
        if (join(&visit->at[i], stretch, near_ns))
            return true;
    return false;
}

static void add_stretch(struct visit *visit, struct stretch stretch, int64_t near_ns)
{
    if (visit->count == 0)
        visit->all = stretch;
    if (!join_known(visit, &stretch, near_ns)) {
        if (visit->count < STRETCHES)
            visit->at[visit->count] = stretch;
        visit->last = stretch;
        visit->count++;
    }
    widen(&visit->all, &stretch);
}

static bool read_ns(const json_t *value, int64_t *ns)
{
    *ns = json_is_integer(value) ? json_integer_value(value) : -1;
    return *ns >= 0 && *ns < INT64_MAX / 4;
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
        add_stretch(visit, stretch,
                    times_digit_ns(times->runs[times->run_count - 1].unit));
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

const struct visits *times_visits(const struct times *times,
                                  const struct source *source, size_t line)
{
    return &times->lines[source - times->sources->at][line];
}

bool times_has(const struct times *times, const struct source *source, size_t line)
{
    return times_visits(times, source, line)->count > 0;
}
