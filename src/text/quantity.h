// SPDX-License-Identifier: MIT
/**
 * Quantities for people: three significant digits, always with the unit, the same value
 * always the same text, in every locale.  Pure; any thread.
 */

#ifndef CONC_TEXT_QUANTITY_H
#define CONC_TEXT_QUANTITY_H

#include <stdbool.h>
#include <stdint.h>

/** Enough for any text made here, and so that calls can be arguments of printf(). */
struct quantity {
    char text[64];
};

/**
 * A duration: "0 s", "340 ns", "25.0 µs", "1.25 ms", "10.0 s", "95.0 s", "2 min 5 s",
 * "5 min", "2 h 46 min", "4 d 3 h".  What rounds up to the next unit is written in that
 * one; from 100 s on the rest is left out.  Negative ones begin with "-".  `ascii`:
 * "us" for "µs".
 */
struct quantity duration_text(int64_t ns, bool ascii);

/**
 * A duration that somebody chose, exactly: "5 s", "250 ms", "1.5 s", "1 min 40 s"; in
 * the units of duration_text().
 */
struct quantity ttl_text(int64_t ns, bool ascii);

/** The same, rounded as duration_text() does where it has many digits: ttls after
 * --speed. */
struct quantity short_ttl_text(int64_t ns, bool ascii);

enum time_unit { UNIT_US, UNIT_MS, UNIT_S };

/** The unit of duration_text(), between these: where many times are to have one. */
enum time_unit time_unit_of(int64_t ns);

/** A duration in that unit, with so many decimals, down to ns: "15.002 s". */
struct quantity time_text(int64_t ns, enum time_unit unit, int decimals, bool ascii);

/** What is over an ideal, in ms or below: "+2.1 ms", "-0.3 ms", "+320 ms", "+1.20 s".
 */
struct quantity overhead_text(int64_t ns, bool ascii);

/** "1.50×", or "1.50x"; what is no ratio (negative, not finite) "?×". */
struct quantity ratio_text(double ratio, bool ascii);

/** A factor that somebody chose: "10×", "2.5×"; three digits at most. */
struct quantity factor_text(double factor, bool ascii);

/** "10,000". */
struct quantity count_text(uint64_t count);

/** Bytes: "512 B", "4.00 KiB", "1.50 GiB". */
struct quantity bytes_text(uint64_t bytes);

/** From one to the other, a unit that both have written once: "95.1–99.8 µs", "881 ns
 * to 1.02 µs", by what stands between them; one that both are: "153 ns". */
struct quantity range_text(struct quantity from, const char *between,
                           struct quantity to);

#endif
