// SPDX-License-Identifier: MIT
#include "cli/help_inner.h"

#include <stdarg.h>
#include <string.h>

size_t help_flow(FILE *out, const char *text, size_t indent, size_t column)
{
    while (*text) {
        size_t length = strcspn(text, " ");
        if (column > indent && column + 1 + length > HELP_COLUMNS) {
            fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            fputc(' ', out);
            column++;
        }
        fwrite(text, 1, length, out);
        column += length;
        text += length + strspn(text + length, " ");
    }
    return column;
}

void help_paragraph(FILE *out, const char *text)
{
    help_flow(out, text, 0, 0);
    fputs("\n\n", out);
}

void help_to_right(FILE *out, size_t indent, size_t column)
{
    if (column + 2 > indent) {
        fputc('\n', out);
        column = 0;
    }
    fprintf(out, "%*s", (int)(indent - column), "");
}

void help_entry(FILE *out, const char *left, const char *right)
{
    fprintf(out, "  %s", left);
    help_to_right(out, HELP_INDENT, 2 + strlen(left));
    help_flow(out, right, HELP_INDENT, HELP_INDENT);
    fputc('\n', out);
}

void help_note_add(struct help_note *note, const char *format, ...)
{
    char part[160];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(part, sizeof part, format, arguments);
    va_end(arguments);
    size_t room = sizeof note->text - note->length;
    int written = snprintf(note->text + note->length, room, "%s%s",
                           note->length > 0 ? "; " : "(", part);
    if (written > 0 && (size_t)written + 1 < room)
        note->length += (size_t)written;
}

void help_note_put(FILE *out, struct help_note *note, size_t indent, size_t column)
{
    if (note->length == 0)
        return;
    note->text[note->length] = ')';
    note->text[note->length + 1] = '\0';
    help_flow(out, note->text, indent, column);
}

void help_note_company(struct help_note *note, const struct goes_with *wanted)
{
    if (wanted)
        help_note_add(note, "with %s %s", wanted->option, wanted->word);
}
