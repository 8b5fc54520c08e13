// SPDX-License-Identifier: MIT
#include "view/json/options.h"

#include "view/view.h"

#include <string.h>

const char *json_work_name(enum work_kind work)
{
    return work == WORK_CPU ? "cpu" : "wait";
}

static const char *when_name(enum when when)
{
    return when == WHEN_AUTO ? "auto" : when == WHEN_ALWAYS ? "always" : "never";
}

static void write_outputs(struct json_writer *w, const struct options *options)
{
    jw_key(w, "outputs");
    jw_array(w, JW_LINE);
    for (size_t i = 0; i < options->output_count; i++) {
        jw_object(w, JW_LINE);
        jw_key_string(w, "path", options->outputs[i].path);
        jw_key_string(w, "format", options->outputs[i].view->name);
        jw_close(w);
    }
    jw_close(w);
}

static void write_chosen(struct json_writer *w, const struct report *report)
{
    jw_key(w, "variants");
    jw_array(w, JW_LINE);
    for (size_t i = 0; i < report->variant_count; i++)
        jw_string(w, report->variants[i].variant->name);
    jw_close(w);
}

static void write_asked_tasks(struct json_writer *w, const struct tasks *tasks)
{
    jw_key_int(w, "tasks", (int64_t)tasks->count);
    jw_key(w, "ttl_ns");
    jw_array(w, JW_LINE);
    for (size_t i = 0; i < tasks->count; i++)
        jw_int(w, tasks->at[i].ttl_ns);
    jw_close(w);
    jw_key(w, "names");
    jw_array(w, JW_LINE);
    for (size_t i = 0; i < tasks->count; i++)
        jw_string(w, tasks->at[i].name);
    jw_close(w);
}

struct json_key json_own_key(const struct own_option *own)
{
    struct json_key key;
    snprintf(key.text, sizeof key.text, "%s%s", own->name + strspn(own->name, "-"),
             own->kind == OWN_TIME ? "_ns" : "");
    for (char *at = key.text; *at != '\0'; at++)
        if (*at == '-')
            *at = '_';
    return key;
}

static void write_own_value(struct json_writer *w, const struct own_option *own,
                            int64_t value)
{
    size_t length;
    if (own->kind == OWN_FLAG) {
        jw_bool(w, value != 0);
    } else if (own->kind == OWN_RANGE && value == 0) {
        jw_null(w);
    } else if (own->kind == OWN_RANGE) {
        jw_array(w, JW_LINE);
        jw_int(w, own_range(value).from);
        jw_int(w, own_range(value).to);
        jw_close(w);
    } else if (own->kind == OWN_WORD) {
        const char *word = own_word(own, value, &length);
        jw_bytes(w, word, length);
    } else {
        jw_int(w, value);
    }
}

static void write_own_options(struct json_writer *w, const struct report *report)
{
    const struct own_option *own = report->card->options;
    const int64_t *values = report->options->own;
    for (size_t i = 0; own != NULL && values != NULL && own[i].name != NULL; i++) {
        jw_key(w, json_own_key(&own[i]).text);
        write_own_value(w, &own[i], values[i]);
    }
}

/** Null where none were given, and no such key where none can be. */
static void write_programs(struct json_writer *w, const struct report *report)
{
    const struct options *options = report->options;
    if (!report->card->takes_programs)
        return;
    jw_key(w, "programs");
    if (options->programs == NULL) {
        jw_null(w);
        return;
    }
    jw_array(w, JW_LINES);
    for (size_t i = 0; i < options->tasks.count; i++) {
        jw_array(w, JW_LINE);
        for (char **word = options->programs[i]; *word != NULL; word++)
            jw_bytes(w, *word, strlen(*word));
        jw_close(w);
    }
    jw_close(w);
}

void json_write_options(struct json_writer *w, const struct report *report)
{
    const struct options *options = report->options;
    jw_key(w, "options");
    jw_object(w, JW_LINES);
    write_asked_tasks(w, &options->tasks);
    jw_key_string(w, "work", json_work_name(options->work));
    jw_key_int(w, "cores", options->cores);
    jw_key_int(w, "repeat", options->repeat);
    write_chosen(w, report);
    jw_key_real(w, "speed", options->speed);
    jw_key_int(w, "limit_ns", options->limit_ns);
    jw_key(w, "seed");
    jw_uint(w, options->seed);
    jw_key_int_or_null(w, "from_ns", options->from_ns);
    jw_key_int_or_null(w, "to_ns", options->to_ns);
    jw_key_string(w, "live", when_name(options->live));
    jw_key_string(w, "color", when_name(options->color));
    jw_key_bool(w, "plain", options->plain);
    jw_key_bool(w, "explain", options->explain);
    jw_key_bool(w, "ascii", options->ascii);
    jw_key_bool(w, "quiet", options->quiet);
    jw_key_int_or_null(w, "width", options->width == 0 ? -1 : (int64_t)options->width);
    write_outputs(w, options);
    write_own_options(w, report);
    write_programs(w, report);
    jw_close(w);
}
