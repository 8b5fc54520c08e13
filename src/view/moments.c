// SPDX-License-Identifier: MIT
#include "view/moments.h"
#include "stage/clock.h"
#include "text/width.h"
#include "view/words.h"

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

struct moments moments_of(const struct report *report, bool ascii)
{
    int64_t longest_ns = longest_of(report);
    struct moments moments = {.unit = time_unit_of(longest_ns), .ascii = ascii};
    moments.decimals = moments.unit == UNIT_S ? 3 : moments.unit == UNIT_US ? 1 : 2;
    if (moments.unit == UNIT_MS && longest_ns >= 100 * NS_PER_MS)
        moments.decimals = 1;
    moments.columns = text_width(moment_text(&moments, longest_ns).text);
    return moments;
}

struct quantity moment_text(const struct moments *moments, int64_t at_ns)
{
    return time_text(at_ns, moments->unit, moments->decimals, moments->ascii);
}
