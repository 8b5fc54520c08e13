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
 * "2 h 46 min", "4 d 3 h".  What rounds up to the next unit is written in that one;
 * from 100 s on the rest is left out.  Negative ones begin with "-".  `ascii`: "us" for
 * "µs".
 */
struct quantity duration_text(int64_t ns, bool ascii);

/** A duration as a person would have typed it: "5 s", "0.25 s", "20 ms": exact. */
struct quantity ttl_text(int64_t ns, bool ascii);

/** A duration in seconds with the digits that a table needs, 0 to 9: "15.002 s". */
struct quantity seconds_text(int64_t ns, int decimals);

/** What is over an ideal, in ms or below: "+2.1 ms", "-0.3 ms", "+320 ms", "+1.20 s".
 */
struct quantity overhead_text(int64_t ns, bool ascii);

/** "1.50×", or "1.50x"; what is no ratio (negative, not finite) "?×". */
struct quantity ratio_text(double ratio, bool ascii);

/** "10,000". */
struct quantity count_text(uint64_t count);

/** Bytes: "512 B", "4.00 KiB", "1.50 GiB". */
struct quantity bytes_text(uint64_t bytes);

#endif
