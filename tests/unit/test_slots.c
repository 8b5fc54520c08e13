// SPDX-License-Identifier: MIT
#include "stage/slots.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void check(int64_t ns)
{
    size_t slot = slot_of(ns);
    int64_t off = slot_time(slot) - ns;

    assert_true(slot < SLOTS);
    assert_true((off < 0 ? -off : off) <= ns / 128 + (ns > 64));
    assert_int_equal(slot_of(slot_time(slot)), slot);
    assert_true(slot_of(ns + 1) == slot || slot_of(ns + 1) == slot + 1);
}

static void a_time_is_near_the_middle_of_its_slot(void **state)
{
    (void)state;
    for (int64_t ns = 0; ns < 100000; ns++)
        check(ns);
    for (int64_t ns = 1; ns < INT64_MAX / 3; ns += ns / 2 + 1) {
        check(ns - 1);
        check(ns);
    }
    check(INT64_MAX - 1);
    assert_int_equal(slot_of(-1), 0);
}

static void parts_are_counted_from_below(void **state)
{
    static uint32_t counts[SLOTS];

    (void)state;
    assert_int_equal(slot_of_part(counts, 0, 50), 0);
    counts[10] = 1;
    counts[20] = 98;
    counts[30] = 1;
    assert_int_equal(slot_of_part(counts, 100, 1), 10);
    assert_int_equal(slot_of_part(counts, 100, 2), 20);
    assert_int_equal(slot_of_part(counts, 100, 50), 20);
    assert_int_equal(slot_of_part(counts, 100, 99), 20);
    assert_int_equal(slot_of_part(counts, 100, 100), 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_time_is_near_the_middle_of_its_slot),
        cmocka_unit_test(parts_are_counted_from_below),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
