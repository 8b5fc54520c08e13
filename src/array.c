// SPDX-License-Identifier: MIT
#include "array.h"

#include <stdlib.h>

#define FIRST_CAPACITY 8

void *array_grow(void *items, size_t count, size_t *capacity, size_t size)
{
    size_t wanted = *capacity > 0 ? *capacity * 2 : FIRST_CAPACITY;
    if (count < *capacity)
        return items;
    void *grown = reallocarray(items, wanted, size);
    if (grown != NULL)
        *capacity = wanted;
    return grown;
}
