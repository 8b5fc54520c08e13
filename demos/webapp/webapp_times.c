// SPDX-License-Identifier: MIT
/** When the latest searches of demos/webapp/webapp.c came, had their replies, and were
 * written: for a page that draws that, of a server that stays up. */

#include <stdatomic.h>
#include <string.h>
#include <uv.h>

#include "demo.h"

#include "text/width.h"
#include "webapp.h"

/** So many searches are drawn. */
#define DRAWN 24

static struct {
    bool is_on;
    uv_mutex_t lock; /* whoever looks at what follows, or changes it, holds this: */
    atomic_uint_fast64_t count; /* of all searches; read without the lock, too */
    atomic_uint_fast64_t ended; /* rows that are written, or lost; without the lock */
    struct times latest[DRAWN];
} times;

void times_open(void)
{
    times.is_on = option("--serve") != 0;
    must(uv_mutex_init(&times.lock), "uv_mutex_init");
}

/** As much of a phrase as there is room for, cut between two characters. */
static void take_phrase(struct times *one, const char *phrase)
{
    static const char dots[] = "\xe2\x80\xa6"; /* U+2026 */
    size_t length = strlen(phrase);

    if (length < sizeof one->phrase) {
        memcpy(one->phrase, phrase, length + 1);
        return;
    }
    length = text_fit_bytes(phrase, sizeof one->phrase - sizeof dots);
    memcpy(one->phrase, phrase, length);
    memcpy(one->phrase + length, dots, sizeof dots);
}

void times_came(const struct request *request)
{
    struct times one = {.number = request->number,
                        .came_ns = (int64_t)request->came_ns};

    if (!times.is_on)
        return;
    take_phrase(&one, request_word(request, PHRASE));
    uv_mutex_lock(&times.lock);
    times.latest[one.number % DRAWN] = one;
    times.count = one.number + 1;
    uv_mutex_unlock(&times.lock);
}

/** Unless it is none of the latest any more. */
void times_replied(uint64_t number, uint64_t at_ns)
{
    struct times *one = &times.latest[number % DRAWN];

    if (!times.is_on)
        return;
    uv_mutex_lock(&times.lock);
    if (one->number == number)
        one->replied_ns = (int64_t)at_ns;
    uv_mutex_unlock(&times.lock);
}

/** Rows are written by the thousand, and few are of the latest searches: to know that,
 * the lock need not be taken. */
static bool is_drawn(uint64_t number)
{
    return times.is_on && number + DRAWN >= atomic_load(&times.count);
}

void times_row(uint64_t number, int error)
{
    struct times *one = &times.latest[number % DRAWN];

    atomic_fetch_add(&times.ended, 1);
    if (error == SQLITE_OK && number < DRAWN_SEARCHES)
        beat("row written");
    if (!is_drawn(number))
        return;
    uv_mutex_lock(&times.lock);
    if (one->number == number) {
        one->row_ns = (int64_t)uv_hrtime();
        one->is_lost = error != SQLITE_OK;
    }
    uv_mutex_unlock(&times.lock);
}

bool times_has_more(void)
{
    return atomic_load(&times.ended) < atomic_load(&times.count);
}

void times_show(FILE *page)
{
    struct times shown[DRAWN];
    uint64_t count;

    uv_mutex_lock(&times.lock);
    count = times.count < DRAWN ? times.count : DRAWN;
    for (uint64_t i = 0; i < count; i++)
        shown[i] = times.latest[(times.count - count + i) % DRAWN];
    uv_mutex_unlock(&times.lock);
    page_timeline(shown, (size_t)count, (int64_t)uv_hrtime(), page);
}
