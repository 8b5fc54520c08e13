// SPDX-License-Identifier: MIT

#include "stage/flows.h"

#include "stage/trace.h"

#include <stdatomic.h>

/** More than a machine's threads (32 k here): then half of the places stay free. */
#define PLACES (1u << 16)

/** How far to look before giving up: a join then says that it does not know its lane.
 */
#define PROBES 64u

struct place {
    _Atomic uint64_t id; /**< 0: free.  Odd: a process's; even: a thread's */
    _Atomic uint32_t lane;
};

static struct place places[PLACES];

static uint32_t first_place(uint64_t id)
{
    return (uint32_t)((id * UINT64_C(0x9e3779b97f4a7c15)) >> 48) % PLACES;
}

static void add(uint64_t id, uint32_t lane)
{
    uint32_t at = first_place(id);

    for (uint32_t probe = 0; probe < PROBES; probe++) {
        struct place *place = &places[(at + probe) % PLACES];
        uint64_t there = 0;

        if (atomic_compare_exchange_strong(&place->id, &there, id) || there == id) {
            atomic_store(&place->lane, lane);
            return;
        }
    }
}

static uint32_t find(uint64_t id)
{
    uint32_t at = first_place(id);

    for (uint32_t probe = 0; probe < PROBES; probe++) {
        struct place *place = &places[(at + probe) % PLACES];
        uint64_t there = atomic_load(&place->id);

        if (there == id)
            return atomic_load(&place->lane);
        if (there == 0)
            break;
    }
    return LANE_NONE;
}

/* A pthread_t is the address of a structure in glibc and musl: even, and not 0. */
void flows_add_thread(pthread_t thread, uint32_t lane)
{
    add((uint64_t)thread, lane);
}

uint32_t flows_thread(pthread_t thread)
{
    return find((uint64_t)thread);
}

void flows_add_process(pid_t pid, uint32_t lane)
{
    add((uint64_t)pid << 1 | 1, lane);
}

uint32_t flows_process(pid_t pid)
{
    return find((uint64_t)pid << 1 | 1);
}
