// SPDX-License-Identifier: MIT
#include "all_verdict.h"

#include "all_facts.h"
#include "card_words.h"
#include "stage/clock.h"
#include "text/quantity.h"

/** Those of the variants, in the table's order, of which something holds. */
struct names {
    const char *at[8];
    size_t count;
};

static void begin_sentence(FILE *out)
{
    if (ftell(out) > 0)
        fputc(' ', out);
}

static void put_names(const struct names *names, FILE *out)
{
    for (size_t i = 0; i < names->count; i++)
        fprintf(out, "%s%s",
                i == 0                 ? ""
                : i + 1 < names->count ? ", "
                                       : " and ",
                names->at[i]);
}

/** What was nearer to all at once than to one after the other; how late it was. */
static struct names at_once(const struct report *report, int64_t *latest_ns)
{
    int64_t total = total_ns(&report->options->tasks);
    struct names names = {.count = 0};

    *latest_ns = 0;
    for (size_t i = 0; i < report->variant_count; i++) {
        const struct variant_report *variant = &report->variants[i];

        if (!has_time(variant) || variant->ideal_ns >= total ||
            variant->wall.median > variant->ideal_ns / 2 + total / 2 ||
            (all_has_workers(variant->variant) &&
             variant->ideal_ns > longest_ttl_ns(&report->options->tasks)))
            continue;
        names.at[names.count++] = variant->variant->name;
        if (variant->wall.median > *latest_ns)
            *latest_ns = variant->wall.median;
    }
    return names;
}

static void say_at_once(const struct report *report, FILE *out)
{
    const struct tasks *tasks = &report->options->tasks;
    int64_t latest_ns;
    struct names names = at_once(report, &latest_ns);

    if (names.count == 0)
        return;
    begin_sentence(out);
    put_names(&names, out);
    fprintf(
        out,
        " let the waits go on at once, and took %s%s: the longest wait is %s, their "
        "sum is %s.",
        duration_text(latest_ns, false).text, names.count > 1 ? " at most" : "",
        chosen_text(longest_ttl_ns(tasks)).text, chosen_text(total_ns(tasks)).text);
}

/** More tasks than workers: what waits holds a worker all the same. */
static void say_bound(const struct report *report, FILE *out)
{
    const struct variant_report *pool = timed_variant(report, "pool");
    const struct options *options = report->options;

    if (pool == NULL)
        pool = timed_variant(report, "processes");
    if (pool == NULL || options->tasks.count <= options->cores ||
        pool->ideal_ns <= longest_ttl_ns(&options->tasks))
        return;
    begin_sentence(out);
    fprintf(out,
            "%s has %u worker%s for %s tasks, and a worker that waits does nothing "
            "else: it took %s, and could not have taken less than %s.",
            pool->variant->name, options->cores, options->cores == 1 ? "" : "s",
            count_text(options->tasks.count).text,
            duration_text(pool->wall.median, false).text,
            duration_text(pool->ideal_ns, false).text);
}

/** Which of the ways that should be faster than `sequential` compare so with it. */
static struct names compared(const struct report *report, enum finding finding)
{
    const struct variant_report *first = sequential_of(report);
    struct names names = {.count = 0};

    for (size_t i = 0; i < report->variant_count && first != NULL; i++) {
        const struct variant_report *variant = &report->variants[i];

        if (has_time(variant) && variant->ideal_ns < first->ideal_ns &&
            compare_walls(variant, first) == finding)
            names.at[names.count++] = variant->variant->name;
    }
    return names;
}

/** Ways that are there to be faster, and took longer than no way at all. */
static void say_slow(const struct report *report, FILE *out)
{
    struct names names = compared(report, MORE);

    if (names.count == 0)
        return;
    begin_sentence(out);
    put_names(&names, out);
    fprintf(out, " took longer than the tasks one after the other: making so many "
                 "flows costs more here than it saves.");
}

/** What it is that they start, from the lightest to the heaviest. */
static const struct {
    const char *variant, *what;
} flows[] = {{"threads", "a thread"},
             {"fork", "a forked process"},
             {"spawn", "a program of its own"}};

#define FLOWS (sizeof flows / sizeof *flows)

/** What a flow costs to make, where several runs tell the kinds of flow apart. */
static void say_starts(const struct report *report, FILE *out)
{
    struct spread spread[FLOWS];
    size_t runs, least = SIZE_MAX;
    bool is_ordered = true;

    for (size_t i = 0; i < FLOWS; i++) {
        const struct variant_report *variant = timed_variant(report, flows[i].variant);

        runs = variant != NULL ? start_of_flows(variant, &spread[i]) : 0;
        least = runs < least ? runs : least;
    }
    if (least < FEW_RUNS)
        return;
    begin_sentence(out);
    fprintf(out, "From the call to its first act");
    for (size_t i = 0; i < FLOWS; i++)
        fprintf(out, "%s %s%s %s",
                i == 0          ? ""
                : i + 1 < FLOWS ? ","
                                : " and",
                flows[i].what, i == 0 ? " took" : "",
                duration_text(spread[i].median, false).text);
    for (size_t i = 1; i < FLOWS; i++)
        if (compare_ranges(&spread[i], &spread[i - 1], least) != MORE)
            is_ordered = false;
    if (is_ordered)
        fprintf(out, ", in this order in every run.");
    else
        fprintf(out, "; %s runs on this machine do not tell their order.",
                count_text(least).text);
}

