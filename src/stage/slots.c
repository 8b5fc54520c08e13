// SPDX-License-Identifier: MIT
#include "stage/slots.h"

#define BITS 6

size_t slot_of(int64_t ns)
{
    uint64_t value = ns > 0 ? (uint64_t)ns : 0;
    unsigned shift;

    if (value < UINT64_C(1) << BITS)
        return (size_t)value;
    shift = 63 - BITS - (unsigned)__builtin_clzll(value);
    return ((size_t)shift << BITS) + (size_t)(value >> shift);
}

int64_t slot_time(size_t slot)
{
    unsigned shift = (unsigned)(slot >> BITS);

    if (shift < 2)
        return (int64_t)slot;
    shift--;
    return (int64_t)((slot - ((size_t)shift << BITS)) << shift) +
           (INT64_C(1) << (shift - 1));
}

size_t slot_of_part(const uint32_t counts[SLOTS], uint64_t total, uint64_t percent)
{
    uint64_t wanted = (total * percent + 99) / 100, seen = 0;

    for (size_t slot = 0; slot < SLOTS && total > 0; slot++)
        if ((seen += counts[slot]) >= wanted)
            return slot;
    return 0;
}
