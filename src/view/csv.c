// SPDX-License-Identifier: MIT
/**
 * A row a run, for spreadsheets and statistics: RFC 4180, lines end in CRLF.  The first
 * columns are the same for every demo; behind them stand the figures of the demo's
 * outcome, those that any run has, "outcome.lost", what clients saw of the variant
 * under load, "load.per_s", and what the demo has measured besides.  An empty field:
 * not known, or there is no such thing.
 */

#include "card.h"
#include "view/bars.h"
#include "view/card_text.h"
#include "view/command_line.h"
#include "view/csv_field.h"
#include "view/json/options.h"
#include "view/json/parts.h"
#include "view/view.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

struct csv {
    const struct report *report;
    FILE *out;
    bool in_row;         /* a field stands in the row already */
    char *command;       /* the command line */
    const char *verdict; /* of the variant at hand, and what its other fields say */
    const struct variant_report *variant;
    const struct prediction *prediction;
    const char *
        *outcomes; /* the keys of outcomes' numbers; borrowed from the outcomes */
    size_t outcome_count;
};

/* Fields --------------------------------------------------------------------------- */

static void separate(struct csv *csv)
{
    if (csv->in_row)
        putc(',', csv->out);
    csv->in_row = true;
}

static void end_row(struct csv *csv)
{
    fputs("\r\n", csv->out);
    csv->in_row = false;
}

static void put_empty(struct csv *csv)
{
    separate(csv);
}

static void put_safe(struct csv *csv, const char *text)
{
    separate(csv);
    csv_put_safe(csv->out, text);
}

/** Text from anywhere; NULL: an empty field.  @return 0 or UV_ENOMEM. */
static int put_text(struct csv *csv, const char *text)
{
    separate(csv);
    return csv_put_text(csv->out, text);
}

static void put_int(struct csv *csv, int64_t value)
{
    separate(csv);
    fprintf(csv->out, "%" PRId64, value);
}

static void put_int_or_empty(struct csv *csv, bool known, int64_t value)
{
    if (known)
        put_int(csv, value);
    else
        put_empty(csv);
}

/** As JSON writes it: the same in every locale, and read back the same. */
static void put_real_or_empty(struct csv *csv, bool known, double value)
{
    struct json_writer w;
    separate(csv);
    json_writer_init(&w, csv->out);
    if (known)
        jw_real(&w, value);
}

static void put_bool(struct csv *csv, bool value)
{
    put_safe(csv, value ? "true" : "false");
}

/* Columns -------------------------------------------------------------------------- */

static bool is_measured(const struct run *run)
{
    return run->ending == ENDING_RETURN;
}

/** "1000000000 2000000000"; one number where all are the same. */
static void put_ttls(struct csv *csv)
{
    const struct tasks *tasks = &csv->report->options->tasks;
    bool differ = false;
    for (size_t i = 1; i < tasks->count; i++)
        differ |= tasks->at[i].ttl_ns != tasks->at[0].ttl_ns;
    separate(csv);
    for (size_t i = 0; i < (differ ? tasks->count : 1); i++)
        fprintf(csv->out, "%s%" PRId64, i > 0 ? " " : "", tasks->at[i].ttl_ns);
}

/** In ns; or a count; or a word. */
static void put_prediction(struct csv *csv)
{
    const struct prediction *prediction = csv->prediction;
    if (prediction != NULL && csv->report->card->predicts == PREDICT_END)
        put_safe(csv, prediction->value != 0 ? "ends" : "hangs");
    else
        put_int_or_empty(csv, prediction != NULL,
                         prediction != NULL ? prediction->value : 0);
}

static int put_which(struct csv *csv, const struct run *run)
{
    int result = put_text(csv, csv->report->card->demo->name);
    if (result == 0)
        result = put_text(csv, csv->variant->variant->name);
    put_int(csv, run - csv->variant->runs + 1);
    return result;
}

