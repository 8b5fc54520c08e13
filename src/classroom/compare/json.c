// SPDX-License-Identifier: MIT
#include "classroom/compare/view.h"

#include "view/json/writer.h"

#include <string.h>

static void key_label(struct json_writer *w, const struct comparison *comparison,
                      size_t file)
{
    jw_key_string(w, "label", comparison->files[file].label);
}

static void write_file(struct json_writer *w, const struct compared_file *file)
{
    jw_object(w, JW_LINES);
    jw_key_string(w, "path", file->path);
    jw_key_string(w, "label", file->label);
    jw_key_string(w, "demo", file->demo);
    jw_key_string(w, "conc", file->conc);
    jw_key_string(w, "started", file->started);
    jw_key_bool(w, "complete", file->complete);
    jw_key_bool(w, "disturbed", file->disturbed);
    jw_key(w, "machine");
    jw_object(w, JW_LINE);
    jw_key_string(w, "os", file->machine.os);
    jw_key_string(w, "kernel", file->machine.kernel);
    jw_key_string(w, "cpu", file->machine.cpu);
    jw_key_int(w, "cores", file->machine.cores);
    jw_key_int(w, "cores_used", file->cores_used);
    if (file->machine.cpu_quota > 0)
        jw_key_real(w, "cpu_quota", file->machine.cpu_quota);
    else
        jw_key_null(w, "cpu_quota");
    jw_close(w);
    jw_key(w, "options");
    jw_value(w, file->options);
    jw_close(w);
}

static void write_skipped(struct json_writer *w, const struct comparison *comparison)
{
    jw_key(w, "skipped");
    jw_array(w, JW_LINES);
    for (size_t i = 0; i < comparison->skipped_count; i++) {
        jw_object(w, JW_LINE);
        jw_key_string(w, "path", comparison->skipped[i].path);
        jw_key_string(w, "error", comparison->skipped[i].error.text);
        jw_close(w);
    }
    jw_close(w);
}

static void write_difference(struct json_writer *w, const struct comparison *comparison,
                             const struct difference *difference)
{
    jw_object(w, JW_LINES);
    jw_key_string(w, "what", difference->what);
    jw_key(w, "values");
    jw_array(w, JW_LINES);
    for (size_t i = 0; i < difference->count; i++) {
        const struct difference_value *value = &difference->values[i];
        jw_object(w, JW_LINE);
        jw_key(w, "value");
        jw_value(w, value->json);
        jw_key(w, "files");
        jw_array(w, JW_LINE);
        for (size_t j = 0; j < value->count; j++)
            jw_string(w, comparison->files[value->files[j]].label);
        jw_close(w);
        jw_close(w);
    }
    jw_close(w);
    jw_close(w);
}

static void write_wall(struct json_writer *w, const struct spread *wall, bool measured)
{
    jw_key_int_or_null(w, "wall_ns", measured ? wall->median : -1);
    jw_key(w, "spread_ns");
    if (!measured) {
        jw_null(w);
        return;
    }
    jw_array(w, JW_LINE);
    jw_int(w, wall->min);
    jw_int(w, wall->max);
    jw_close(w);
}

static void write_ratio(struct json_writer *w, const char *key, double ratio,
                        enum judgement is)
{
    static const char *const words[] = {[JUDGE_NONE] = NULL,
                                        [JUDGE_SINGLE] = "single run",
                                        [JUDGE_NOISE] = "noise",
                                        [JUDGE_APART] = "apart"};
    char name[32];
    snprintf(name, sizeof name, "%s_is", key);
    if (ratio > 0)
        jw_key_real(w, key, ratio);
    else
        jw_key_null(w, key);
    jw_key_string(w, name, words[is]);
}

static void write_value(struct json_writer *w, enum predicted what, int64_t value)
{
    if (what == PREDICT_END)
        jw_key_bool(w, "ends", value != 0);
    else
        jw_key_int(w, what == PREDICT_COUNT ? "count" : "value_ns", value);
}

/** How many are behind it, and what they said before they talked. */
static void write_class(struct json_writer *w, const struct guess *guess)
{
    jw_key_int(w, "votes", (int64_t)guess->votes);
    if (guess->what == PREDICT_END)
        jw_key_int(w, "votes_for_ends", (int64_t)guess->ends);
    jw_key(w, "before");
    if (guess->before < 0) {
        jw_null(w);
        return;
    }
    jw_object(w, JW_LINE);
    write_value(w, guess->what, guess->before);
    jw_close(w);
}

