// SPDX-License-Identifier: MIT
#include "text/quantity.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define US  INT64_C(1000)
#define MS  INT64_C(1000000)
#define S   INT64_C(1000000000)
#define MIN (60 * S)
#define H   (60 * MIN)
#define DAY (24 * H)

/** |ns|, also of INT64_MIN. */
static uint64_t magnitude(int64_t ns)
{
    return ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
}

static uint64_t divide_rounded(uint64_t value, uint64_t by)
{
    return value / by + (value % by >= by - by / 2);
}

static const char *micro(bool ascii)
{
    return ascii ? "us" : "µs";
}

/** Digits by integers only: printf's %f would follow the locale's decimal point. */
static void fixed(struct quantity *out, const char *sign, uint64_t value, int decimals,
                  const char *unit)
{
    char fraction[12] = ".";
    for (int i = decimals; i > 0; i--) {
        fraction[i] = (char)('0' + value % 10);
        value /= 10;
    }
    snprintf(out->text, sizeof out->text, "%s%" PRIu64 "%s%s", sign, value,
             decimals > 0 ? fraction : "", unit);
}

/**
 * `value` / `unit` with three significant digits.
 * @return false when that rounds to 1000, which belongs to the next larger unit.
 */
static bool three_digits(struct quantity *out, const char *sign, uint64_t value,
                         uint64_t unit, const char *name)
{
    for (int decimals = 2; decimals >= 0; decimals--) {
        static const uint64_t scale[] = {1, 10, 100};
        uint64_t rounded = unit == 1 ? value * scale[decimals]
                                     : divide_rounded(value, unit / scale[decimals]);
        if (rounded < 1000) {
            fixed(out, sign, rounded, decimals, name);
            return true;
        }
    }
    return false;
}

/** From 100 s on: two units, and what is less than the smaller one is left out. */
static void long_duration(struct quantity *out, const char *sign, uint64_t ns)
{
    bool minutes = ns < (uint64_t)H, days = ns >= (uint64_t)(100 * H);
    uint64_t larger = (uint64_t)(minutes ? MIN : days ? DAY : H);
    uint64_t smaller = (uint64_t)(minutes ? S : days ? H : MIN);
    unsigned rest = (unsigned)(ns % larger / smaller);
    char text[16] = "";
    if (rest > 0)
        snprintf(text, sizeof text, " %u %s", rest, minutes ? "s" : days ? "h" : "min");
    snprintf(out->text, sizeof out->text, "%s%.12s %s%s", sign,
             count_text(ns / larger).text,
             minutes ? "min"
             : days  ? "d"
                     : "h",
             text);
}

struct quantity duration_text(int64_t ns, bool ascii)
{
    struct quantity out = {""};
    const char *sign = ns < 0 ? "-" : "";
    uint64_t value = magnitude(ns);
    if (value == 0) {
        fixed(&out, "", 0, 0, " s");
    } else if (value < (uint64_t)US) {
        fixed(&out, sign, value, 0, " ns");
    } else if (value < (uint64_t)MS &&
               three_digits(&out, sign, value, US, ascii ? " us" : " µs")) {
    } else if (value < (uint64_t)S && three_digits(&out, sign, value, MS, " ms")) {
    } else if (divide_rounded(value, S / 10) < 1000) {
        three_digits(&out, sign, value, S, " s");
    } else {
        long_duration(&out, sign, value);
    }
    return out;
}

/** `value` / `unit` exactly, without zeros at the end. */
static void exact(struct quantity *out, const char *sign, uint64_t value, uint64_t unit,
                  const char *name)
{
    int decimals = 0;
    for (uint64_t left = unit; left > 1; left /= 10)
        decimals++;
    while (decimals > 0 && value % 10 == 0) {
        value /= 10;
        decimals--;
    }
    char text[16];
    snprintf(text, sizeof text, " %s", name);
    fixed(out, sign, value, decimals, text);
}

/** From 100 s on: every unit of which there are some. */
static void exact_long(struct quantity *out, const char *sign, uint64_t ns)
{
    uint64_t hours = ns / (uint64_t)H, minutes = ns % (uint64_t)H / (uint64_t)MIN;
    struct quantity seconds = {""};
    char *text = out->text;
    size_t used = (size_t)snprintf(text, sizeof out->text, "%s", sign);
    if (hours > 0)
        used += (size_t)snprintf(text + used, sizeof out->text - used, "%.12s h",
                                 count_text(hours).text);
    if (minutes > 0)
        used += (size_t)snprintf(text + used, sizeof out->text - used,
                                 "%s%" PRIu64 " min", hours > 0 ? " " : "", minutes);
    if (ns % (uint64_t)MIN == 0)
        return;
    exact(&seconds, hours + minutes > 0 ? " " : "", ns % (uint64_t)MIN, S, "s");
    snprintf(text + used, sizeof out->text - used, "%.20s", seconds.text);
}

struct quantity ttl_text(int64_t ns, bool ascii)
{
    struct quantity out = {""};
    const char *sign = ns < 0 ? "-" : "";
    uint64_t value = magnitude(ns);
    if (value == 0)
        fixed(&out, "", 0, 0, " s");
    else if (value >= (uint64_t)(100 * S))
        exact_long(&out, sign, value);
    else if (value >= (uint64_t)S)
        exact(&out, sign, value, S, "s");
    else if (value >= (uint64_t)MS)
        exact(&out, sign, value, MS, "ms");
    else if (value >= (uint64_t)US)
        exact(&out, sign, value, US, micro(ascii));
    else
        fixed(&out, sign, value, 0, " ns");
    return out;
}

