// SPDX-License-Identifier: MIT
/**
 * The trace-event format ("Trace Event Format", the Chromium project; the form that is
 * an object), as ui.perfetto.dev and chrome://tracing open it.  Each variant is a
 * process, with its picture's run; each lane a thread, whose spans are complete events
 * ("X") and whose marks are instants ("i"); arrows ("s", "f") lead from a create to the
 * first act, from an unlock to the lock that waited for it, from an end to its join.
 * Times are µs, with the ns as decimals.
 *
 * Numbers of processes and threads are the file's own: those of the system, which
 * several variants may have had one after another, stand at the lanes' first acts.
 */

#include "card.h"
#include "view/card_text.h"
#include "view/chosen_run.h"
#include "view/chrome/inner.h"
#include "view/command_line.h"
#include "view/json/options.h"
#include "view/json/parts.h"
#include "view/view.h"

#include <inttypes.h>
#include <stdlib.h>
#include <uv.h>

/** Sentences double a file: what has more spans and marks goes without. */
#define EXPLAINED_MAX 250000

void chrome_time(struct chrome *c, const char *key, int64_t ns)
{
    jw_key(c->w, key);
    jw_thousandths(c->w, ns);
}

void chrome_event(struct chrome *c, char phase, const char *category, const char *name,
                  size_t lane)
{
    jw_object(c->w, JW_LINE);
    jw_key(c->w, "ph");
    jw_bytes(c->w, &phase, 1);
    jw_key_string(c->w, "cat", category);
    jw_key_string(c->w, "name", name);
    jw_key_int(c->w, "pid", c->process);
    jw_key_int(c->w, "tid", (int64_t)(c->first_thread + lane));
}

/* Names of processes and threads --------------------------------------------------- */

static void open_metadata(struct chrome *c, const char *name)
{
    jw_object(c->w, JW_LINE);
    jw_key_string(c->w, "ph", "M");
    jw_key_string(c->w, "name", name);
    jw_key_int(c->w, "pid", c->process);
}

static void open_arguments(struct chrome *c)
{
    jw_key(c->w, "args");
    jw_object(c->w, JW_LINE);
}

static void close_both(struct chrome *c)
{
    jw_close(c->w);
    jw_close(c->w);
}

static void write_process(struct chrome *c, const struct variant_report *variant,
                          const struct run *run)
{
    char name[160];
    if (variant->run_count > 1)
        snprintf(name, sizeof name, "%s (run %zu of %zu)", variant->variant->name,
                 (size_t)(run - variant->runs) + 1, variant->run_count);
    else
        snprintf(name, sizeof name, "%s", variant->variant->name);
    open_metadata(c, "process_name");
    open_arguments(c);
    jw_key_string(c->w, "name", name);
    close_both(c);
    open_metadata(c, "process_sort_index");
    open_arguments(c);
    jw_key_int(c->w, "sort_index", c->process);
    close_both(c);
}

static void write_thread(struct chrome *c, size_t lane)
{
    int64_t thread = (int64_t)(c->first_thread + lane);
    open_metadata(c, "thread_name");
    jw_key_int(c->w, "tid", thread);
    open_arguments(c);
    jw_key_string(c->w, "name", c->timeline->lanes[lane].name);
    close_both(c);
    open_metadata(c, "thread_sort_index");
    jw_key_int(c->w, "tid", thread);
    open_arguments(c);
    jw_key_int(c->w, "sort_index", thread);
    close_both(c);
}

/* Events --------------------------------------------------------------------------- */

static size_t count_items(const struct report *report)
{
    size_t count = 0;
    for (size_t i = 0; i < report->variant_count; i++) {
        const struct run *run = drawn_run(&report->variants[i]);
        for (size_t k = 0; run != NULL && k < run->timeline.lane_count; k++)
            count +=
                run->timeline.lanes[k].span_count + run->timeline.lanes[k].mark_count;
    }
    return count;
}

static int write_run(struct chrome *c, const struct variant_report *variant,
                     const struct run *run)
{
    c->timeline = &run->timeline;
    c->story = (struct story){.timeline = c->timeline};
    int result = story_find_names(&c->story);
    if (result == 0)
        write_process(c, variant, run);
    for (size_t i = 0; i < c->timeline->lane_count && result == 0; i++) {
        write_thread(c, i);
        result = chrome_lane(c, i);
    }
    for (size_t i = 0; i < c->timeline->lane_count && result == 0; i++)
        chrome_flows(c, i);
    c->first_thread += c->timeline->lane_count;
    story_destroy(&c->story);
    return result;
}

static int write_events(struct json_writer *w, const struct report *report)
{
    struct chrome c = {
        .w = w, .first_thread = 1, .explains = count_items(report) <= EXPLAINED_MAX};
    int result = 0;
    c.draft = open_memstream(&c.text, &c.bytes);
    if (c.draft == NULL)
        return UV_ENOMEM;
    jw_key(w, "traceEvents");
    jw_array(w, JW_LINES);
    for (size_t i = 0; i < report->variant_count && result == 0; i++) {
        const struct run *run = drawn_run(&report->variants[i]);
        c.process = (unsigned)i + 1;
        if (run != NULL)
            result = write_run(&c, &report->variants[i], run);
    }
    jw_close(w);
    if (fclose(c.draft) != 0)
        result = UV_ENOMEM;
    free(c.text);
    return result;
}

/* What else is known of the run ---------------------------------------------------- */

static int write_verdicts(struct json_writer *w, const struct report *report)
{
    int result = 0;
    jw_key(w, "verdict");
    jw_object(w, JW_LINES);
    for (size_t i = 0; i < report->variant_count && result == 0; i++) {
        char *text = card_verdict(report, i, false);
        if (text == NULL)
            result = UV_ENOMEM;
        else
            jw_key_string(w, report->variants[i].variant->name, text);
        free(text);
    }
    jw_close(w);
    return result;
}

static int write_other_data(struct json_writer *w, const struct report *report)
{
    char *command = command_line(report);
    jw_key(w, "otherData");
    jw_object(w, JW_LINES);
    jw_key_string(w, "conc", CONC_VERSION);
    jw_key_string(w, "command", command);
    jw_key_string(w, "demo", report->card->demo->name);
    jw_key_string(w, "started", report->started);
    jw_key_bool(w, "complete", report->complete);
    json_write_machine(w, report);
    json_write_options(w, report);
    int result = write_verdicts(w, report);
    jw_close(w);
    free(command);
    return command == NULL ? UV_ENOMEM : result;
}

int chrome_write(const struct report *report, const struct style *style, FILE *out)
{
    struct json_writer w;
    (void)style;
    json_writer_init(&w, out);
    jw_object(&w, JW_LINES);
    jw_key_string(&w, "displayTimeUnit", "ns");
    int result = write_other_data(&w, report);
    if (result == 0)
        result = write_events(&w, report);
    jw_close(&w);
    return result;
}
