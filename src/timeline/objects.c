// SPDX-License-Identifier: MIT
#include "timeline/timeline_build.h"

#include <stdlib.h>

int build_object(struct build *build, const struct event_view *event, int64_t at_ns)
{
    struct timeline *timeline = build->timeline;
    uint16_t site = build_site(build, event->site);
    if (site == SITE_NONE)
        return 0;
    int result = build_grow((void **)&timeline->objects, timeline->object_count,
                            &build->object_capacity, sizeof *timeline->objects);
    if (result == 0)
        timeline->objects[timeline->object_count++] = (struct made_object){
            .address = event->object, .at_ns = at_ns, .site = site};
    return result;
}

static int by_address(const void *left, const void *right)
{
    const struct made_object *a = left, *b = right;
    if (a->address != b->address)
        return a->address < b->address ? -1 : 1;
    return (a->at_ns > b->at_ns) - (a->at_ns < b->at_ns);
}

static int by_site(const void *left, const void *right)
{
    const struct made_object *a = left, *b = right;
    if (a->site != b->site)
        return a->site < b->site ? -1 : 1;
    return by_address(left, right);
}

/** Number the `count` objects of one site; the same address is the same object. */
static void number(struct made_object *objects, size_t count)
{
    uint32_t last = 0;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && objects[i].address != objects[i - 1].address)
            last++;
        objects[i].number = last;
    }
    for (size_t i = 0; i < count; i++)
        objects[i].one_of_many = last > 0;
}

void build_objects_finish(struct timeline *timeline)
{
    struct made_object *objects = timeline->objects;
    size_t count = timeline->object_count;
    if (count == 0)
        return;
    qsort(objects, count, sizeof *objects, by_site);
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from; to < count && objects[to].site == objects[from].site;)
            to++;
        number(&objects[from], to - from);
    }
    qsort(objects, count, sizeof *objects, by_address);
}

const struct made_object *object_at(const struct timeline *timeline, uint64_t address,
                                    int64_t at_ns)
{
    size_t low = 0, high = timeline->object_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct made_object *object = &timeline->objects[middle];
        if (object->address < address ||
            (object->address == address && object->at_ns <= at_ns))
            low = middle + 1;
        else
            high = middle;
    }
    /* The last one made there before; else the first made there, by a clock's grain. */
    if (low > 0 && timeline->objects[low - 1].address == address)
        return &timeline->objects[low - 1];
    if (low < timeline->object_count && timeline->objects[low].address == address)
        return &timeline->objects[low];
    return NULL;
}
