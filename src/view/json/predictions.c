// SPDX-License-Identifier: MIT
#include "view/json/predictions.h"

#include "card.h"

/** By the kind of it: a time, a count, or whether it ends. */
static void write_value(struct json_writer *w, enum predicted kind, int64_t value)
{
    if (kind == PREDICT_END)
        jw_key_bool(w, "ends", value != 0);
    else
        jw_key_int(w, kind == PREDICT_COUNT ? "count" : "value_ns", value);
}

static const char *variant_name(const struct report *report, size_t variant)
{
    return report->card->demo->variants[variant].name;
}

static void write_own(struct json_writer *w, const struct report *report)
{
    const struct options *options = report->options;
    jw_key(w, "prediction");
    if (options->prediction_count == 0) {
        jw_null(w);
        return;
    }
    jw_array(w, JW_LINES);
    for (size_t i = 0; i < options->prediction_count; i++) {
        const struct prediction *prediction = &options->predictions[i];
        jw_object(w, JW_LINE);
        jw_key_string(w, "variant", variant_name(report, prediction->variant));
        write_value(w, report->card->predicts, prediction->value);
        jw_key_string(w, "reason", prediction->reason);
        jw_close(w);
    }
    jw_close(w);
}

static void write_votes(struct json_writer *w, enum predicted kind,
                        const struct votes *votes)
{
    if (votes == NULL) {
        jw_null(w);
        return;
    }
    jw_array(w, JW_LINES);
    for (size_t i = 0; i < votes->count; i++) {
        jw_object(w, JW_LINE);
        write_value(w, kind, votes->at[i].value);
        jw_key_string(w, "reason", votes->at[i].reason);
        jw_close(w);
    }
    jw_close(w);
}

void json_write_predictions(struct json_writer *w, const struct report *report)
{
    const struct options *options = report->options;
    write_own(w, report);
    if (options->votes == NULL)
        return;
    jw_key(w, "class");
    jw_object(w, JW_LINES);
    jw_key_string(w, "variant", variant_name(report, options->voted_on));
    jw_key(w, "votes");
    write_votes(w, report->card->predicts, options->votes);
    jw_key(w, "again");
    write_votes(w, report->card->predicts, options->again);
    jw_close(w);
}
