// SPDX-License-Identifier: MIT
#include "classroom/source/diff.h"

#include <stdlib.h>
#include <string.h>

/** More cells than these would take more than 64 MiB. */
#define CELLS_MAX ((size_t)16 * 1024 * 1024)

/** The length of the longest common subsequence of what is left of both, for each two
 * places in them. */
struct lengths {
    const struct place *left, *right;
    size_t left_count, right_count;
    unsigned *at;
};

static bool is_same(const struct place *left, const struct place *right)
{
    size_t one, other;
    const char *text = source_line(left->source, left->line, &one);
    const char *as = source_line(right->source, right->line, &other);
    return one == other && memcmp(text, as, one) == 0;
}

static unsigned *cell(const struct lengths *lengths, size_t i, size_t j)
{
    return &lengths->at[i * (lengths->right_count + 1) + j];
}

static void measure(const struct lengths *lengths)
{
    for (size_t i = lengths->left_count; i-- > 0;) {
        for (size_t j = lengths->right_count; j-- > 0;) {
            unsigned down = *cell(lengths, i + 1, j), across = *cell(lengths, i, j + 1);
            if (is_same(&lengths->left[i], &lengths->right[j]))
                *cell(lengths, i, j) = *cell(lengths, i + 1, j + 1) + 1;
            else
                *cell(lengths, i, j) = down > across ? down : across;
        }
    }
}

/**
 * Lines that are on one side only, up to (i, j): side by side, as far as they go, the
 * last beside the last: comments are of any length, but below them the functions begin.
 */
static void put_changed(const struct lengths *lengths, size_t from_i, size_t i,
                        size_t from_j, size_t j, struct pairs *pairs)
{
    size_t left = i - from_i, right = j - from_j, rows = left > right ? left : right;
    for (size_t row = 0; row < rows; row++) {
        struct pair *pair = &pairs->at[pairs->count++];
        *pair = (struct pair){.is_same = false};
        if (row + left >= rows)
            pair->left = lengths->left[from_i + row + left - rows];
        if (row + right >= rows)
            pair->right = lengths->right[from_j + row + right - rows];
    }
}

static void walk(const struct lengths *lengths, struct pairs *pairs)
{
    size_t i = 0, j = 0, from_i = 0, from_j = 0;
    while (i < lengths->left_count && j < lengths->right_count) {
        if (is_same(&lengths->left[i], &lengths->right[j])) {
            put_changed(lengths, from_i, i, from_j, j, pairs);
            pairs->at[pairs->count++] =
                (struct pair){lengths->left[i++], lengths->right[j++], true};
            from_i = i;
            from_j = j;
        } else if (*cell(lengths, i + 1, j) >= *cell(lengths, i, j + 1)) {
            i++;
        } else {
            j++;
        }
    }
    put_changed(lengths, from_i, lengths->left_count, from_j, lengths->right_count,
                pairs);
}

bool diff_lines(const struct place *left, size_t left_count, const struct place *right,
                size_t right_count, struct pairs *pairs)
{
    struct lengths lengths = {left, right, left_count, right_count, NULL};
    *pairs = (struct pairs){.at = NULL};
    if ((left_count + 1) > CELLS_MAX / (right_count + 1))
        return false;
    lengths.at = calloc((left_count + 1) * (right_count + 1), sizeof *lengths.at);
    pairs->at = calloc(left_count + right_count + 1, sizeof *pairs->at);
    if (lengths.at == NULL || pairs->at == NULL) {
        free(lengths.at);
        free(pairs->at);
        pairs->at = NULL;
        return false;
    }
    measure(&lengths);
    walk(&lengths, pairs);
    free(lengths.at);
    return true;
}