static int put_figures(struct csv *csv, const struct run *run)
{
    const struct variant_report *variant = csv->variant;
    char ended_by[64];
    put_int(csv, run->wall_ns);
    put_int_or_empty(csv, variant->ideal_ns >= 0, variant->ideal_ns);
    put_int_or_empty(csv, is_measured(run) && variant->ideal_ns >= 0,
                     run->wall_ns - variant->ideal_ns);
    put_int_or_empty(csv, run->cpu_ns >= 0, run->cpu_ns);
    put_real_or_empty(csv, variant->speedup > 0, variant->speedup);
    put_real_or_empty(csv, variant->possible > 0, variant->possible);
    int result = put_text(csv, json_ended_by(run, ended_by, sizeof ended_by));
    put_bool(csv, run->disturbed);
    put_bool(csv, csv->report->complete);
    put_int(csv, (int64_t)run->timeline.dropped_events);
    return result;
}

static int put_asked(struct csv *csv)
{
    const struct options *options = csv->report->options;
    put_int(csv, (int64_t)options->tasks.count);
    put_ttls(csv);
    put_safe(csv,
             options->programs != NULL ? "program" : json_work_name(options->work));
    put_int(csv, options->repeat);
    put_int(csv, (int64_t)options->seed);
    put_real_or_empty(csv, true, options->speed);
    put_prediction(csv);
    return put_text(csv, csv->prediction != NULL ? csv->prediction->reason : NULL);
}

static int put_machine(struct csv *csv)
{
    const struct machine *machine = &csv->report->machine;
    put_int(csv, machine->cores);
    put_int(csv, csv->report->options->cores);
    put_real_or_empty(csv, machine->cpu_quota > 0, machine->cpu_quota);
    int result = put_text(csv, machine->os);
    if (result == 0)
        result = put_text(csv, machine->kernel);
    return result == 0 ? put_text(csv, machine->cpu) : result;
}

static int put_origin(struct csv *csv)
{
    int result = put_text(csv, CONC_VERSION);
    if (result == 0)
        result = put_text(csv, csv->report->started);
    if (result == 0)
        result = put_text(csv, csv->command);
    return result == 0 ? put_text(csv, csv->verdict) : result;
}

static const char *const columns[] = {"demo",
                                      "variant",
                                      "run",
                                      "wall_ns",
                                      "ideal_ns",
                                      "overhead_ns",
                                      "cpu_ns",
                                      "speedup",
                                      "possible",
                                      "ended_by",
                                      "disturbed",
                                      "complete",
                                      "dropped_events",
                                      "tasks",
                                      "ttl_ns",
                                      "work",
                                      "repeat",
                                      "seed",
                                      "speed",
                                      "prediction",
                                      "reason",
                                      "cores",
                                      "cores_used",
                                      "cpu_quota",
                                      "os",
                                      "kernel",
                                      "cpu",
                                      "conc",
                                      "started",
                                      "command",
                                      "verdict"};

static void put_number(struct csv *csv, const json_t *number)
{
    if (json_is_integer(number))
        put_int(csv, json_integer_value(number));
    else
        put_real_or_empty(csv, json_is_real(number), json_real_value(number));
}

static void put_outcome(struct csv *csv, const struct run *run)
{
    for (size_t i = 0; i < csv->outcome_count; i++)
        put_number(csv, json_object_get(run->outcome, csv->outcomes[i]));
}

#define LOAD "load."

/** As record.h has them. */
static const char *const load_keys[] = {
    LOAD "time_ns", LOAD "opened", LOAD "kept",   LOAD "answered", LOAD "failed",
    LOAD "cut",     LOAD "per_s",  LOAD "p50_ns", LOAD "p99_ns",   LOAD "max_ns"};

static bool has_load(const struct report *report)
{
    for (size_t i = 0; i < report->variant_count; i++)
        if (json_object_get(report->variants[i].outcome, "load") != NULL)
            return true;
    return false;
}

static void put_load_columns(struct csv *csv)
{
    for (size_t i = 0; i < sizeof load_keys / sizeof *load_keys; i++)
        put_safe(csv, load_keys[i]);
}

static void put_load(struct csv *csv)
{
    const json_t *load = json_object_get(csv->variant->outcome, "load");
    for (size_t i = 0; i < sizeof load_keys / sizeof *load_keys; i++)
        put_number(csv, json_object_get(load, load_keys[i] + strlen(LOAD)));
}

