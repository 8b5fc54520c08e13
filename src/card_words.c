// SPDX-License-Identifier: MIT
#include "card_words.h"

#include <string.h>

int64_t total_ns(const struct tasks *tasks)
{
    int64_t total = 0;

    for (size_t i = 0; i < tasks->count; i++)
        if (__builtin_add_overflow(total, tasks->at[i].ttl_ns, &total))
            return INT64_MAX; /* a million tasks of a day each are more than that */
    return total;
}

bool equal_ttls(const struct tasks *tasks)
{
    for (size_t i = 1; i < tasks->count; i++)
        if (tasks->at[i].ttl_ns != tasks->at[0].ttl_ns)
            return false;
    return true;
}

static int64_t later_ns(int64_t at_ns, int64_t ns)
{
    return __builtin_add_overflow(at_ns, ns, &at_ns) ? INT64_MAX : at_ns;
}

/** Of a heap, whose first is the earliest, the first has become later. */
static void sift_down(int64_t *heap, size_t count)
{
    int64_t moved = heap[0];
    size_t at = 0, child;

    while ((child = 2 * at + 1) < count) {
        child += child + 1 < count && heap[child + 1] < heap[child];
        if (heap[child] >= moved)
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = moved;
}

/** When the last task ends, where whoever is free first takes the next one.  Tasks
 * that take longer, as they share cores, never make that earlier. */
static int64_t in_order_ns(const struct tasks *tasks, int64_t *free_ns, size_t workers)
{
    int64_t last_ns = 0;

    for (size_t i = 0; i < tasks->count; i++) {
        free_ns[0] = later_ns(free_ns[0], tasks->at[i].ttl_ns);
        last_ns = free_ns[0] > last_ns ? free_ns[0] : last_ns;
        sift_down(free_ns, workers);
    }
    return last_ns;
}

int64_t late_workers_ideal_ns(const struct options *options, int64_t workers,
                              int64_t others, int64_t each_ns)
{
    const struct tasks *tasks = &options->tasks;
    int64_t first_ns = others / workers * each_ns, cores_ns = 0, ns;
    size_t count = (size_t)workers;
    int64_t *free_ns = calloc(count, sizeof *free_ns);

    if (options->work == WORK_CPU)
        cores_ns = later_ns(first_ns, total_ns(tasks) / options->cores);
    if (free_ns == NULL)
        return cores_ns > 0 ? cores_ns : longest_ttl_ns(tasks);
    for (size_t i = 0; i < count; i++) /* the latest last: it is a heap */
        free_ns[i] = first_ns + (i + (size_t)(others % workers) >= count ? each_ns : 0);
    ns = in_order_ns(tasks, free_ns, count);
    free(free_ns);
    return cores_ns > ns ? cores_ns : ns;
}

int64_t workers_ideal_ns(const struct options *options, int64_t workers)
{
    return late_workers_ideal_ns(options, workers, 0, 0);
}

bool variant_is(const struct variant *variant, const char *name)
{
    return strcmp(variant->name, name) == 0;
}

const char *both_or_all(size_t count)
{
    return count == 2 ? "Both" : "All";
}

const struct run *shown_run(const struct variant_report *variant)
{
    return &variant->runs[variant->shown];
}

bool has_time(const struct variant_report *variant)
{
    return variant->status == VARIANT_DONE && variant->comparable > 0;
}

const struct variant_report *variant_named(const struct report *report,
                                           const char *name)
{
    for (size_t i = 0; i < report->variant_count; i++)
        if (strcmp(report->variants[i].variant->name, name) == 0)
            return &report->variants[i];
    return NULL;
}

const struct variant_report *timed_variant(const struct report *report,
                                           const char *name)
{
    const struct variant_report *variant = variant_named(report, name);

    return variant != NULL && has_time(variant) ? variant : NULL;
}

const struct variant_report *sequential_of(const struct report *report)
{
    return timed_variant(report, "sequential");
}

bool all_skipped(const struct report *report)
{
    for (size_t i = 0; i < report->variant_count; i++)
        if (report->variants[i].status != VARIANT_SKIPPED)
            return false;
    return true;
}

int64_t ready_ns(const struct variant_report *variant)
{
    const struct timeline *timeline = &shown_run(variant)->timeline;
    int64_t sum = 0;

    for (size_t i = 1; i < timeline->lane_count; i++)
        sum += timeline->lanes[i].in_state_ns[STATE_READY];
    return sum;
}

/** A moment at which so many more lanes run, or are ready. */
struct edge {
    int64_t at_ns;
    int run, ready;
};

static int by_moment(const void *a, const void *b)
{
    const struct edge *x = a, *y = b;

    return (x->at_ns > y->at_ns) - (x->at_ns < y->at_ns);
}

static size_t count_spans(const struct timeline *timeline)
{
    size_t count = 0;

    for (size_t i = 0; i < timeline->lane_count; i++)
        count += timeline->lanes[i].span_count;
    return count;
}

static size_t gather_edges(const struct timeline *timeline, struct edge *edges)
{
    size_t count = 0;

    for (size_t i = 0; i < timeline->lane_count; i++)
        for (size_t k = 0; k < timeline->lanes[i].span_count; k++) {
            const struct span *span = &timeline->lanes[i].spans[k];
            int run = span->state == STATE_RUN, ready = span->state == STATE_READY;

            if (!run && !ready)
                continue;
            edges[count++] = (struct edge){span->start_ns, run, ready};
            edges[count++] = (struct edge){span->end_ns, -run, -ready};
        }
    qsort(edges, count, sizeof *edges, by_moment);
    return count;
}

int64_t starved_ns(const struct timeline *timeline, unsigned cores)
{
    struct edge *edges = malloc((2 * count_spans(timeline) + 1) * sizeof *edges);
    size_t count = edges != NULL ? gather_edges(timeline, edges) : 0;
    int64_t sum = 0, before_ns = 0;
    int run = 0, ready = 0;

    for (size_t i = 0; i < count; i++) {
        int free_cores = (int)cores > run ? (int)cores - run : 0;

        sum += (edges[i].at_ns - before_ns) * (ready < free_cores ? ready : free_cores);
        run += edges[i].run;
        ready += edges[i].ready;
        before_ns = edges[i].at_ns;
    }
    free(edges);
    return sum;
}

/** 0: nothing to speak of, which a twentieth of the whole is. */
static int64_t much_starved_ns(const struct report *report,
                               const struct variant_report *variant)
{
    int64_t ns = starved_ns(&shown_run(variant)->timeline, report->options->cores);

    return ns > variant->wall.median / 20 ? ns : 0;
}

void say_busy(const struct report *report, const struct variant_report *variant,
              FILE *out)
{
    const struct variant_report *before = sequential_of(report);
    double quota = report->machine.cpu_quota;
    int64_t this_ns, before_ns;

    if (quota > 0 && quota < report->options->cores)
        return; /* it was the cgroup that kept them from a core */
    this_ns = much_starved_ns(report, variant);
    before_ns = before != NULL ? much_starved_ns(report, before) : 0;
    if (this_ns == 0 && before_ns == 0)
        return;
    fprintf(out,
            " The machine was busy: %s was ready, but other programs had the core, for "
            "%s in all",
            this_ns > 0 ? "a task" : "sequential",
            duration_text(this_ns > 0 ? this_ns : before_ns, false).text);
    if (this_ns > 0 && before_ns > 0)
        fprintf(out, ", and in sequential for %s",
                duration_text(before_ns, false).text);
    fputc('.', out);
}

void say_wall(const struct report *report, const struct variant_report *variant,
              FILE *out)
{
    const struct variant_report *before = sequential_of(report);

    fputs(duration_text(variant->wall.median, false).text, out);
    if (before != NULL)
        fprintf(out, ", against %s in sequence",
                duration_text(before->wall.median, false).text);
}

void say_computing(const struct report *report, const struct variant_report *variant,
                   const char *who, FILE *out)
{
    unsigned cores = report->options->cores;

    if (cores == 1)
        fprintf(out, "One core computes one thing at a time, so %s took turns: ", who);
    else
        fprintf(out, "%u cores compute %u things at a time: ", cores, cores);
    say_wall(report, variant, out);
    fputc('.', out);
    say_busy(report, variant, out);
}

json_int_t outcome_of(const struct variant_report *variant, const char *key)
{
    return json_integer_value(json_object_get(variant->outcome, key));
}

/** The figures of that key: how many, and their sum. */
static size_t add_told(const struct timeline *timeline, const char *key, int64_t *sum)
{
    size_t count = 0;

    for (size_t i = 0; i < timeline->lane_count; i++)
        for (size_t k = 0; k < timeline->lanes[i].mark_count; k++) {
            const struct mark *mark = &timeline->lanes[i].marks[k];

            if (mark->kind != EVENT_VALUE ||
                strcmp(mark_name(timeline, mark), key) != 0)
                continue;
            if (__builtin_add_overflow(*sum, (int64_t)mark->value, sum))
                *sum = INT64_MAX;
            count++;
        }
    return count;
}

struct quantity number_text(json_int_t number)
{
    return count_text(number > 0 ? (uint64_t)number : 0);
}

struct quantity part_text(json_int_t part, json_int_t whole)
{
    struct quantity text;

    snprintf(text.text, sizeof text.text, "%.20s of %.20s", number_text(part).text,
             number_text(whole).text);
    return text;
}

int64_t told_figure(const struct timeline *timeline, const char *key)
{
    int64_t sum = 0;

    add_told(timeline, key, &sum);
    return sum;
}

bool has_figure(const struct timeline *timeline, const char *key)
{
    int64_t sum = 0;

    return add_told(timeline, key, &sum) > 0;
}

void put_time(int64_t ns, FILE *out)
{
    char text[32];
    size_t length = (size_t)snprintf(text, sizeof text, "%.9f", (double)ns / 1e9);

    while (length > 0 && text[length - 1] == '0')
        length--;
    if (length > 0 && text[length - 1] == '.')
        length--;
    fprintf(out, " %.*s", (int)length, text);
}

struct quantity chosen_text(int64_t ns)
{
    struct quantity exact = ttl_text(ns, false);

    return strlen(exact.text) <= 10 ? exact : duration_text(ns, false);
}

/** Up to so many equal times are given one by one; of more, how many there are. */
#define TIMES_TO_TYPE 4

void same_times(const char *demo, const struct options *options, FILE *out)
{
    const struct tasks *tasks = &options->tasks;
    bool each = tasks->count <= TIMES_TO_TYPE || !equal_ttls(tasks);

    fputs(demo, out);
    if (!each)
        fprintf(out, " --tasks %zu", tasks->count);
    fprintf(out, " --ttl");
    for (size_t i = 0; i < (each ? tasks->count : 1); i++)
        put_time(tasks->at[i].ttl_ns, out);
}
