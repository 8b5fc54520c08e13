// SPDX-License-Identifier: MIT
/**
 * Nonsense for the command line.  The input's NUL bytes part it into arguments; a byte
 * 1 to 31, or 0x80 and more, in front of one picks an option's name, so that the fuzzer
 * need not guess those; with "=" behind it the rest is its value.  Whatever it is: no
 * crash, and options within their ranges or one safe line.
 */

#include "fuzz.h"

#include "cli/options.h"
#include "stage/cores.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define MAX_ARGUMENTS 64

#ifdef __has_feature
#if __has_feature(address_sanitizer)
void __sanitizer_set_report_fd(void *fd);
#define REPORT_TO(fd) __sanitizer_set_report_fd((void *)(intptr_t)(fd))
#endif
#endif
#ifndef REPORT_TO
#define REPORT_TO(fd) ((void)(fd))
#endif

static const struct variant variants[] = {
    {.name = "first"}, {.name = "second"}, {.name = "hazard", .extra = true},
    {.name = "other"}, {.name = NULL},
};
static const struct demo demo = {.name = "fake", .variants = variants};

static int64_t ttl_of_last(const struct tasks *tasks)
{
    return tasks->at[tasks->count - 1].ttl_ns;
}

static const struct own_option own[] = {
    {.name = "--timeout", .value = "T", .kind = OWN_TIME, .preset_of = ttl_of_last},
    {.name = "--count", .value = "N", .kind = OWN_NUMBER, .min = 2, .max = 1000},
    {.name = "--natural", .kind = OWN_FLAG},
    {.name = "--story", .value = "one|two|three", .kind = OWN_WORD},
    {.name = "--seats",
     .value = "N",
     .kind = OWN_NUMBER,
     .min = 3,
     .max = 500,
     .counts_tasks = true},
    {.name = NULL},
};
static const struct goes_with company[] = {
    {"first", "--story", "one"},
    {"hazard", "--story", "two"},
    {"--natural", "--story", "one"},
    {.what = NULL},
};

static const char *no_hazard_in_a_crowd(const struct options *options)
{
    bool crowd = options->tasks.count > 10;
    return crowd && options->chosen[2] ? "hazard is for 10 tasks at most" : NULL;
}

/** What begins so is a line for a card that takes programs. */
#define TAKES_PROGRAMS 0x7f

static struct card card = {
    .demo = &demo,
    .options = own,
    .goes_with = company,
    .min_tasks = 2,
    .ttl_ns = 100000000,
    .objects = no_hazard_in_a_crowd,
};

/** What stands in standard error's place while a line is read. */
static int said = -1;

static void set_up(void)
{
    said = memfd_create("said", MFD_CLOEXEC);
    fuzz_stderr = dup(STDERR_FILENO);
    if (said < 0 || fuzz_stderr < 0)
        abort();
    REPORT_TO(fuzz_stderr);
}

static void check_line(void)
{
    char line[2048];
    ssize_t length = pread(said, line, sizeof line, 0);
    INSIST(length > 11 && length < 1000);
    INSIST(memcmp(line, "conc fake: ", 11) == 0);
    for (ssize_t i = 0; i < length; i++)
        INSIST((line[i] == '\n') == (i + 1 == length));
    for (ssize_t i = 0; i + 1 < length; i++)
        INSIST(line[i] >= ' ' && line[i] < 0x7f);
}

static void check_tasks(const struct options *options)
{
    const struct tasks *tasks = &options->tasks;
    INSIST(tasks->count >= 2 && tasks->count <= 1000000);
    for (size_t i = 0; i < tasks->count; i++) {
        const struct task *task = &tasks->at[i];
        size_t cut = strlen(task->thread_name);
        INSIST(task->number == i);
        INSIST(task->ttl_ns >= 0 && task->ttl_ns <= INT64_C(8640000000000000));
        INSIST(task->name[0] && !memchr(task->name, ',', strlen(task->name)));
        INSIST(cut <= 15 && memcmp(task->thread_name, task->name, cut) == 0);
        INSIST(cut == strlen(task->name) || cut >= 12);
    }
}