/** Of each chart of what was measured besides, its name and its unit. */
static int put_charts(struct csv *csv)
{
    const struct report *report = csv->report;
    int result = 0;
    for (size_t first = 0; first < report->measured_count && result == 0;) {
        struct bars bars = bars_at(report, first);
        char name[128];
        snprintf(name, sizeof name, "measured.%s (%s)", bars.at->gauge->chart,
                 bars.is_bytes ? "bytes" : "ps");
        result = put_text(csv, name);
        first += bars.count;
    }
    return result;
}

/** And the variant's median in each. */
static void put_measured(struct csv *csv)
{
    const struct report *report = csv->report;
    for (size_t first = 0; first < report->measured_count;) {
        struct bars bars = bars_at(report, first);
        const struct spread *value =
            report_measured(report, bars.at->gauge->chart, csv->variant->variant->name);
        if (value != NULL)
            put_int(csv, value->median);
        else
            put_empty(csv);
        first += bars.count;
    }
}

static int put_header(struct csv *csv)
{
    int result = 0;
    char name[128];
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        put_safe(csv, columns[i]);
    for (size_t i = 0; i < csv->outcome_count && result == 0; i++) {
        snprintf(name, sizeof name, "outcome.%s", csv->outcomes[i]);
        result = put_text(csv, name);
    }
    if (has_load(csv->report))
        put_load_columns(csv);
    if (result == 0)
        result = put_charts(csv);
    end_row(csv);
    return result;
}

static int put_run(struct csv *csv, const struct run *run)
{
    int result = put_which(csv, run);
    if (result == 0)
        result = put_figures(csv, run);
    if (result == 0)
        result = put_asked(csv);
    if (result == 0)
        result = put_machine(csv);
    if (result == 0)
        result = put_origin(csv);
    put_outcome(csv, run);
    if (has_load(csv->report))
        put_load(csv);
    put_measured(csv);
    end_row(csv);
    return result;
}

/* Rows ----------------------------------------------------------------------------- */

static int put_variant(struct csv *csv, size_t number)
{
    char *verdict = card_verdict(csv->report, number, false);
    int result = verdict != NULL ? 0 : UV_ENOMEM;
    csv->variant = &csv->report->variants[number];
    csv->verdict = verdict;
    csv->prediction = report_prediction(csv->report, csv->variant);
    for (size_t i = 0; i < csv->variant->run_count && result == 0; i++)
        result = put_run(csv, &csv->variant->runs[i]);
    free(verdict);
    return result;
}

static int add_outcome(struct csv *csv, const char *key)
{
    for (size_t i = 0; i < csv->outcome_count; i++)
        if (strcmp(csv->outcomes[i], key) == 0)
            return 0;
    const char **grown =
        realloc(csv->outcomes, (csv->outcome_count + 1) * sizeof *grown);
    if (grown == NULL)
        return UV_ENOMEM;
    csv->outcomes = grown;
    csv->outcomes[csv->outcome_count++] = key;
    return 0;
}

/** The numbers of all variants' outcomes, so that all rows have the same columns. */
static int gather_outcomes(struct csv *csv)
{
    const char *key;
    json_t *value;
    int result = 0;
    for (size_t i = 0; i < csv->report->variant_count; i++) {
        const struct variant_report *variant = &csv->report->variants[i];
        for (size_t k = 0; k < variant->run_count && result == 0; k++)
            json_object_foreach(variant->runs[k].outcome, key,
                                value) if (json_is_number(value) && result == 0)
                result = add_outcome(csv, key);
    }
    return result;
}

int csv_write(const struct report *report, const struct style *style, FILE *out)
{
    struct csv csv = {.report = report, .out = out, .command = command_line(report)};
    int result = csv.command != NULL ? gather_outcomes(&csv) : UV_ENOMEM;
    (void)style;
    if (result == 0)
        result = put_header(&csv);
    for (size_t i = 0; i < report->variant_count && result == 0; i++)
        result = put_variant(&csv, i);
    free(csv.outcomes);
    free(csv.command);
    return result;
}