static void write_guess(struct json_writer *w, const struct guess *guess)
{
    jw_key(w, "prediction");
    if (!guess->is_given) {
        jw_null(w);
        return;
    }
    jw_object(w, JW_LINE);
    write_value(w, guess->what, guess->value);
    jw_key_string(w, "reason", guess->reason);
    if (guess->votes > 0)
        write_class(w, guess);
    jw_close(w);
}

static void write_counted(struct json_writer *w, const struct entry *entry)
{
    jw_key(w, "counted");
    if (entry->counted_min < 0) {
        jw_null(w);
        return;
    }
    jw_array(w, JW_LINE);
    jw_int(w, entry->counted_min);
    jw_int(w, entry->counted_max);
    jw_close(w);
}

static void write_counts(struct json_writer *w, const struct entry *entry)
{
    jw_key_int(w, "runs", (int64_t)entry->run_count);
    jw_key_int(w, "comparable", (int64_t)entry->wall_count);
    jw_key_int(w, "deadlocked", (int64_t)entry->stuck);
    jw_key_int(w, "cut", (int64_t)entry->cut);
    jw_key_int(w, "disturbed", (int64_t)entry->stopped);
    jw_key_string(w, "skipped", entry->skipped ? "limit" : NULL);
}

static void write_entry(struct json_writer *w, const struct comparison *comparison,
                        const struct entry *entry)
{
    bool measured = entry->wall_count > 0;
    jw_object(w, JW_LINES);
    jw_key_int(w, "file", (int64_t)entry->file);
    key_label(w, comparison, entry->file);
    write_counts(w, entry);
    write_wall(w, &entry->wall, measured);
    jw_key_int_or_null(w, "ideal_ns", entry->ideal_ns);
    if (measured && entry->ideal_ns >= 0)
        jw_key_int(w, "overhead_ns", entry->wall.median - entry->ideal_ns);
    else
        jw_key_null(w, "overhead_ns");
    jw_key_int_or_null(w, "cpu_ns", entry->cpu_ns);
    write_ratio(w, "speedup", entry->speedup, entry->speedup_is);
    write_ratio(w, "to_first", entry->to_first, entry->to_first_is);
    write_guess(w, &entry->guess);
    write_counted(w, entry);
    jw_key(w, "runs_ns");
    jw_array(w, JW_LINE);
    for (size_t i = 0; i < entry->wall_count; i++)
        jw_int(w, entry->walls[i]);
    jw_close(w);
    jw_close(w);
}

static void write_variant(struct json_writer *w, const struct comparison *comparison,
                          const struct compared_variant *variant)
{
    jw_object(w, JW_LINES);
    jw_key_string(w, "name", variant->name);
    jw_key(w, "of_medians");
    jw_object(w, JW_LINE);
    write_wall(w, &variant->medians, variant->measured > 0);
    jw_close(w);
    jw_key(w, "rows");
    jw_array(w, JW_LINES);
    for (size_t i = 0; i < variant->count; i++)
        write_entry(w, comparison, variant->entries[i]);
    jw_close(w);
    jw_close(w);
}

static void write_demo(struct json_writer *w, const struct comparison *comparison,
                       const struct compared_demo *demo)
{
    jw_object(w, JW_LINES);
    jw_key_string(w, "demo", demo->name);
    jw_key(w, "not_alike");
    jw_array(w, JW_LINES);
    for (size_t i = 0; i < demo->difference_count; i++)
        write_difference(w, comparison, &demo->differences[i]);
    jw_close(w);
    jw_key(w, "variants");
    jw_array(w, JW_LINES);
    for (size_t i = 0; i < demo->variant_count; i++)
        write_variant(w, comparison, &demo->variants[i]);
    jw_close(w);
    jw_close(w);
}

int compare_write_json(const struct comparison *comparison, const struct style *style,
                       FILE *out)
{
    (void)style;
    struct json_writer w;
    json_writer_init(&w, out);
    jw_object(&w, JW_LINES);
    jw_key_string(&w, "schema", "conc-compare/1");
    jw_key_string(&w, "conc", CONC_VERSION);
    jw_key(&w, "files");
    jw_array(&w, JW_LINES);
    for (size_t i = 0; i < comparison->file_count; i++)
        write_file(&w, &comparison->files[i]);
    jw_close(&w);
    write_skipped(&w, comparison);
    jw_key(&w, "demos");
    jw_array(&w, JW_LINES);
    for (size_t i = 0; i < comparison->demo_count; i++)
        write_demo(&w, comparison, &comparison->demos[i]);
    jw_close(&w);
    jw_close(&w);
    return 0;
}
