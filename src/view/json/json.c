// SPDX-License-Identifier: MIT
#include "card.h"
#include "view/card_text.h"
#include "view/chosen_run.h"
#include "view/endings.h"
#include "view/json/exhibits.h"
#include "view/json/options.h"
#include "view/json/parts.h"
#include "view/json/predictions.h"
#include "view/json/timeline.h"
#include "view/view.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

static void write_tasks(struct json_writer *w, const struct options *options)
{
    jw_key(w, "tasks");
    jw_array(w, JW_LINES);
    for (size_t i = 0; i < options->tasks.count; i++) {
        jw_object(w, JW_LINE);
        jw_key_string(w, "name", options->tasks.at[i].name);
        jw_key_int(w, "ttl_ns", options->tasks.at[i].ttl_ns);
        jw_key_string(w, "work",
                      options->programs != NULL ? "program"
                                                : json_work_name(options->work));
        jw_close(w);
    }
    jw_close(w);
}

void json_write_machine(struct json_writer *w, const struct report *report)
{
    const struct machine *machine = &report->machine;
    jw_key(w, "machine");
    jw_object(w, JW_LINES);
    jw_key_string(w, "os", machine->os);
    jw_key_string(w, "kernel", machine->kernel);
    jw_key_string(w, "cpu", machine->cpu);
    jw_key_int(w, "cores", machine->cores);
    jw_key_int(w, "cores_used", report->options->cores);
    if (machine->cpu_quota > 0)
        jw_key_real(w, "cpu_quota", machine->cpu_quota);
    else
        jw_key_null(w, "cpu_quota");
    if (report->calibration_error < 0)
        jw_key_null(w, "calibration_error");
    else
        jw_key_real(w, "calibration_error", report->calibration_error);
    jw_key_bool(w, "calibrated", report->calibrated);
    jw_close(w);
}

const char *json_ended_by(const struct run *run, char *text, size_t size)
{
    static const char *const words[] = {
        [ENDING_RUNNING] = "running",     [ENDING_LIMIT] = "limit",
        [ENDING_INTERRUPT] = "interrupt", [ENDING_SIGNAL] = "signal",
        [ENDING_EXIT] = "exit",           [ENDING_REFUSED] = "refused",
        [ENDING_KEEPER] = "keeper",       [ENDING_DEADLOCK] = "deadlock",
    };
    if (run->ending == ENDING_RETURN)
        return NULL;
    if (run->ending == ENDING_SIGNAL || run->ending == ENDING_EXIT)
        snprintf(text, size, "%s %d", words[run->ending], run->number);
    else
        snprintf(text, size, "%s", words[run->ending]);
    return text;
}

/** "captured": what programs printed, of which tasks. */
static void write_captured(struct json_writer *w, const struct report *report,
                           const struct run *run)
{
    if (!report->card->takes_programs)
        return;
    jw_key(w, "captured");
    jw_array(w, JW_LINES);
    for (size_t i = 0; i < run->captured_count; i++) {
        const struct captured *captured = &run->captured[i];
        jw_object(w, JW_LINE);
        jw_key_int(w, "task", (int64_t)captured->task);
        jw_key_string(w, "name", report->options->tasks.at[captured->task].name);
        jw_key_int(w, "error", captured->error);
        jw_key_int(w, "bytes", (int64_t)captured->bytes);
        jw_key_int(w, "lines", (int64_t)captured->lines);
        jw_key_int(w, "cksum", captured->cksum);
        jw_key(w, "text");
        jw_bytes(w, captured->text != NULL ? captured->text : "", captured->text_bytes);
        jw_close(w);
    }
    jw_close(w);
}

static void write_run(struct json_writer *w, const struct report *report,
                      const struct run *run)
{
    char text[64];
    jw_object(w, JW_LINES);
    jw_key_int(w, "wall_ns", run->wall_ns);
    jw_key_int_or_null(w, "cpu_ns", run->cpu_ns);
    jw_key(w, "outcome");
    jw_value(w, run->outcome);
    jw_key_string(w, "ended_by", json_ended_by(run, text, sizeof text));
    json_write_deadlock(w, run);
    jw_key_string(w, "detail", run->detail);
    jw_key_bool(w, "disturbed", run->disturbed);
    jw_key(w, "dropped_events");
    jw_uint(w, run->timeline.dropped_events);
    jw_key(w, "printed");
    if (run->printed != NULL)
        jw_bytes(w, run->printed, run->printed_bytes);
    else
        jw_null(w);
    jw_key(w, "printed_lost");
    jw_uint(w, run->printed_lost);
    write_captured(w, report, run);
    jw_key_bool(w, "lanes_kept", !run->is_thinned);
    json_write_lanes(w, &run->timeline);
    jw_close(w);
}

/** The first thing that went wrong in a variant's runs. */
static int write_error(struct json_writer *w, const struct report *report,
                       const struct variant_report *variant)
{
    const struct run *run = failed_run(variant);
    char *error = run != NULL ? failure_words(report, run, false) : NULL;
    jw_key_string(w, "error", error);
    free(error);
    return run != NULL && error == NULL ? UV_ENOMEM : 0;
}

