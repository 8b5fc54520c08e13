// SPDX-License-Identifier: MIT
#include "view/time_column.h"
#include "stage/clock.h"
#include "text/width.h"
#include "view/chosen_run.h"

static int64_t longest_of(const struct report *report)
{
    int64_t longest_ns = 0;
    for (size_t i = 0; i < report->variant_count; i++) {
        const struct run *run = drawn_run(&report->variants[i]);
        if (run != NULL && timeline_end_ns(&run->timeline) > longest_ns)
            longest_ns = timeline_end_ns(&run->timeline);
    }
    return longest_ns;
}

struct time_column time_column_of(const struct report *report, bool ascii)
{
    int64_t longest_ns = longest_of(report);
    struct time_column column = {.unit = time_unit_of(longest_ns), .ascii = ascii};
    column.decimals = column.unit == UNIT_S ? 3 : column.unit == UNIT_US ? 1 : 2;
    if (column.unit == UNIT_MS && longest_ns >= 100 * NS_PER_MS)
        column.decimals = 1;
    column.columns = text_width(time_in_column(&column, longest_ns).text);
    return column;
}

struct quantity time_in_column(const struct time_column *column, int64_t at_ns)
{
    return time_text(at_ns, column->unit, column->decimals, column->ascii);
}
