// SPDX-License-Identifier: MIT
#include "cli/options.h"

#include "stage/clock.h"

#include <string.h>

#define LONGEST_NS (UINT64_C(24) * 3600 * NS_PER_S)

static bool is_digit(char c)
{
    return c >= '0' && c <= '9'; // isdigit(3) may ask the locale
}

static size_t count_digits(const char *text, size_t length)
{
    size_t count = 0;
    while (count < length && is_digit(text[count]))
        count++;
    return count;
}

/**
 * The whole units in 0.DIGITS, exactly, however many digits there are: from the last
 * one on, since floor((n + x) / 10) = floor((n + floor(x)) / 10) for whole n.
 */
static uint64_t fraction_of(const char *digits, size_t count, uint64_t unit)
{
    uint64_t sum = 0;
    while (count-- > 0)
        sum = (unit * (uint64_t)(digits[count] - '0') + sum) / 10;
    return sum;
}

int decimal_parse(const char *text, size_t length, uint64_t unit, uint64_t max,
                  uint64_t *value)
{
    size_t whole = count_digits(text, length), fraction = 0;
    if (whole == 0)
        return UV_EINVAL;
    if (whole < length) {
        fraction = count_digits(text + whole + 1, length - whole - 1);
        if (text[whole] != '.' || fraction == 0 || whole + 1 + fraction != length)
            return UV_EINVAL;
    }

    uint64_t sum = 0;
    for (size_t i = 0; i < whole; i++) {
        sum = sum * 10 + (uint64_t)(text[i] - '0');
        if (sum > max / unit)
            return UV_ERANGE;
    }
    sum *= unit;
    if (fraction > 0)
        sum += fraction_of(text + whole + 1, fraction, unit);
    if (sum > max)
        return UV_ERANGE;
    *value = sum;
    return 0;
}

static bool ends_with(const char *text, size_t length, const char *suffix)
{
    size_t tail = strlen(suffix);
    return length >= tail && memcmp(text + length - tail, suffix, tail) == 0;
}

int time_parse(const char *text, size_t length, int64_t *ns)
{
    static const struct {
        const char *name;
        int64_t ns;
    } units[] = {
        {"us", NS_PER_US}, // before "s", which it ends in
        {"ms", NS_PER_MS},
        {"s", NS_PER_S},
        {"m", 60 * NS_PER_S},
    };
    uint64_t unit = NS_PER_S, value = 0;

    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (ends_with(text, length, units[i].name)) {
            unit = (uint64_t)units[i].ns;
            length -= strlen(units[i].name);
            break;
        }
    int failed = decimal_parse(text, length, unit, LONGEST_NS, &value);
    if (failed == 0)
        *ns = (int64_t)value;
    return failed;
}
