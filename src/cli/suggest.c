// SPDX-License-Identifier: MIT
#include "cli/diag.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

/** No name in the tables comes near this, and a word that does is no slip of a finger.
 */
#define LONGEST 32

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
    unsigned least = a < b ? a : b;
    return least < c ? least : c;
}

static bool same(char a, char b)
{
    return strncasecmp(&a, &b, 1) == 0;
}

/** Insertions, deletions, changes and swaps of neighbours that make `b` of `a`. */
static unsigned distance(const char *a, const char *b)
{
    size_t rows = strlen(a), columns = strlen(b);
    unsigned cost[LONGEST + 1][LONGEST + 1];
    for (size_t i = 0; i <= rows; i++)
        cost[i][0] = (unsigned)i;
    for (size_t j = 0; j <= columns; j++)
        cost[0][j] = (unsigned)j;
    for (size_t i = 1; i <= rows; i++)
        for (size_t j = 1; j <= columns; j++) {
            unsigned change = same(a[i - 1], b[j - 1]) ? 0 : 1;
            cost[i][j] = min3(cost[i - 1][j] + 1, cost[i][j - 1] + 1,
                              cost[i - 1][j - 1] + change);
            bool swapped =
                i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]);
            if (swapped && cost[i - 2][j - 2] + 1 < cost[i][j])
                cost[i][j] = cost[i - 2][j - 2] + 1;
        }
    return cost[rows][columns];
}

static bool is_beginning(const char *word, const char *name)
{
    word += strspn(word, "-");
    name += strspn(name, "-");
    return strlen(word) >= 2 && strncasecmp(word, name, strlen(word)) == 0;
}

const char *suggest(const char *word, const char *const *names)
{
    size_t length = strlen(word);
    const char *nearest = NULL;
    unsigned least = LONGEST;
    if (length > LONGEST)
        return NULL;
    for (; *names; names++) {
        size_t longer = strlen(*names) > length ? strlen(*names) : length;
        if (longer > LONGEST)
            continue;
        unsigned away = is_beginning(word, *names) ? 1 : distance(word, *names);
        if (away <= (longer + 1) / 3 && away < least) {
            least = away;
            nearest = *names;
        }
    }
    return nearest;
}
