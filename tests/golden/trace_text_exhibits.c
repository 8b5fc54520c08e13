// SPDX-License-Identifier: MIT
#include "trace_text_inner.h"

#include <string.h>

void fixture_keep_record(struct fixture *f, uint64_t lane, int64_t time_ns,
                         const struct event_view *event)
{
    struct trace_writer *writer = &f->writers[lane];
    struct hold hold = {event->object, time_ns, event->site};
    switch (event->kind) {
    case EVENT_LOCK_BEGIN:
    case EVENT_JOIN_BEGIN:
    case EVENT_SEM_BEGIN:
    case EVENT_COND_BEGIN:
        trace_set_doing(writer, event->kind, event->site, event->object, time_ns);
        break;
    case EVENT_LOCK_END:
        trace_add_hold(writer, &hold);
        trace_set_doing(writer, EVENT_NONE, SITE_NONE, 0, 0);
        break;
    case EVENT_JOIN_END:
    case EVENT_SEM_END:
    case EVENT_COND_END:
        trace_set_doing(writer, EVENT_NONE, SITE_NONE, 0, 0);
        break;
    case EVENT_UNLOCK:
        trace_drop_hold(writer, event->object);
        break;
    default:
        break;
    }
}

void fixture_find_deadlock(struct fixture *f, struct run *run)
{
    struct waits *waits;
    if (waits_create(&waits) < 0)
        fixture_fail(f, "out of memory");
    unsigned threads = f->threads;
    int64_t seen_ns = EPOCH_NS + f->seen_ns;
    /* What is seen twice is one; in between nothing happens here. */
    deadlock_destroy(waits_look(waits, f->trace, threads, seen_ns));
    run->deadlock = waits_look(waits, f->trace, threads, seen_ns);
    waits_destroy(waits);
    if (run->deadlock == NULL || f->seen_ns < 0)
        fixture_fail(f, "no deadlock was seen");
    run->deadlock->closed_ns -= EPOCH_NS;
    run->deadlock->seen_ns -= EPOCH_NS;
    for (size_t i = 0; i < run->deadlock->count; i++) {
        run->deadlock->links[i].wants_since_ns -= EPOCH_NS;
        run->deadlock->links[i].holds.since_ns -= EPOCH_NS;
    }
}

static struct exhibit *exhibit_now(struct fixture *f)
{
    return &f->exhibits[fixture_variant(f) - f->report.variants];
}

static void take_rest(struct fixture *f, char *to, size_t size, const char *what)
{
    char *text = fixture_rest(f, what);
    snprintf(to, size, "%s", text);
    free(text);
}

static struct spread read_spread(struct fixture *f)
{
    struct spread spread;
    spread.min = (int64_t)fixture_number(f, "min");
    spread.median = (int64_t)fixture_number(f, "median");
    spread.max = (int64_t)fixture_number(f, "max");
    return spread;
}

static void read_costs(struct fixture *f)
{
    struct costs *costs = &fixture_variant(f)->costs;
    costs->alone_ps = read_spread(f);
    if (f->at < f->count)
        costs->together_ps = read_spread(f);
}

/** Of a gauge that is read from a text no more is asked than that there is one. */
static int64_t no_bytes(void)
{
    return 0;
}

static void read_measured(struct fixture *f)
{
    if (f->report.measured_count == GAUGES_MAX)
        fixture_fail(f, "no more than %d are measured", GAUGES_MAX);
    struct gauge *gauge = &f->gauges[f->report.measured_count];
    gauge->is_floor = fixture_accept(f, "floor");
    gauge->bytes = fixture_accept(f, "bytes") ? no_bytes : NULL;
    fixture_accept(f, "time");
    struct measured *measured = &f->report.measured[f->report.measured_count++];
    *measured = (struct measured){gauge, read_spread(f)};
    char *name = fixture_rest(f, "name"), *bar = strstr(name, " | ");
    if (bar == NULL)
        fixture_fail(f, "chart is missing");
    *bar = '\0';
    gauge->name = name;
    gauge->chart = bar + 3;
}

static void read_interleaving(struct fixture *f)
{
    struct interleaving *interleaving = &exhibit_now(f)->interleaving;
    interleaving->run = fixture_number(f, "run");
    interleaving->left = fixture_number(f, "left");
    interleaving->right = fixture_number(f, "right");
    snprintf(interleaving->value_heading, sizeof interleaving->value_heading, "%s",
             fixture_word(f, "heading"));
    take_rest(f, interleaving->title, sizeof interleaving->title, "title");
}

static void read_step(struct fixture *f)
{
    struct interleaving *interleaving = &exhibit_now(f)->interleaving;
    if (interleaving->step_count == STEPS_MAX)
        fixture_fail(f, "no more than %d steps", STEPS_MAX);
    struct step *step = &interleaving->steps[interleaving->step_count++];
    step->lane = fixture_number(f, "lane");
    step->at_ns = fixture_time(f, "time");
    snprintf(step->value, sizeof step->value, "%s", fixture_word(f, "value"));
    step->site = (uint16_t)strtoul(fixture_word(f, "site") + 1, NULL, 10);
    char *text = fixture_rest(f, "words"), *bar = strstr(text, " | ");
    if (bar != NULL) {
        *bar = '\0';
        snprintf(step->remark, sizeof step->remark, "%s", bar + 3);
    }
    snprintf(step->words, sizeof step->words, "%s", text);
    free(text);
}

static void read_histogram(struct fixture *f)
{
    struct histogram *histogram = &exhibit_now(f)->histogram;
    take_rest(f, histogram->title, sizeof histogram->title, "title");
}

static void read_bin(struct fixture *f)
{
    struct histogram *histogram = &exhibit_now(f)->histogram;
    if (histogram->bin_count == BINS_MAX)
        fixture_fail(f, "no more than %d bins", BINS_MAX);
    struct bin *bin = &histogram->bins[histogram->bin_count++];
    bin->count = fixture_number(f, "count");
    take_rest(f, bin->label, sizeof bin->label, "label");
}

bool fixture_read_exhibit(struct fixture *f, const char *first)
{
    static const struct {
        const char *word;
        void (*read)(struct fixture *f);
    } lines[] = {{"costs", read_costs},
                 {"measured", read_measured},
                 {"interleaving", read_interleaving},
                 {"step", read_step},
                 {"histogram", read_histogram},
                 {"bin", read_bin}};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (strcmp(first, lines[i].word) == 0) {
            lines[i].read(f);
            return true;
        }
    return false;
}