static int write_verdict(struct json_writer *w, const struct report *report,
                         size_t number)
{
    char *text = card_verdict(report, number, false);
    if (text == NULL)
        return UV_ENOMEM;
    jw_key_string(w, "verdict", text);
    free(text);
    return 0;
}

/** "next": what the card would try next, a question and a command line. */
static int write_next(struct json_writer *w, const struct report *report)
{
    char *text = card_next(report, false);
    if (text == NULL)
        return UV_ENOMEM;
    char *tab = strchr(text, '\t');
    jw_key(w, "next");
    if (tab != NULL) {
        *tab = '\0';
        jw_object(w, JW_LINE);
        jw_key_string(w, "question", text);
        jw_key_string(w, "command", tab + 1);
        jw_close(w);
    } else {
        jw_null(w);
    }
    free(text);
    return 0;
}

static void key_ratio(struct json_writer *w, const char *key, double ratio)
{
    if (ratio > 0)
        jw_key_real(w, key, ratio);
    else
        jw_key_null(w, key);
}

static void write_times(struct json_writer *w, const struct variant_report *variant)
{
    bool measured = variant->comparable > 0;
    jw_key_int_or_null(w, "wall_ns", measured ? variant->wall.median : -1);
    jw_key(w, "spread_ns");
    if (measured) {
        jw_array(w, JW_LINE);
        jw_int(w, variant->wall.min);
        jw_int(w, variant->wall.max);
        jw_close(w);
    } else {
        jw_null(w);
    }
    jw_key_int_or_null(w, "ideal_ns", variant->ideal_ns);
    if (measured && variant->ideal_ns >= 0)
        jw_key_int(w, "overhead_ns", variant->wall.median - variant->ideal_ns);
    else
        jw_key_null(w, "overhead_ns");
    jw_key_int_or_null(w, "cpu_ns", variant->run_count > 0 ? variant->cpu_ns : -1);
    key_ratio(w, "speedup", variant->speedup);
    key_ratio(w, "possible", variant->possible);
}

static int write_variant(struct json_writer *w, const struct report *report,
                         size_t number)
{
    static const char *const statuses[] = {
        [VARIANT_PENDING] = "pending", [VARIANT_RUNNING] = "running",
        [VARIANT_DONE] = "done",       [VARIANT_SKIPPED] = "skipped",
        [VARIANT_PARTIAL] = "partial",
    };
    const struct variant_report *variant = &report->variants[number];
    jw_object(w, JW_LINES);
    jw_key_string(w, "name", variant->variant->name);
    jw_key_bool(w, "ok", variant->status == VARIANT_DONE);
    jw_key_string(w, "status", statuses[variant->status]);
    jw_key_string(w, "skipped", variant->status == VARIANT_SKIPPED ? "limit" : NULL);
    int result = write_error(w, report, variant);
    write_times(w, variant);
    jw_key_int_or_null(w, "shown",
                       variant->run_count > 0 ? (int64_t)variant->shown : -1);
    jw_key(w, "outcome");
    jw_value(w, variant->outcome);
    if (result == 0)
        result = write_verdict(w, report, number);
    json_write_exhibits(w, report, number);
    json_write_sweep(w, variant);
    jw_key(w, "runs");
    jw_array(w, JW_LINES);
    for (size_t i = 0; i < variant->run_count; i++)
        write_run(w, report, &variant->runs[i]);
    jw_close(w);
    jw_close(w);
    return result;
}

/** What the whole report adds up to. */
static void write_state(struct json_writer *w, const struct report *report)
{
    bool disturbed = false;
    uint64_t dropped = 0;
    for (size_t i = 0; i < report->variant_count; i++)
        for (size_t j = 0; j < report->variants[i].run_count; j++) {
            disturbed |= report->variants[i].runs[j].disturbed;
            dropped += report->variants[i].runs[j].timeline.dropped_events;
        }
    jw_key_string(w, "started", report->started);
    jw_key_bool(w, "complete", report->complete);
    jw_key_bool(w, "disturbed", disturbed);
    jw_key(w, "dropped_events");
    jw_uint(w, dropped);
}

static void write_head(struct json_writer *w, const struct report *report)
{
    jw_key_string(w, "schema", "conc-run/1");
    jw_key_string(w, "conc", CONC_VERSION);
    jw_key_string(w, "demo", report->card->demo->name);
    jw_key(w, "argv");
    jw_array(w, JW_LINE);
    for (int i = 0; i < report->argc; i++)
        jw_string(w, report->argv[i]);
    jw_close(w);
    json_write_options(w, report);
    jw_key(w, "seed");
    jw_uint(w, report->options->seed);
    write_tasks(w, report->options);
    write_state(w, report);
    json_write_machine(w, report);
    json_write_predictions(w, report);
}

int json_write(const struct report *report, const struct style *style, FILE *out)
{
    (void)style;
    struct json_writer w;
    json_writer_init(&w, out);
    jw_object(&w, JW_LINES);
    write_head(&w, report);
    int result = json_write_sites(&w, report);
    json_write_flows(&w, report);
    jw_key(&w, "variants");
    jw_array(&w, JW_LINES);
    for (size_t i = 0; i < report->variant_count && result == 0; i++)
        result = write_variant(&w, report, i);
    jw_close(&w);
    json_write_measures(&w, report);
    if (result == 0)
        result = write_next(&w, report);
    jw_close(&w);
    return result;
}
