// SPDX-License-Identifier: MIT
#include "text/quantity.h"
#include "text/width.h"
#include "timeline/kinds.h"
#include "view/chosen_run.h"
#include "view/cycle.h"
#include "view/words.h"

#include <string.h>

/** Names are cut to this before they are made safe, which may make six bytes of two. */
#define NAME_BYTES 64

/** Of more links than are not worth folding the first and the last ones are shown. */
#define LINKS_SHOWN             5
#define LINKS_NOT_WORTH_FOLDING 8

const struct run *cycle_run(const struct variant_report *variant)
{
    const struct run *run = drawn_run(variant);
    bool is_there = run != NULL && run->ending == ENDING_DEADLOCK && !run->is_thinned &&
                    run->deadlock != NULL && run->deadlock->count > 0;
    return is_there ? run : NULL;
}

struct fold cycle_fold(const struct run *run)
{
    size_t count = run->deadlock->count;
    return fold_lanes(count,
                      count <= LINKS_NOT_WORTH_FOLDING ? count : LINKS_SHOWN + 1);
}

static void copy_safe(char *to, const char *text, const char *unnamed, bool ascii)
{
    char cut[NAME_BYTES];
    snprintf(cut, sizeof cut, "%.*s", (int)text_fit_bytes(text, sizeof cut - 1), text);
    FILE *out = fmemopen(to, CYCLE_WORDS, "w");
    to[0] = '\0';
    if (out == NULL)
        return;
    text_print_safe(cut[0] != '\0' ? cut : unnamed, ascii, out);
    fclose(out);
}

static void copy_lane(char *to, const struct timeline *timeline, uint64_t id,
                      bool ascii)
{
    const struct lane *lane = timeline_lane(timeline, id);
    copy_safe(to, lane != NULL ? lane->name : "", "another", ascii);
}

static void copy_lock(char *to, const struct timeline *timeline,
                      const struct hold *lock, bool ascii)
{
    const struct mark about = {
        .object = lock->object, .at_ns = lock->since_ns, .site = lock->site};
    char name[NAME_BYTES];
    timeline_object_name(timeline, &about, name, sizeof name);
    copy_safe(to, name, "something", ascii);
}

static const char *verb_of(const struct timeline *timeline,
                           const struct wait_link *link)
{
    const struct lane *lane = timeline_lane(timeline, link->wants);
    if (link->doing == EVENT_JOIN_BEGIN && lane != NULL && lane->kind == LANE_PROCESS)
        return "waits for";
    const char *word = kind_rule(link->doing)->word;
    return word != NULL ? word : "waits for";
}

static void put_wants(const struct timeline *timeline, const struct wait_link *from,
                      bool ascii, struct cycle_link *link)
{
    const struct hold wanted = {.object = from->wants,
                                .since_ns = from->wants_since_ns,
                                .site = from->wants_site};
    if (from->doing == EVENT_JOIN_BEGIN)
        copy_lane(link->wants, timeline, from->wants, ascii);
    else
        copy_lock(link->wants, timeline, &wanted, ascii);
    site_label(timeline, from->wants_site, link->wants_source,
               sizeof link->wants_source);
    snprintf(link->wants_since, sizeof link->wants_since, "%s",
             duration_text(from->wants_since_ns, ascii).text);
}

void cycle_link_words(const struct run *run, size_t i, bool ascii,
                      struct cycle_link *link)
{
    const struct timeline *timeline = &run->timeline;
    const struct wait_link *from = &run->deadlock->links[i];
    const struct hold *holds = &from->holds;
    const struct lane *lane = timeline_lane(timeline, from->lane);
    *link = (struct cycle_link){.verb = verb_of(timeline, from)};
    copy_lane(link->name, timeline, from->lane, ascii);
    if (holds->object != 0) {
        copy_lock(link->holds, timeline, holds, ascii);
        site_label(timeline, holds->site, link->holds_source,
                   sizeof link->holds_source);
        snprintf(link->holds_since, sizeof link->holds_since, "%s",
                 duration_text(holds->since_ns, ascii).text);
    }
    if (from->doing != EVENT_NONE)
        put_wants(timeline, from, ascii, link);
    else if (lane != NULL)
        snprintf(link->ended, sizeof link->ended, "%s",
                 duration_text(lane_own_end_ns(lane), ascii).text);
}

