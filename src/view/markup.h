// SPDX-License-Identifier: MIT
/**
 * Text in XML and HTML: whatever it holds, it is text there, and the document stays
 * valid.  Any thread.
 */

#ifndef CONC_VIEW_MARKUP_H
#define CONC_VIEW_MARKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/** Write & < > " ' as entities, and all else as it is: between tags, and as a value in
 * quotes. */
void markup_escape(FILE *out, const char *text);

/** Write text made safe (text_print_safe()), and then escaped.  @return 0 or UV_ENOMEM.
 */
int markup_text(FILE *out, const char *text, bool ascii);

/**
 * Write JSON so that it may stand in a script element, which `</script` and `<!--`
 * would end or turn around: in its strings, the only places where they can be, < > &
 * and the line ends of JavaScript (U+2028, U+2029) become \uXXXX.
 */
void markup_json(FILE *out, const char *json, size_t length);

#endif
