// SPDX-License-Identifier: MIT
#include "view/words.h"
#include "text/quantity.h"

#include <string.h>

/** How many digits stand behind the point. */
static int decimals_in(const char *number)
{
    const char *point = strchr(number, '.');
    return point != NULL ? (int)strspn(point + 1, "0123456789") : 0;
}

struct sentence spread_words(const struct spread *wall, const char *median,
                             const char *between, bool ascii)
{
    struct sentence words = {""};
    enum time_unit unit = time_unit_of(wall->median);
    int decimals = decimals_in(median), most = decimals + 3;
    struct quantity min, max;
    if (time_unit_of(wall->max) != unit) {
        snprintf(words.text, sizeof words.text, "%s%s%s",
                 duration_text(wall->min, ascii).text, between,
                 duration_text(wall->max, ascii).text);
        return words;
    }
    do {
        min = time_text(wall->min, unit, decimals, ascii);
        max = time_text(wall->max, unit, decimals, ascii);
    } while (strcmp(min.text, max.text) == 0 && decimals++ < most);
    min.text[strcspn(min.text, " ")] = '\0';
    snprintf(words.text, sizeof words.text, "%s%s%s", min.text, between, max.text);
    return words;
}

const char *without_folder(const char *source)
{
    const char *slash = strrchr(source, '/');
    return slash != NULL ? slash + 1 : source;
}