/**
 * libuv's timers are rounded up; and Linux lets what waits in epoll_wait(2) sleep a
 * thousandth longer than it asked for (fs/select.c, select_estimate_accuracy()).
 */
static const char *why_late(int64_t late_ns, int64_t longest_ns)
{
    if (late_ns < 2 * NS_PER_MS)
        return ": its timers count whole milliseconds";
    if (late_ns < 2 * NS_PER_MS + longest_ns / 1000)
        return ": its timers count whole milliseconds, and Linux lets it sleep up to "
               "0.1% longer";
    return "";
}

/** "async is faster than threads". */
static void say_loop(const struct report *report, FILE *out)
{
    const struct variant_report *loop = timed_variant(report, "loop");
    const struct variant_report *threads = timed_variant(report, "threads");
    enum finding finding;
    int64_t more_ns;

    if (loop == NULL || threads == NULL)
        return;
    finding = compare_walls(loop, threads);
    if (finding != UNKNOWN)
        begin_sentence(out);
    more_ns = loop->wall.median - threads->wall.median;
    if (finding == NOISE)
        fprintf(out, "loop was no faster than threads: the difference is within the "
                     "noise. It needs no thread for a wait; the wait is as long.");
    else if (finding == MORE)
        fprintf(out, "loop was no faster than threads, but %s slower%s.",
                duration_text(more_ns, false).text,
                why_late(more_ns, longest_ttl_ns(&report->options->tasks)));
    else if (finding == LESS)
        fprintf(out,
                "loop was %s faster than threads: what it saves is to make a "
                "thread for each task, not to wait.",
                duration_text(-more_ns, false).text);
}

/** "Processes are slow". */
static void say_processes(const struct report *report, FILE *out)
{
    const struct variant_report *pool = timed_variant(report, "pool");
    const struct variant_report *processes = timed_variant(report, "processes");
    enum finding finding;
    int64_t more_ns;

    if (pool == NULL || processes == NULL)
        return;
    finding = compare_walls(processes, pool);
    if (finding != UNKNOWN)
        begin_sentence(out);
    more_ns = processes->wall.median - pool->wall.median;
    if (finding == NOISE)
        fprintf(out, "Between worker processes and worker threads there is no "
                     "difference beyond the noise.");
    else if (finding == MORE)
        fprintf(out,
                "Worker processes took %s more than worker threads, %.2g%% of "
                "the whole.",
                duration_text(more_ns, false).text,
                100 * (double)more_ns / (double)processes->wall.median);
    else if (finding == LESS)
        fprintf(out, "Worker processes were %s faster than worker threads.",
                duration_text(-more_ns, false).text);
}

static void verdict_on_waits(const struct report *report, FILE *out)
{
    say_at_once(report, out);
    say_bound(report, out);
    say_slow(report, out);
    say_starts(report, out);
    say_loop(report, out);
    say_processes(report, out);
}

/** On more than one core: who used them. */
static void say_cores(const struct report *report, FILE *out)
{
    struct names faster = compared(report, LESS), unclear = compared(report, NOISE);

    if (faster.count > 0) {
        begin_sentence(out);
        put_names(&faster, out);
        fprintf(out, " computed on %u cores at once.", report->options->cores);
    }
    if (unclear.count > 0) {
        begin_sentence(out);
        fprintf(out, "Whether ");
        put_names(&unclear, out);
        fprintf(out, " gained anything, these runs do not tell: their times spread too "
                     "far.");
    }
}

/** "Async is faster than threads", of what computes. */
static void say_fallback(const struct report *report, FILE *out)
{
    const struct variant_report *loop = timed_variant(report, "loop");
    const struct variant_report *threads = timed_variant(report, "threads");

    if (loop == NULL)
        return;
    begin_sentence(out);
    fprintf(out, "loop has one thread, which computes one task after the other: %s",
            duration_text(loop->wall.median, false).text);
    if (threads != NULL && compare_walls(loop, threads) == MORE)
        fprintf(out, ", %.2f times as long as threads",
                (double)loop->wall.median / (double)threads->wall.median);
    fputc('.', out);
}

static void verdict_on_computing(const struct report *report, FILE *out)
{
    if (report->options->cores == 1)
        fprintf(out,
                "One core computes one thing at a time, whoever asks it to: no way "
                "can beat the sum, %s.",
                chosen_text(total_ns(&report->options->tasks)).text);
    else {
        say_cores(report, out);
        say_fallback(report, out);
    }
    say_slow(report, out);
    say_starts(report, out);
    say_processes(report, out);
}

/** One on all of them, said of the last. */
void all_verdict(const struct report *report, size_t index, FILE *out)
{
    const struct tasks *tasks = &report->options->tasks;

    if (index + 1 < report->variant_count)
        return;
    if (longest_ttl_ns(tasks) == total_ns(tasks)) {
        fprintf(out, "There is nothing that could overlap: what is over the ideal is "
                     "what the ways cost.");
        say_starts(report, out);
    } else if (report->options->work == WORK_WAIT) {
        verdict_on_waits(report, out);
    } else {
        verdict_on_computing(report, out);
    }
}
