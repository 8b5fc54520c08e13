// SPDX-License-Identifier: MIT
/** The writing side of the trace, and its memory. */

#include "stage/trace.h"

#include "stage/trace_layout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/** The least that is worth having: 64 lanes and some hundred events. */
#define LEAST_BYTES ((size_t)128 * 1024)

/** Made present beforehand: page faults of the first events would be measured with
 * them.  At least for so many lanes and as much for later chunks, at most so much. */
#define WARM_LANES 512
#define WARM_LATER ((size_t)768 * 1024)
#define WARM_MOST  ((size_t)32 * 1024 * 1024)

/** One lane for each 2 KiB; what remains, five eighths, is for more events. */
#define BYTES_PER_LANE 2048

static void lay_out(struct trace *trace)
{
    uint32_t lanes = (uint32_t)(trace->bytes / BYTES_PER_LANE);
    size_t chunks_at = TRACE_LANES_AT + (size_t)lanes * sizeof(struct lane_record);

    chunks_at = (chunks_at + 4095) & ~(size_t)4095;
    trace->lane_capacity = lanes;
    trace->chunk_capacity = (uint32_t)((trace->bytes - chunks_at) / CHUNK_BYTES);
    trace->counters = (struct trace_counters *)(void *)trace->base;
    trace->lanes = (struct lane_record *)(void *)(trace->base + TRACE_LANES_AT);
    trace->chunks = trace->base + chunks_at;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

void trace_warm(struct trace *trace, size_t lanes)
{
    size_t lane_room = (size_t)(trace->chunks - trace->base);
    size_t most = least(WARM_MOST, lane_room);

    trace->warm_lane_bytes = most;
    if (lanes < most / sizeof(struct lane_record))
        trace->warm_lane_bytes =
            least(TRACE_LANES_AT + lanes * sizeof(struct lane_record), most);
    trace->warm_chunk_bytes = least(WARM_LATER, trace->bytes - lane_room);
    trace_map_warm(trace);
}

void trace_map_warm(const struct trace *trace)
{
    /* Only a matter of speed: a kernel without it (before 5.14) faults page by page. */
#ifdef MADV_POPULATE_WRITE
    madvise(trace->base, trace->warm_lane_bytes, MADV_POPULATE_WRITE);
    madvise(trace->chunks, trace->warm_chunk_bytes, MADV_POPULATE_WRITE);
#else
    (void)trace;
#endif
}

/**
 * A file in memory, which programs that are started later can map too; -1: none.  It
 * cannot grow, and stands at its end: a write() to the descriptor, by a lesson that has
 * mistaken it for another, fails.
 */
static int memory_file(size_t bytes)
{
    struct rlimit limit;
    int file;

    /* Who asks for more than this is sent a signal. */
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < bytes)
        return -1;
    file = memfd_create("conc-trace", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (file >= 0 && (ftruncate(file, (off_t)bytes) != 0 ||
                      fcntl(file, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) != 0 ||
                      lseek(file, 0, SEEK_END) < 0)) {
        close(file);
        return -1;
    }
    return file;
}

/** @return false when there is not so much to be had. */
static bool map(struct trace *trace, int file, size_t bytes)
{
    int flags = MAP_SHARED | MAP_NORESERVE | (file < 0 ? MAP_ANONYMOUS : 0);
    void *base = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, file, 0);

    if (base == MAP_FAILED) {
        if (file >= 0)
            close(file);
        return false;
    }
    trace->file = file;
    trace->base = base;
    trace->bytes = bytes;
    lay_out(trace);
    return true;
}

int trace_create(struct trace **result, size_t bytes)
{
    struct trace *trace = calloc(1, sizeof *trace);

    if (trace == NULL)
        return -ENOMEM;
    while (bytes >= LEAST_BYTES && !map(trace, memory_file(bytes), bytes))
        bytes /= 2;
    if (trace->base == NULL) {
        free(trace);
        return -ENOMEM;
    }
    atomic_store_explicit(&trace->counters->chunks, 1, memory_order_relaxed);
    trace_warm(trace, WARM_LANES);
    *result = trace;
    return 0;
}

int trace_attach(struct trace **result, int file)
{
    struct trace *trace = calloc(1, sizeof *trace);
    struct stat facts;

    if (trace == NULL)
        return -ENOMEM;
    /* Only files in memory have seals: nobody's other file is written over. */
    if (fcntl(file, F_GET_SEALS) < 0 || fstat(file, &facts) != 0 ||
        facts.st_size < (off_t)LEAST_BYTES ||
        !map(trace, file, (size_t)facts.st_size)) {
        free(trace);
        return -EINVAL;
    }
    *result = trace;
    return 0;
}

void trace_destroy(struct trace *trace)
{
    if (trace == NULL)
        return;
    munmap(trace->base, trace->bytes);
    if (trace->file >= 0)
        close(trace->file);
    free(trace);
}

size_t trace_bytes(const struct trace *trace)
{
    return trace->bytes;
}

int trace_file(const struct trace *trace)
{
    return trace->file;
}

