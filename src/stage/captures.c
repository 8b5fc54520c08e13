// SPDX-License-Identifier: MIT
#include "stage/captures.h"

#include "demo.h"
#include "options.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/** So much of each is kept, and of all together. */
#define EACH_BYTES ((size_t)4 << 10)
#define ALL_BYTES  ((size_t)1 << 20)

static const struct staging *the_staging;

static size_t bytes_of(const struct staging *staging)
{
    return staging->tasks->count * (sizeof(struct capture) + staging->captured_room);
}

int captures_map(struct staging *staging)
{
    size_t each = ALL_BYTES / staging->tasks->count;
    void *memory;

    staging->captured_room = each < EACH_BYTES ? each : EACH_BYTES;
    memory = mmap(NULL, bytes_of(staging), PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return -errno;
    staging->captures = memory;
    staging->captured = (char *)(staging->captures + staging->tasks->count);
    return 0;
}

void captures_unmap(struct staging *staging)
{
    if (staging->captures != NULL)
        munmap(staging->captures, bytes_of(staging));
    staging->captures = NULL;
}

void captures_reset(const struct staging *staging)
{
    if (staging->captures != NULL)
        memset(staging->captures, 0, staging->tasks->count * sizeof(struct capture));
}

void captures_begin(const struct staging *staging)
{
    the_staging = staging;
}

/* The CRC --------------------------------------------------------------------- */

/** What a byte does to the 32 bits, from the highest on; in the polynomial's table. */
static uint32_t crc_table[256];
static pthread_once_t crc_once = PTHREAD_ONCE_INIT;

static void make_crc_table(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t crc = i << 24;

        for (int bit = 0; bit < 8; bit++)
            crc = crc << 1 ^ ((crc & UINT32_C(0x80000000)) != 0 ? 0x04c11db7 : 0);
        crc_table[i] = crc;
    }
}

uint32_t captures_crc(uint32_t crc, const char *text, size_t bytes)
{
    pthread_once(&crc_once, make_crc_table);
    for (size_t i = 0; i < bytes; i++)
        crc = crc << 8 ^ crc_table[crc >> 24 ^ (unsigned char)text[i]];
    return crc;
}

uint32_t captures_finish_crc(uint32_t crc, uint64_t bytes)
{
    for (; bytes > 0; bytes >>= 8) {
        char low = (char)(bytes & 0xff);

        crc = captures_crc(crc, &low, 1);
    }
    return ~crc;
}

/* The stage ------------------------------------------------------------------- */

static uint64_t newlines_in(const char *text, size_t bytes)
{
    const char *end = text + bytes;
    uint64_t count = 0;

    while ((text = memchr(text, '\n', (size_t)(end - text))) != NULL) {
        text++;
        count++;
    }
    return count;
}

void captured(const struct task *task, const char *text, size_t bytes)
{
    struct capture *capture = &the_staging->captures[task->number];
    size_t room = the_staging->captured_room;
    char *kept = the_staging->captured + task->number * room;

    if (bytes == 0)
        return;
    if (capture->bytes < room) {
        size_t left = room - capture->bytes;

        memcpy(kept + capture->bytes, text, bytes < left ? bytes : left);
    }
    capture->crc = captures_crc(capture->crc, text, bytes);
    capture->newlines += newlines_in(text, bytes);
    capture->last = text[bytes - 1];
    capture->bytes += bytes;
}

/** What the system has too little of, whichever program it is. */
static bool is_shortage(int error)
{
    return error == EAGAIN || error == ENOMEM || error == EMFILE || error == ENFILE;
}

/** Where it is not the program's own fault, the times of those that were started are
 * none of what was asked for. */
void not_started(const struct task *task, int error)
{
    if (the_staging->options->programs == NULL || is_shortage(error))
        must_pthread(error, "posix_spawn");
    the_staging->captures[task->number].error = error;
}

/* The watcher ----------------------------------------------------------------- */

static bool take(const struct staging *staging, size_t task, struct captured *to)
{
    const struct capture *from = &staging->captures[task];
    size_t room = staging->captured_room;

    *to = (struct captured){
        .task = task,
        .bytes = from->bytes,
        .lines = from->newlines + (from->bytes > 0 && from->last != '\n'),
        .cksum = captures_finish_crc(from->crc, from->bytes),
        .error = from->error,
        .text_bytes = from->bytes < room ? (size_t)from->bytes : room,
    };
    if (to->text_bytes == 0)
        return true;
    to->text = malloc(to->text_bytes);
    if (to->text != NULL)
        memcpy(to->text, staging->captured + task * room, to->text_bytes);
    return to->text != NULL;
}

void captures_take(const struct staging *staging, struct stage_end *end)
{
    size_t count = 0;

    for (size_t i = 0; staging->captures != NULL && i < staging->tasks->count; i++)
        count += staging->captures[i].bytes > 0 || staging->captures[i].error != 0;
    if (count == 0)
        return;
    end->captured = calloc(count, sizeof *end->captured);
    for (size_t i = 0; end->captured != NULL && i < staging->tasks->count; i++) {
        if (staging->captures[i].bytes == 0 && staging->captures[i].error == 0)
            continue;
        if (take(staging, i, &end->captured[end->captured_count]))
            end->captured_count++;
    }
}
