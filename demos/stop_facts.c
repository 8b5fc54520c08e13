// SPDX-License-Identifier: MIT
#include "stop_facts.h"

#include <string.h>

static bool begins_with(const char *line, const char *end, const char *word)
{
    size_t length = strlen(word);

    return (size_t)(end - line) > length && memcmp(line, word, length) == 0 &&
           line[length] == ' ';
}

bool records_of(const struct run *run, struct records *records)
{
    const char *line = run->file_text, *end, *newline;
    int64_t lines = 0;

    *records = (struct records){0};
    if (line == NULL)
        return run->file_lines == 0;
    end = line + run->file_bytes;
    while (line < end && (newline = memchr(line, '\n', (size_t)(end - line))) != NULL) {
        records->begun += begins_with(line, newline, "begins");
        records->ended += begins_with(line, newline, "ends");
        records->undone += begins_with(line, newline, "undoes");
        line = newline + 1;
        lines++;
    }
    records->half = records->begun - records->ended - records->undone;
    return lines == run->file_lines;
}

/** When the lane said so for the first time; -1: never. */
static int64_t said_at(const struct timeline *timeline, const struct lane *lane,
                       const char *words)
{
    for (size_t i = 0; i < lane->mark_count; i++)
        if (lane->marks[i].kind == EVENT_MARK &&
            strcmp(mark_name(timeline, &lane->marks[i]), words) == 0)
            return lane->marks[i].at_ns;
    return -1;
}

bool ends_of(const struct run *run, struct ends *ends)
{
    const struct timeline *timeline = &run->timeline;

    *ends = (struct ends){.asked_ns = -1, .last_ns = -1};
    if (timeline->dropped_events > 0 || timeline->lane_count == 0)
        return false;
    ends->asked_ns = said_at(timeline, &timeline->lanes[0], "main asks");
    for (size_t i = 1; i < timeline->lane_count; i++) {
        const struct lane *lane = &timeline->lanes[i];
        int64_t after_ns = lane_own_end_ns(lane) - ends->asked_ns;

        ends->cleanups += said_at(timeline, lane, "cleanup") >= 0;
        if (lane->cut && lane->status < 0) {
            ends->alive++;
            ends->last = i;
        }
        if (ends->asked_ns < 0 || after_ns <= 0)
            continue;
        ends->asked++;
        if (after_ns > ends->last_ns) {
            ends->last_ns = after_ns;
            ends->last = i;
        }
    }
    return true;
}
