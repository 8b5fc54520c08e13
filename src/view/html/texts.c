// SPDX-License-Identifier: MIT
#include "view/html/texts.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

/** FNV-1a (Fowler, Noll, Vo), 64 bits. */
static uint64_t hash(const char *text)
{
    uint64_t value = UINT64_C(14695981039346656037);
    for (; *text != '\0'; text++)
        value = (value ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return value;
}

/** The slot where it is, or could be. */
static uint32_t *find(const struct texts *texts, const char *text)
{
    size_t at = hash(text) % texts->slot_count;
    while (texts->slots[at] != 0 && strcmp(texts->at[texts->slots[at] - 1], text) != 0)
        at = (at + 1) % texts->slot_count;
    return &texts->slots[at];
}

/** More than twice as many slots as texts. */
static int grow(struct texts *texts)
{
    size_t capacity = texts->capacity < 64 ? 64 : texts->capacity * 2;
    char **at = realloc(texts->at, capacity * sizeof *at);
    if (at == NULL)
        return UV_ENOMEM;
    texts->at = at;
    uint32_t *slots = calloc(2 * capacity + 1, sizeof *slots);
    if (slots == NULL)
        return UV_ENOMEM;
    free(texts->slots);
    texts->capacity = capacity;
    texts->slots = slots;
    texts->slot_count = 2 * capacity + 1;
    for (size_t i = 0; i < texts->count; i++)
        *find(texts, texts->at[i]) = (uint32_t)i + 1;
    return 0;
}

int64_t texts_number(struct texts *texts, const char *text, int *result)
{
    if (text[0] == '\0' || *result != 0)
        return -1;
    if (texts->count == texts->capacity) {
        *result = grow(texts);
        if (*result != 0)
            return -1;
    }
    uint32_t *slot = find(texts, text);
    if (*slot == 0) {
        char *copy = strdup(text);
        if (copy == NULL) {
            *result = UV_ENOMEM;
            return -1;
        }
        texts->at[texts->count++] = copy;
        texts->bytes += strlen(copy);
        *slot = (uint32_t)texts->count;
    }
    return (int64_t)*slot - 1;
}

void texts_destroy(struct texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        free(texts->at[i]);
    free(texts->at);
    free(texts->slots);
    *texts = (struct texts){.at = NULL};
}
