// SPDX-License-Identifier: MIT
/**
 * Write JSON (RFC 8259) as it comes, without a tree: a tree of a million spans costs
 * gigabytes.
 *
 * Order of use: json_writer_init(); then one value, which is a plain one or
 *
 *     jw_object(w, JW_LINES);             {
 *     jw_key(w, "spans");                   "spans":
 *     jw_array(w, JW_LINE);                     [
 *     jw_int(w, 1);                              1
 *     jw_close(w);                               ]
 *     jw_close(w);                        }
 *
 * In an object each value follows a key, in an array there are no keys; that, and that
 * what was opened is closed, is for the caller to keep (assert() says where it is not).
 * At most JW_DEPTH levels are open at once.
 *
 * The writer escapes keys and strings: callers hand over text as it is.  Bytes that are
 * not UTF-8 become U+FFFD.  Integers are written exactly; of reals as many digits as it
 * takes to read the same value back, with a point in every locale; those that JSON has
 * no words for (infinite, not a number) become null.
 *
 * Errors stay in the FILE: see ferror(3) at the end.  One thread.
 */

#ifndef CONC_VIEW_JSON_WRITER_H
#define CONC_VIEW_JSON_WRITER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define JW_DEPTH 32

/** How the items of an object or an array stand: each on a line of its own, or not. */
enum jw_layout { JW_LINES, JW_LINE };

struct json_writer {
    FILE *out;
    unsigned depth;
    bool after_key;
    struct jw_level {
        bool is_object, has_items;
        enum jw_layout layout;
    } levels[JW_DEPTH];
};

void json_writer_init(struct json_writer *w, FILE *out);

/** All within a container on one line stands on that line too, whatever it asks for. */
void jw_object(struct json_writer *w, enum jw_layout layout);
void jw_array(struct json_writer *w, enum jw_layout layout);
/** Close the object or the array opened last; the outermost ends with a newline. */
void jw_close(struct json_writer *w);

void jw_key(struct json_writer *w, const char *key);

/** NULL is written as null. */
void jw_string(struct json_writer *w, const char *text);
/** A string of `length` bytes, which may hold any. */
void jw_bytes(struct json_writer *w, const char *text, size_t length);
void jw_int(struct json_writer *w, int64_t value);
void jw_uint(struct json_writer *w, uint64_t value);
void jw_real(struct json_writer *w, double value);
/** Thousandths, exactly: 1234567 as 1234.567; of ns, µs. */
void jw_thousandths(struct json_writer *w, int64_t value);
void jw_bool(struct json_writer *w, bool value);
void jw_null(struct json_writer *w);
/** A value of jansson's, on one line; NULL, and what is nested too deep, as null. */
void jw_value(struct json_writer *w, const json_t *value);

/** A key and its value. */
void jw_key_string(struct json_writer *w, const char *key, const char *text);
void jw_key_int(struct json_writer *w, const char *key, int64_t value);
void jw_key_real(struct json_writer *w, const char *key, double value);
void jw_key_bool(struct json_writer *w, const char *key, bool value);
/** A negative value, which stands for one that is not known, is written as null. */
void jw_key_int_or_null(struct json_writer *w, const char *key, int64_t value);
void jw_key_null(struct json_writer *w, const char *key);

#endif
