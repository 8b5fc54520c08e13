// SPDX-License-Identifier: MIT
#include "classroom/compare/view.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

/** Words that may hold anything, on lines of their own. */
static int put_said(struct pen *pen, enum ink ink, unsigned indent, struct draft *said)
{
    char *text = compare_close_safe(said, pen->style);
    if (text == NULL)
        return UV_ENOMEM;
    size_t length = strlen(text);
    if (length > 0 && text[length - 1] == '\n')
        text[length - 1] = '\0';
    if (text[0] != '\0')
        pen_wrap(pen, ink, indent, pen->style->width, text);
    free(text);
    return 0;
}

static int put_heading(struct pen *pen, const struct comparison *comparison,
                       const struct compared_demo *demo)
{
    struct draft said;
    if (draft_open(&said) == NULL)
        return UV_ENOMEM;
    compare_say_common(comparison, demo, said.file);
    compare_put_name(pen, INK_STRONG, demo->name);
    pen_move(pen, pen->column + 3);
    return put_said(pen, INK_PLAIN, 0, &said);
}

static int put_differences(struct pen *pen, const struct comparison *comparison,
                           const struct compared_demo *demo)
{
    for (size_t i = 0; i < demo->difference_count; i++) {
        struct draft said;
        if (draft_open(&said) == NULL)
            return UV_ENOMEM;
        fputs("not alike: ", said.file);
        compare_say_difference(comparison, demo, &demo->differences[i], said.file);
        int result = put_said(pen, INK_BLOCKED, 2, &said);
        if (result != 0)
            return result;
    }
    return 0;
}

static int put_limits(struct pen *pen, const struct compared_demo *demo)
{
    struct draft said;
    if (draft_open(&said) == NULL)
        return UV_ENOMEM;
    compare_say_limits(demo, said.file);
    fflush(said.file);
    if (said.bytes > 0)
        pen_newline(pen);
    return put_said(pen, INK_FAINT, 0, &said);
}

static int put_demo(struct pen *pen, const struct comparison *comparison,
                    const struct compared_demo *demo)
{
    int result = put_heading(pen, comparison, demo);
    if (result == 0)
        result = put_differences(pen, comparison, demo);
    if (result == 0)
        result = compare_put_strip(pen, comparison, demo);
    if (result == 0)
        result = compare_put_table(pen, comparison, demo);
    return result == 0 ? put_limits(pen, demo) : result;
}

int compare_write_text(const struct comparison *comparison, const struct style *style,
                       FILE *out)
{
    struct pen pen = pen_on(out, style);
    int result = 0;
    for (size_t i = 0; i < comparison->demo_count && result == 0; i++) {
        if (i > 0)
            pen_newline(&pen);
        result = put_demo(&pen, comparison, &comparison->demos[i]);
    }
    return result;
}