/** Zero from `start` to `end`: the warm part by hand, so that it stays warm. */
static void forget(char *start, const char *end, size_t warm_bytes)
{
    size_t bytes = (size_t)(end - start);

    warm_bytes = least((warm_bytes + 4095) & ~(size_t)4095, bytes);
    memset(start, 0, warm_bytes);
    start += warm_bytes;
    bytes -= warm_bytes;
    if (bytes > 0 && madvise(start, bytes, MADV_REMOVE) != 0)
        memset(start, 0, bytes);
}

/* All of it, whatever the counters say: a stage that went wild may have changed them.
 */
void trace_reset(struct trace *trace)
{
    forget(trace->base, trace->chunks, trace->warm_lane_bytes);
    forget(trace->chunks, trace->base + trace->bytes, trace->warm_chunk_bytes);
    atomic_store(&trace->counters->chunks, 1);
}

static void count_dropped(struct trace *trace)
{
    atomic_fetch_add_explicit(&trace->counters->dropped, 1, memory_order_relaxed);
}

static struct chunk *chunk_at(const struct trace *trace, uint32_t number)
{
    return (struct chunk *)(void *)(trace->chunks + (size_t)number * CHUNK_BYTES);
}

/** @return the number of a fresh chunk, or 0 when there are no more. */
IN_CHILD static uint32_t take_chunk(struct trace *trace, uint32_t lane)
{
    _Atomic uint32_t *next = &trace->counters->chunks;
    uint32_t number;
    struct chunk *chunk;

    /* Looked at before it is added to, so that a full trace does not wrap around. */
    if (atomic_load_explicit(next, memory_order_relaxed) >= trace->chunk_capacity)
        return 0;
    number = atomic_fetch_add_explicit(next, 1, memory_order_relaxed);
    if (number >= trace->chunk_capacity)
        return 0;
    chunk = chunk_at(trace, number);
    /* One read fault maps 16 pages that are present; a write fault would map one. */
    (void)atomic_load_explicit(&chunk->next, memory_order_relaxed);
    atomic_store_explicit(&chunk->lane, lane, memory_order_relaxed);
    return number;
}

IN_CHILD uint32_t trace_add_lane(struct trace *trace, enum lane_kind kind,
                                 uint32_t parent)
{
    _Atomic uint32_t *lanes = &trace->counters->lanes;
    uint32_t lane = trace->lane_capacity;
    struct lane_record *record;

    if (atomic_load_explicit(lanes, memory_order_relaxed) < trace->lane_capacity)
        lane = atomic_fetch_add_explicit(lanes, 1, memory_order_relaxed);
    if (lane >= trace->lane_capacity) {
        count_dropped(trace);
        return LANE_NONE;
    }
    record = &trace->lanes[lane];
    (void)atomic_load_explicit(&record->kind, memory_order_relaxed); /* as above */
    atomic_store_explicit(&record->kind, kind, memory_order_relaxed);
    atomic_store_explicit(&record->parent, parent, memory_order_relaxed);
    record->cpu_ns = record->switches_voluntary = record->switches_involuntary = -1;
    atomic_store_explicit(&record->progress, LANE_RESERVED, memory_order_release);
    return lane;
}

IN_CHILD void trace_open(struct trace_writer *writer, struct trace *trace,
                         uint32_t lane)
{
    *writer =
        (struct trace_writer){.trace = trace, .lane = lane, .processor = UINT32_MAX};
    if (lane >= trace->lane_capacity)
        return;
    writer->chunk = &trace->lanes[lane].first;
    writer->next = trace->lanes[lane].events;
    writer->end = writer->next + FIRST_EVENTS;
}

IN_CHILD bool trace_grow(struct trace_writer *writer)
{
    uint32_t number = 0;

    if (writer->chunk != NULL)
        number = take_chunk(writer->trace, writer->lane);
    if (number == 0) {
        if (writer->trace != NULL)
            count_dropped(writer->trace);
        return false;
    }
    atomic_store_explicit(&writer->chunk->next, number, memory_order_release);
    writer->chunk = chunk_at(writer->trace, number);
    writer->next = (struct event *)(void *)(writer->chunk + 1);
    writer->end = writer->next + LATER_EVENTS;
    return true;
}

/** The record of the writer's lane; NULL when it has none. */
IN_CHILD static struct lane_record *record_of(struct trace_writer *writer)
{
    if (writer->trace == NULL || writer->lane >= writer->trace->lane_capacity)
        return NULL;
    return &writer->trace->lanes[writer->lane];
}

void trace_put_down(const struct trace_writer *writer)
{
    if (writer->chunk != NULL)
        writer->trace->lanes[writer->lane].place =
            (struct trace_place){writer->next, writer->end, writer->chunk};
}

/** Lanes are mostly taken up in the order in which they were made: so many ahead, one
 * is asked for from memory. */
#define AHEAD 16

