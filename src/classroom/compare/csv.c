// SPDX-License-Identifier: MIT
#include "classroom/compare/view.h"

#include "view/csv_field.h"

#include <inttypes.h>
#include <uv.h>

static const char head[] =
    "file,demo,variant,conc,started,os,cpu,cores,cores_used,runs,comparable,"
    "deadlocked,cut,disturbed,wall_ns,min_ns,max_ns,ideal_ns,overhead_ns,cpu_ns,"
    "speedup,speedup_is,to_first,to_first_is,predicted_ns,predicted_count,"
    "predicted_ends,counted_min,counted_max,reason,votes\r\n";

static void put_number(FILE *out, bool is_known, int64_t ns)
{
    if (is_known)
        fprintf(out, "%" PRId64, ns);
    fputc(',', out);
}

static void put_ratio(FILE *out, double ratio, enum judgement is)
{
    static const char *const words[] = {[JUDGE_NONE] = "",
                                        [JUDGE_SINGLE] = "single run",
                                        [JUDGE_NOISE] = "noise",
                                        [JUDGE_APART] = "apart"};
    if (ratio > 0)
        fprintf(out, "%.9g", ratio);
    fprintf(out, ",%s,", words[is]);
}

static void put_guess(FILE *out, const struct guess *guess)
{
    bool given = guess->is_given;
    put_number(out, given && guess->what == PREDICT_TIME, guess->value);
    put_number(out, given && guess->what == PREDICT_COUNT, guess->value);
    if (given && guess->what == PREDICT_END)
        fputs(guess->value != 0 ? "true" : "false", out);
    fputc(',', out);
}

static int put_names(FILE *out, const struct compared_file *file,
                     const struct entry *entry)
{
    const char *const names[] = {file->label,      file->demo,    entry->name,
                                 file->conc,       file->started, file->machine.os,
                                 file->machine.cpu};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (csv_put_text(out, names[i]) != 0)
            return UV_ENOMEM;
        fputc(',', out);
    }
    return 0;
}

static void put_figures(FILE *out, const struct entry *entry)
{
    bool known = entry->wall_count > 0;
    fprintf(out, "%zu,%zu,%zu,%zu,%zu,", entry->run_count, entry->wall_count,
            entry->stuck, entry->cut, entry->stopped);
    put_number(out, known, entry->wall.median);
    put_number(out, known, entry->wall.min);
    put_number(out, known, entry->wall.max);
    put_number(out, entry->ideal_ns >= 0, entry->ideal_ns);
    put_number(out, known && entry->ideal_ns >= 0,
               entry->wall.median - entry->ideal_ns);
    put_number(out, entry->cpu_ns >= 0, entry->cpu_ns);
    put_ratio(out, entry->speedup, entry->speedup_is);
    put_ratio(out, entry->to_first, entry->to_first_is);
    put_guess(out, &entry->guess);
    put_number(out, entry->counted_min >= 0, entry->counted_min);
    put_number(out, entry->counted_max >= 0, entry->counted_max);
}

static int put_entry(FILE *out, const struct compared_file *file,
                     const struct entry *entry)
{
    if (put_names(out, file, entry) != 0)
        return UV_ENOMEM;
    fprintf(out, "%u,%u,", file->machine.cores, file->cores_used);
    put_figures(out, entry);
    int result = csv_put_text(out, entry->guess.reason);
    fputc(',', out);
    if (entry->guess.votes > 0)
        fprintf(out, "%zu", entry->guess.votes);
    fputs("\r\n", out);
    return result;
}

int compare_write_csv(const struct comparison *comparison, const struct style *style,
                      FILE *out)
{
    (void)style;
    int result = 0;
    fputs(head, out);
    for (size_t i = 0; i < comparison->demo_count; i++) {
        const struct compared_demo *demo = &comparison->demos[i];
        for (size_t j = 0; j < demo->variant_count; j++)
            for (size_t k = 0; k < demo->variants[j].count && result == 0; k++) {
                const struct entry *entry = demo->variants[j].entries[k];
                result = put_entry(out, &comparison->files[entry->file], entry);
            }
    }
    return result;
}
