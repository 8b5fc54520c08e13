// SPDX-License-Identifier: MIT

#include "stage/flows.h"

#include "stage/trace.h"

#include <stdatomic.h>
#include <sys/mman.h>

/** More than a machine's threads (32 k here): then half of the places stay free. */
#define PLACES (1u << 16)

/** How far to look before giving up: a join then says that it does not know its lane.
 */
#define PROBES 64u

struct place {
    _Atomic uint64_t id; /**< 0: free */
    _Atomic uint32_t lane;
};

/* Threads are known to their own process alone: others use the same addresses. */
static struct place threads[PLACES];

/**
 * Processes are known to all that came of the same stage.  Shared memory is not copied
 * by fork, nor by the first write after it; ids that follow one another lie side by
 * side.
 */
static struct place *processes;

void flows_begin(void)
{
    void *memory;

    if (processes != NULL)
        return;
    memory = mmap(NULL, PLACES * sizeof *processes, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory != MAP_FAILED)
        processes = memory;
}

static void add(struct place *places, uint32_t at, uint64_t id, uint32_t lane)
{
    for (uint32_t probe = 0; probe < PROBES; probe++) {
        struct place *place = &places[(at + probe) % PLACES];
        uint64_t there = 0;

        if (atomic_compare_exchange_strong(&place->id, &there, id) || there == id) {
            atomic_store_explicit(&place->lane, lane, memory_order_release);
            return;
        }
    }
    /* None is free: that of one which has most likely ended long ago. */
    atomic_store(&places[at].lane, lane);
    atomic_store(&places[at].id, id);
}

static uint32_t find(const struct place *places, uint32_t at, uint64_t id)
{
    for (uint32_t probe = 0; probe < PROBES; probe++) {
        const struct place *place = &places[(at + probe) % PLACES];
        uint64_t there = atomic_load(&place->id);

        if (there == id)
            return atomic_load_explicit(&place->lane, memory_order_acquire);
        if (there == 0)
            break;
    }
    return LANE_NONE;
}

/** A pthread_t is the address of a structure in glibc and musl, and not 0. */
static uint32_t place_of_thread(uint64_t id)
{
    return (uint32_t)((id * UINT64_C(0x9e3779b97f4a7c15)) >> 48) % PLACES;
}

void flows_add_thread(pthread_t thread, uint32_t lane)
{
    add(threads, place_of_thread((uint64_t)thread), (uint64_t)thread, lane);
}

uint32_t flows_thread(pthread_t thread)
{
    return find(threads, place_of_thread((uint64_t)thread), (uint64_t)thread);
}

void flows_add_process(pid_t pid, uint32_t lane)
{
    if (processes != NULL)
        add(processes, (uint32_t)pid % PLACES, (uint64_t)pid, lane);
}

uint32_t flows_process(pid_t pid)
{
    if (processes == NULL || pid <= 0)
        return LANE_NONE;
    return find(processes, (uint32_t)pid % PLACES, (uint64_t)pid);
}
