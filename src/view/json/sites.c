// SPDX-License-Identifier: MIT
#include "exhibit.h"
#include "view/json/exhibits.h"

#include <stdlib.h>
#include <uv.h>

/** Which sites occur: a flag each. */
struct used {
    bool *is_used;
    size_t count;
};

static void use(struct used *used, uint16_t site)
{
    if (site < used->count)
        used->is_used[site] = true;
}

static void use_timeline(struct used *used, const struct timeline *timeline)
{
    for (size_t i = 0; i < timeline->lane_count; i++) {
        const struct lane *lane = &timeline->lanes[i];
        for (size_t k = 0; k < lane->span_count; k++)
            use(used, lane->spans[k].site);
        for (size_t k = 0; k < lane->mark_count; k++)
            use(used, lane->marks[k].site);
    }
    for (size_t i = 0; i < timeline->object_count; i++)
        use(used, timeline->objects[i].site);
}

static void use_deadlock(struct used *used, const struct deadlock *deadlock)
{
    for (size_t i = 0; deadlock != NULL && i < deadlock->count; i++) {
        const struct wait_link *link = &deadlock->links[i];
        if (link->doing != EVENT_NONE)
            use(used, link->wants_site);
        if (link->holds.object != 0)
            use(used, link->holds.site);
    }
}

/** What conc works out names what is in a timeline; what a file says may name more. */
static void use_steps(struct used *used, const struct saved_words *words)
{
    const struct interleaving *shown = words != NULL ? words->interleaving : NULL;
    for (size_t i = 0; shown != NULL && i < shown->step_count; i++)
        use(used, shown->steps[i].site);
}

/** All timelines of a run of conc look their sites up in one table. */
static const struct timeline *any_timeline(const struct report *report)
{
    for (size_t i = 0; i < report->variant_count; i++)
        for (size_t j = 0; j < report->variants[i].run_count; j++)
            if (report->variants[i].runs[j].timeline.sites != NULL)
                return &report->variants[i].runs[j].timeline;
    return NULL;
}

static void write_site(struct json_writer *w, size_t number, const struct site *site)
{
    char source[512];
    snprintf(source, sizeof source, "%s:%d", site->file, site->line);
    jw_object(w, JW_LINE);
    jw_key_int(w, "site", (int64_t)number);
    jw_key_string(w, "source", source);
    jw_key_string(w, "call", site->call);
    jw_key_string(w, "text", site->text);
    jw_close(w);
}

int json_write_sites(struct json_writer *w, const struct report *report)
{
    const struct timeline *any = any_timeline(report);
    const size_t count = any != NULL ? any->site_count : 0;
    struct used used = {.count = count};
    used.is_used = calloc(used.count + 1, sizeof *used.is_used);
    if (used.is_used == NULL)
        return UV_ENOMEM;
    for (size_t i = 0; i < report->variant_count; i++) {
        use_steps(&used, report->variants[i].saved);
        for (size_t j = 0; j < report->variants[i].run_count; j++) {
            use_timeline(&used, &report->variants[i].runs[j].timeline);
            use_deadlock(&used, report->variants[i].runs[j].deadlock);
        }
    }
    jw_key(w, "sites");
    jw_array(w, JW_LINES);
    for (size_t i = 0; i < count; i++)
        if (used.is_used[i])
            write_site(w, i, &any->sites[i]);
    jw_close(w);
    free(used.is_used);
    return 0;
}
