// SPDX-License-Identifier: MIT
#include "view/html/data.h"

#define COLUMNS_MAX 1000000
/** Levels are coarser than this where the spans themselves follow. */
#define COLUMNS_BEFORE_EXACT 12800

/** A level between two of which the finer is hardly richer is not worth its bytes. */
static void replace_last(struct data *data)
{
    size_t last = data->level_count - 1;
    if (last < 2 ||
        data->levels[last].block_count > data->levels[last - 2].block_count * 3 / 2)
        return;
    drawing_destroy(&data->levels[last - 1]);
    data->levels[last - 1] = data->levels[last];
    data->level_count = last;
}

/** @return whether it is as fine as wished: not where it would have had too many
 * blocks. One that is no finer than the last is none. */
static bool draw_level(struct data *data, const struct drawing_wish *wish)
{
    struct drawing *level = &data->levels[data->level_count];
    size_t before = data->level_count > 0 ? level[-1].columns : 0;
    data->result = drawing_create(level, data->report, wish);
    if (data->result != 0)
        return false;
    bool is_fine = level->columns == wish->columns;
    if (level->columns <= before) {
        drawing_destroy(level);
        return false;
    }
    data->level_count++;
    replace_last(data);
    return is_fine;
}

/** Whether each span of the lanes that are shown can be a block. */
static bool fits_exactly(const struct drawing *level)
{
    size_t count = 0;
    for (size_t i = 0; i < level->report->variant_count; i++) {
        const struct drawn_part *part = &level->parts[i];
        for (size_t k = 0; k < part->lane_count; k++)
            count += part->run->timeline.lanes[part->lanes[k].lane].span_count;
    }
    return count <= HTML_BLOCKS_MAX;
}

void data_draw_levels(struct data *data)
{
    struct drawing_wish wish = {
        .whole = true, .columns = HTML_COLUMNS, .blocks_max = HTML_BLOCKS_MAX};
    if (!draw_level(data, &wish))
        return;
    const struct drawing *coarsest = &data->levels[0];
    size_t length = (size_t)(coarsest->to_ns - coarsest->from_ns);
    bool exact = fits_exactly(coarsest);
    size_t most = exact ? COLUMNS_BEFORE_EXACT : COLUMNS_MAX;
    do {
        if (data->levels[data->level_count - 1].is_exact)
            return;
        wish.columns *= HTML_FINER;
    } while (wish.columns <= most && wish.columns < length && draw_level(data, &wish));
    wish.exact = true;
    wish.columns = length;
    if (data->result == 0 && exact)
        draw_level(data, &wish);
}