void trace_take_up(struct trace_writer *writer, struct trace *trace, uint32_t lane)
{
    const struct trace_place *place;

    *writer =
        (struct trace_writer){.trace = trace, .lane = lane, .processor = UINT32_MAX};
    if (lane >= trace->lane_capacity)
        return;
    if (lane + AHEAD < trace->lane_capacity) {
        __builtin_prefetch(&trace->lanes[lane + AHEAD], 1);
        __builtin_prefetch(&trace->lanes[lane + AHEAD].events[2], 1);
        __builtin_prefetch(&trace->lanes[lane + AHEAD].events[4], 1);
    }
    place = &trace->lanes[lane].place;
    writer->next = place->next;
    writer->end = place->end;
    writer->chunk = place->chunk;
}

void trace_leave(struct trace *trace, uint32_t lane, struct trace_words words)
{
    trace->lanes[lane].left = words;
}

struct trace_words trace_take(const struct trace *trace, uint32_t lane)
{
    return trace->lanes[lane].left;
}

IN_CHILD void trace_set_started(struct trace_writer *writer, int64_t os_id)
{
    struct lane_record *record = record_of(writer);

    if (record == NULL)
        return;
    atomic_store_explicit(&record->os_id, os_id, memory_order_relaxed);
    atomic_store_explicit(&record->progress, LANE_STARTED, memory_order_release);
}

void trace_set_name(struct trace_writer *writer, const char *name)
{
    struct lane_record *record = record_of(writer);

    if (record == NULL)
        return;
    strncpy(record->name, name, sizeof record->name - 1);
}

IN_CHILD void trace_set_ended(struct trace_writer *writer, int64_t cpu_ns,
                              int64_t voluntary, int64_t involuntary)
{
    struct lane_record *record = record_of(writer);

    if (record == NULL)
        return;
    /* What is not known stands there already, in memory of its own. */
    if (cpu_ns != -1 || voluntary != -1 || involuntary != -1) {
        record->cpu_ns = cpu_ns;
        record->switches_voluntary = voluntary;
        record->switches_involuntary = involuntary;
    }
    atomic_store_explicit(&record->progress, LANE_ENDED, memory_order_release);
}

/*
 * The record's owner alone writes; the watcher reads meanwhile.  Stores with release
 * come after the odd number that announces them, in every reader's eyes.
 */
static void begin_change(struct lane_record *record)
{
    uint32_t changes = atomic_load_explicit(&record->changes, memory_order_relaxed);

    atomic_store_explicit(&record->changes, changes + 1, memory_order_relaxed);
}

static void end_change(struct lane_record *record)
{
    uint32_t changes = atomic_load_explicit(&record->changes, memory_order_relaxed);

    atomic_store_explicit(&record->changes, changes + 1, memory_order_release);
}

static void note_contention(struct trace *trace)
{
    _Atomic uint32_t *contended = &trace->counters->contended;

    if (atomic_load_explicit(contended, memory_order_relaxed) == 0)
        atomic_store_explicit(contended, 1, memory_order_relaxed);
}

void trace_set_doing(struct trace_writer *writer, enum event_kind kind, uint16_t site,
                     uint64_t object, int64_t since_ns)
{
    struct lane_record *record = record_of(writer);

    if (record == NULL)
        return;
    if (kind == EVENT_LOCK_BEGIN || kind == EVENT_SEM_BEGIN ||
        kind == EVENT_COND_BEGIN || kind == EVENT_BARRIER_BEGIN)
        note_contention(writer->trace);
    begin_change(record);
    atomic_store_explicit(&record->doing_object, object, memory_order_release);
    atomic_store_explicit(&record->doing_since_ns, since_ns, memory_order_release);
    atomic_store_explicit(&record->doing, (uint32_t)kind << 16 | site,
                          memory_order_release);
    end_change(record);
}

/** The place of that object among the lane's holds; LANE_HOLDS: none. */
static size_t find_hold(struct lane_record *record, uint64_t object)
{
    size_t i = 0;

    while (i < LANE_HOLDS && atomic_load_explicit(&record->holds[i].object,
                                                  memory_order_relaxed) != object)
        i++;
    return i;
}

void trace_add_hold(struct trace_writer *writer, const struct hold *hold)
{
    struct lane_record *record = record_of(writer);
    size_t i = record != NULL ? find_hold(record, 0) : LANE_HOLDS;

    if (i == LANE_HOLDS)
        return;
    begin_change(record);
    atomic_store_explicit(&record->holds[i].since_ns, hold->since_ns,
                          memory_order_release);
    atomic_store_explicit(&record->holds[i].site, hold->site, memory_order_release);
    atomic_store_explicit(&record->holds[i].object, hold->object, memory_order_release);
    end_change(record);
}

void trace_drop_hold(struct trace_writer *writer, uint64_t object)
{
    struct lane_record *record = record_of(writer);
    size_t i = record != NULL ? find_hold(record, object) : LANE_HOLDS;

    if (i == LANE_HOLDS)
        return;
    begin_change(record);
    atomic_store_explicit(&record->holds[i].object, 0, memory_order_release);
    end_change(record);
}