static void check_company(const struct options *options)
{
    const bool *chosen = options->chosen;
    int64_t story = options->own[3], seats = options->own[4];
    INSIST(story >= 0 && story <= 2);
    INSIST(story == 0 || (!chosen[0] && options->own[2] == 0));
    INSIST(story == 1 || !chosen[2]);
    INSIST(chosen[0] || chosen[1] || chosen[2] || chosen[3]);
    INSIST(options->tasks.count <= 10 || !chosen[2]);
    INSIST(seats == 0 || (size_t)seats == options->tasks.count);
}

static void check_predictions(const struct options *options)
{
    bool seen[4] = {false};
    for (size_t i = 0; i < options->prediction_count; i++) {
        const struct prediction *one = &options->predictions[i];
        INSIST(one->variant >= 1 && one->variant <= 3 && !seen[one->variant]);
        INSIST(options->chosen[one->variant]);
        INSIST(one->value >= 0 && one->value <= INT64_C(86400000000000));
        INSIST(one->reason == NULL || one->reason[0] != '\0');
        INSIST(prediction_on(options, one->variant) == one);
        seen[one->variant] = true;
    }
}

static void check_options(const struct options *options)
{
    INSIST(options->cores >= 1 && options->cores <= cores_allowed());
    INSIST(options->repeat >= 1 && options->repeat <= 10000);
    INSIST(options->speed >= 0.01 && options->speed <= 1000);
    INSIST(options->limit_ns >= 0 && options->limit_ns <= INT64_C(86400000000000));
    INSIST(options->to_ns == -1 || options->to_ns > options->from_ns);
    INSIST(options->width <= 300);
    INSIST(options->own[0] >= 0 && options->own[0] <= INT64_C(8640000000000000));
    INSIST(options->own[1] == 0 || (options->own[1] >= 2 && options->own[1] <= 1000));
    INSIST(options->own[2] == 0 || options->own[2] == 1);
    check_company(options);
    check_predictions(options);
    for (size_t i = 0; i < options->output_count; i++)
        INSIST(options->outputs[i].path[0] && options->outputs[i].view);
}

/** "--predict" and "=quick=1". */
static char *join(const char *option, const char *value)
{
    char *both = NULL;
    return asprintf(&both, "%s%s", option, value) < 0 ? NULL : both;
}

/** @joined: where arguments are put that the caller frees; zeroed. */
static size_t split(char *text, size_t size, char **argv, char **joined)
{
    size_t count = 0, common = 0;
    while (common_options[common].name)
        common++;
    static char name[] = "fake";
    argv[count++] = name;
    for (char *at = text; at < text + size && count < MAX_ARGUMENTS;) {
        size_t which = (unsigned char)*at;
        which = which >= 0x80 ? which - 0x80 + 32 : which < ' ' ? which : 0;
        if (which >= 1 && which <= common + own_count(&card)) {
            const char *option = which <= common ? common_options[which - 1].name
                                                 : own[which - 1 - common].name;
            at++;
            if (*at == '=' && (*joined = join(option, at)) != NULL) {
                argv[count++] = *joined++;
                at += strlen(at) + 1;
            } else {
                argv[count++] = (char *)(uintptr_t)option;
            }
        } else {
            argv[count++] = at;
            at += strlen(at) + 1;
        }
    }
    argv[count] = NULL;
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *argv[MAX_ARGUMENTS + 2], *text = calloc(1, size + 1);
    char *joined[MAX_ARGUMENTS + 2] = {NULL};
    struct options options;
    if (said < 0)
        set_up();
    if (size > 0)
        memcpy(text, data, size);
    card.takes_programs = size > 0 && data[0] == TAKES_PROGRAMS;
    int argc = (int)split(text + card.takes_programs, size - card.takes_programs, argv,
                          joined);

    dup2(said, STDERR_FILENO);
    enum cli_action action = options_parse(&options, &card, argc, argv);
    dup2(fuzz_stderr, STDERR_FILENO);
    off_t length = lseek(said, 0, SEEK_CUR);
    if (action == CLI_BAD)
        check_line();
    else
        INSIST(length == 0 && action != CLI_FAILED);
    if (length > 0) {
        lseek(said, 0, SEEK_SET);
        INSIST(ftruncate(said, 0) == 0);
    }
    free(text);
    for (size_t i = 0; joined[i] != NULL; i++)
        free(joined[i]);
    if (action == CLI_RUN) {
        check_tasks(&options);
        check_options(&options);
        options_destroy(&options);
    }
    return 0;
}
