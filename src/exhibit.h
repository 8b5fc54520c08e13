// SPDX-License-Identifier: MIT
/**
 * What a card shows of a run besides its picture and its figures: taken from the run by
 * the card, drawn by the views.  Only data.
 */

#ifndef CONC_EXHIBIT_H
#define CONC_EXHIBIT_H

#include <stddef.h>
#include <stdint.h>

#define STEPS_MAX 12

/** One step of a lane. */
struct step {
    size_t lane; /**< its index in the timeline */
    int64_t at_ns;
    char words[40];  /**< "reads 41" */
    uint16_t site;   /**< where in the source */
    char value[24];  /**< what stands in the variable after it: "41" */
    char remark[48]; /**< "two counted, one kept"; mostly empty */
};

/** What two lanes did, in the order in which it happened: a column each. */
struct interleaving {
    char title[96];         /**< "one count that vanished" */
    char value_heading[24]; /**< of the values: "count" */
    size_t run;             /**< the run of the variant that it was taken from */
    size_t left, right;     /**< the lanes, by index in its timeline */
    struct step steps[STEPS_MAX];
    size_t step_count;
};

#define BINS_MAX 12

/** In how many runs something came out as this or that. */
struct histogram {
    char title[96]; /**< "additions lost" */
    struct bin {
        char label[32]; /**< "0", "10 to 99" */
        uint64_t count;
    } bins[BINS_MAX];
    size_t bin_count;
};

#endif
