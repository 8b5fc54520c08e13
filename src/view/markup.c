// SPDX-License-Identifier: MIT
#include "view/markup.h"
#include "text/draft.h"
#include "text/width.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

static const char *entity_of(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    default:
        return "&#39;";
    }
}

void markup_escape(FILE *out, const char *text)
{
    for (;;) {
        size_t plain = strcspn(text, "&<>\"'");

        fwrite(text, 1, plain, out);
        text += plain;
        if (*text == '\0')
            return;
        fputs(entity_of(*text++), out);
    }
}

int markup_text(FILE *out, const char *text, bool ascii)
{
    struct draft draft;
    FILE *memory = draft_open(&draft);
    if (memory != NULL)
        text_print_safe(text, ascii, memory);
    char *safe = draft_close(&draft);
    if (safe == NULL)
        return UV_ENOMEM;
    markup_escape(out, safe);
    free(safe);
    return 0;
}

/** U+2028 and U+2029 are E2 80 A8 and E2 80 A9. */
static bool is_line_end(const char *text, size_t left)
{
    return left >= 3 && memcmp(text, "\xe2\x80", 2) == 0 &&
           ((unsigned char)text[2] == 0xa8 || (unsigned char)text[2] == 0xa9);
}

void markup_json(FILE *out, const char *json, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (json[i] == '<' || json[i] == '>' || json[i] == '&') {
            fprintf(out, "\\u%04x", (unsigned)json[i]);
        } else if (is_line_end(json + i, length - i)) {
            fprintf(out, "\\u20%02x", (unsigned)(unsigned char)json[i + 2] - 0x80u);
            i += 2;
        } else {
            putc(json[i], out);
        }
    }
}
