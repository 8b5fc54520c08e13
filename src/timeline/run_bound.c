// SPDX-License-Identifier: MIT
/**
 * Run, bounded by the CPU clock: what no event tells is run, but a lane cannot have
 * run for longer than it spent CPU time.  The rest it was ready: it lost its core where
 * nobody read a clock.
 */

#include "timeline/timeline_build.h"

#include <stdlib.h>
#include <uv.h>

/** The clocks are not read at the same moments as the events. */
#define TOLERANCE_NS 200000

/**
 * Pieces of run are classed by whether they are of no task, whose work tells itself
 * when it loses its core, and then by their length's logarithm.  The higher the class,
 * the likelier it was not run: a lane loses its core seldom, and for long.
 */
#define LENGTHS 64
#define CLASSES (2 * LENGTHS)

struct bound {
    struct build *build;
    struct lane *lane;
    int64_t run_ns[CLASSES];
    unsigned least;  /**< what is of a higher class was not run at all */
    int64_t left_ns; /**< so much of that class was not, either */
    struct span *spans;
    size_t count, capacity;
};

static unsigned class_of(const struct span *span, int64_t length_ns)
{
    unsigned length = LENGTHS - 1 - (unsigned)__builtin_clzll((uint64_t)length_ns);
    return span->task == TASK_NONE ? LENGTHS + length : length;
}

/** Visit all spans; those of run from mark to mark, as at a mark a lane was running. */
static int visit_pieces(struct bound *b,
                        int (*visit)(struct bound *b, const struct span *span,
                                     int64_t from_ns, int64_t to_ns))
{
    const struct mark *marks = b->build->marks;
    size_t mark = 0, marks_end = b->lane->mark_count;
    int result = 0;
    for (size_t i = 0; i < b->lane->span_count && result == 0; i++) {
        const struct span *span = &b->build->spans[i];
        int64_t from_ns = span->start_ns;
        while (from_ns < span->end_ns && result == 0) {
            while (mark < marks_end && marks[mark].at_ns <= from_ns)
                mark++;
            int64_t to_ns = span->end_ns;
            if (span->state == STATE_RUN && mark < marks_end &&
                marks[mark].at_ns < to_ns)
                to_ns = marks[mark].at_ns;
            result = visit(b, span, from_ns, to_ns);
            from_ns = to_ns;
        }
    }
    return result;
}

static int count_piece(struct bound *b, const struct span *span, int64_t from_ns,
                       int64_t to_ns)
{
    if (span->state == STATE_RUN)
        b->run_ns[class_of(span, to_ns - from_ns)] += to_ns - from_ns;
    return 0;
}

static void find_least(struct bound *b, int64_t excess_ns)
{
    b->least = CLASSES - 1;
    while (b->least > 0 && b->run_ns[b->least] <= excess_ns)
        excess_ns -= b->run_ns[b->least--];
    b->left_ns = excess_ns;
}

static bool goes_on(const struct span *span, const struct span *next)
{
    return span->end_ns == next->start_ns && span->state == next->state &&
           span->cause == next->cause && span->task == next->task &&
           span->site == next->site && span->object == next->object;
}

static int add_span(struct bound *b, struct span span)
{
    if (span.start_ns == span.end_ns)
        return 0;
    if (b->count > 0 && goes_on(&b->spans[b->count - 1], &span)) {
        b->spans[b->count - 1].end_ns = span.end_ns;
        return 0;
    }
    if (build_grow((void **)&b->spans, b->count, &b->capacity, sizeof span) < 0)
        return UV_ENOMEM;
    b->spans[b->count++] = span;
    return 0;
}

/** How much of a piece of run was none. */
static int64_t take(struct bound *b, unsigned class, int64_t length_ns)
{
    if (class != b->least)
        return class > b->least ? length_ns : 0;
    int64_t taken_ns = length_ns < b->left_ns ? length_ns : b->left_ns;
    b->left_ns -= taken_ns;
    return taken_ns;
}

static int split_piece(struct bound *b, const struct span *span, int64_t from_ns,
                       int64_t to_ns)
{
    struct span piece = *span;
    int64_t ready_ns = 0;
    if (span->state == STATE_RUN)
        ready_ns = take(b, class_of(span, to_ns - from_ns), to_ns - from_ns);
    piece.start_ns = from_ns;
    piece.end_ns = to_ns - ready_ns;
    int result = add_span(b, piece);
    if (result == 0)
        result = add_span(b, (struct span){.start_ns = to_ns - ready_ns,
                                           .end_ns = to_ns,
                                           .cause = EVENT_NONE,
                                           .state = STATE_READY,
                                           .task = span->task,
                                           .site = SITE_NONE});
    return result;
}

int build_bound_run(struct build *build, struct lane *lane)
{
    int64_t excess_ns =
        lane->cpu_ns < 0 ? 0 : lane->in_state_ns[STATE_RUN] - lane->cpu_ns;
    /* Where events were dropped, a wait may look like run. */
    if (excess_ns <= TOLERANCE_NS || build->timeline->dropped_events > 0)
        return 0;
    struct bound b = {.build = build, .lane = lane};
    visit_pieces(&b, count_piece);
    find_least(&b, excess_ns);
    int result = visit_pieces(&b, split_piece);
    if (result < 0) {
        free(b.spans);
        return result;
    }
    free(build->spans);
    build->spans = b.spans;
    build->span_capacity = b.capacity;
    lane->span_count = b.count;
    lane->in_state_ns[STATE_RUN] -= excess_ns;
    lane->in_state_ns[STATE_READY] += excess_ns;
    return 1;
}
