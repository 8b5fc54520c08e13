// SPDX-License-Identifier: MIT
#include "view/csv_field.h"

#include "text/draft.h"
#include "text/width.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

static bool looks_like_formula(const char *text)
{
    char first = text[strspn(text, "'")];
    return first != '\0' && strchr("=+-@\t\r", first) != NULL;
}

void csv_put_safe(FILE *out, const char *text)
{
    bool quoted = strpbrk(text, ",\"\r\n") != NULL || text[0] == ' ';
    fputs(quoted ? "\"" : "", out);
    if (looks_like_formula(text))
        putc('\'', out);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            putc('"', out);
        putc(*text, out);
    }
    fputs(quoted ? "\"" : "", out);
}

int csv_put_text(FILE *out, const char *text)
{
    struct draft draft;
    if (text == NULL || text[0] == '\0')
        return 0;
    FILE *memory = draft_open(&draft);
    if (memory != NULL)
        text_print_safe(text, false, memory);
    char *safe = draft_close(&draft);
    if (safe == NULL)
        return UV_ENOMEM;
    csv_put_safe(out, safe);
    free(safe);
    return 0;
}