/** "threads", if they all are; else the word for both. */
static const char *kinds_of(const struct run *run)
{
    static const char *const names[LANE_KINDS] = {"processes", "threads", "tasks"};
    const struct deadlock *deadlock = run->deadlock;
    const struct lane *first = timeline_lane(&run->timeline, deadlock->links[0].lane);
    for (size_t i = 1; i < deadlock->count; i++) {
        const struct lane *lane =
            timeline_lane(&run->timeline, deadlock->links[i].lane);
        if (first == NULL || lane == NULL || lane->kind != first->kind)
            return "lanes";
    }
    return first != NULL ? names[first->kind] : "lanes";
}

void cycle_title(const struct run *run, bool ascii, FILE *out)
{
    const struct deadlock *deadlock = run->deadlock;
    struct cycle_link first, last;
    cycle_link_words(run, 0, ascii, &first);
    cycle_link_words(run, deadlock->count - 1, ascii, &last);
    if (deadlock->kind == DEADLOCK_STALL)
        fprintf(out, "all wait, and nobody is left who could wake them");
    else if (deadlock->kind == DEADLOCK_ABANDONED)
        fprintf(out, "%s waits for %s, but %s, which holds it, has ended", first.name,
                first.wants, last.name);
    else if (deadlock->count == 1)
        fprintf(out, "%s waits for itself%s%s%s", first.name,
                first.holds[0] != '\0' ? ": it holds " : "", first.holds,
                first.holds[0] != '\0' ? " already" : "");
    else if (deadlock->count == 2)
        fprintf(out, "%s and %s wait for each other", first.name, last.name);
    else
        fprintf(out, "%s %s wait in a circle, each for the next",
                count_text(deadlock->count).text, kinds_of(run));
}

static void say_source(const char *source, bool with_folder, FILE *out)
{
    if (source[0] != '\0')
        fprintf(out, " (%s)", with_folder ? source : without_folder(source));
}

/** Who holds what it wants. */
static void say_holder(const struct run *run, size_t i, bool ascii, FILE *out)
{
    const struct deadlock *deadlock = run->deadlock;
    if (deadlock->links[i].doing == EVENT_JOIN_BEGIN) {
        fputs(" to end", out);
    } else if (deadlock->kind == DEADLOCK_STALL) {
        return;
    } else if (deadlock->count == 1) {
        fputs(", which it holds itself", out);
    } else {
        struct cycle_link next;
        cycle_link_words(run, (i + 1) % deadlock->count, ascii, &next);
        fprintf(out, ", which %s holds", next.name);
    }
}

void cycle_sentence(const struct run *run, size_t i, const struct style *style,
                    FILE *out)
{
    bool ascii = !style->unicode, with_folder = style->width >= SHORT_SOURCES_BELOW;
    struct cycle_link link;
    cycle_link_words(run, i, ascii, &link);
    fputs(link.name, out);
    if (link.holds[0] != '\0') {
        fprintf(out, " has held %s since %s", link.holds, link.holds_since);
        say_source(link.holds_source, with_folder, out);
    }
    if (link.wants[0] != '\0') {
        fprintf(out, "%s has waited since %s", link.holds[0] != '\0' ? ", and" : "",
                link.wants_since);
        say_source(link.wants_source, with_folder, out);
        fprintf(out, " for %s", link.wants);
        say_holder(run, i, ascii, out);
    } else if (link.ended[0] != '\0') {
        fprintf(out, ", and ended at %s without unlocking it", link.ended);
    }
    fputc('.', out);
}