#define SHORT_TTL_BYTES 10

struct quantity short_ttl_text(int64_t ns, bool ascii)
{
    struct quantity exact = ttl_text(ns, ascii);
    return strlen(exact.text) <= SHORT_TTL_BYTES ? exact : duration_text(ns, ascii);
}

enum time_unit time_unit_of(int64_t ns)
{
    uint64_t value = magnitude(ns);
    if (divide_rounded(value, MS) >= 1000)
        return UNIT_S;
    return divide_rounded(value, US) >= 1000 ? UNIT_MS : UNIT_US;
}

struct quantity time_text(int64_t ns, enum time_unit unit, int decimals, bool ascii)
{
    static const struct {
        uint64_t ns;
        const char *name, *ascii;
        int decimals; /* down to ns */
    } units[] = {{US, " µs", " us", 3}, {MS, " ms", " ms", 6}, {S, " s", " s", 9}};
    struct quantity out = {""};
    int most = units[unit].decimals;
    uint64_t part = units[unit].ns;
    decimals = decimals < 0 ? 0 : decimals > most ? most : decimals;
    for (int i = 0; i < decimals; i++)
        part /= 10;
    uint64_t value = part == 1 ? magnitude(ns) : divide_rounded(magnitude(ns), part);
    fixed(&out, ns < 0 && value > 0 ? "-" : "", value, decimals,
          ascii ? units[unit].ascii : units[unit].name);
    return out;
}

struct quantity overhead_text(int64_t ns, bool ascii)
{
    struct quantity out = {""};
    const char *sign = ns < 0 ? "-" : "+";
    uint64_t value = magnitude(ns);
    uint64_t tenths = divide_rounded(value, MS / 10);
    if (value == 0) {
        fixed(&out, "", 0, 0, " ms");
    } else if (value < (uint64_t)US) {
        fixed(&out, sign, value, 0, " ns");
    } else if (tenths == 0 || value < (uint64_t)(95 * US)) {
        fixed(&out, sign, divide_rounded(value, US), 0, ascii ? " us" : " µs");
    } else if (tenths < 1000) {
        fixed(&out, sign, tenths, 1, " ms");
    } else if (divide_rounded(value, MS) < 1000) {
        fixed(&out, sign, divide_rounded(value, MS), 0, " ms");
    } else {
        struct quantity duration = duration_text(ns < 0 ? ns : -ns, ascii);
        snprintf(out.text, sizeof out.text, "%s%.30s", sign, duration.text + 1);
    }
    return out;
}

struct quantity ratio_text(double ratio, bool ascii)
{
    struct quantity out = {""};
    const char *times = ascii ? "x" : "×";
    if (!isfinite(ratio) || ratio < 0 || ratio > 1e15) {
        snprintf(out.text, sizeof out.text, "?%s", times);
    } else if (ratio < 0.0995) {
        uint64_t thousandths = (uint64_t)(ratio * 1000 + 0.5);
        bool less = thousandths == 0 && ratio > 0;
        fixed(&out, less ? "<" : "", less ? 1 : thousandths, 3, times);
    } else if (ratio < 9.995) {
        fixed(&out, "", (uint64_t)(ratio * 100 + 0.5), 2, times);
    } else if (ratio < 99.95) {
        fixed(&out, "", (uint64_t)(ratio * 10 + 0.5), 1, times);
    } else {
        struct quantity count = count_text((uint64_t)(ratio + 0.5));
        snprintf(out.text, sizeof out.text, "%.24s%s", count.text, times);
    }
    return out;
}

struct quantity factor_text(double factor, bool ascii)
{
    struct quantity text = ratio_text(factor, ascii);
    char *point = strchr(text.text, '.');
    if (point == NULL || factor < 0.0995)
        return text;
    char *sign = point + 1 + strspn(point + 1, "0123456789"), *end = sign;
    while (end[-1] == '0')
        end--;
    if (end - 1 == point)
        end--;
    memmove(end, sign, strlen(sign) + 1);
    return text;
}

struct quantity count_text(uint64_t count)
{
    struct quantity out = {""};
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%" PRIu64, count);
    char *to = out.text;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            *to++ = ',';
        *to++ = digits[i];
    }
    *to = '\0';
    return out;
}

struct quantity bytes_text(uint64_t bytes)
{
    static const char *const units[] = {" KiB", " MiB", " GiB", " TiB", " PiB", " EiB"};
    struct quantity out = {""};
    if (bytes < 1024) {
        fixed(&out, "", bytes, 0, " B");
        return out;
    }
    double value = (double)bytes;
    size_t unit = 0;
    for (value /= 1024; value >= 1023.5 && unit + 1 < sizeof units / sizeof *units;
         unit++)
        value /= 1024;
    if (value < 9.995)
        fixed(&out, "", (uint64_t)(value * 100 + 0.5), 2, units[unit]);
    else if (value < 99.95)
        fixed(&out, "", (uint64_t)(value * 10 + 0.5), 1, units[unit]);
    else
        fixed(&out, "", (uint64_t)(value + 0.5), 0, units[unit]);
    return out;
}

struct quantity range_text(struct quantity from, const char *between,
                           struct quantity to)
{
    struct quantity out;
    char *unit = strchr(from.text, ' ');
    const char *other = strchr(to.text, ' ');
    if (strcmp(from.text, to.text) == 0)
        return to;
    if (unit != NULL && other != NULL && strcmp(unit, other) == 0)
        *unit = '\0';
    snprintf(out.text, sizeof out.text, "%.20s%s%.20s", from.text, between, to.text);
    return out;
}
