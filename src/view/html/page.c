// SPDX-License-Identifier: MIT
#include "view/html/page.h"
#include "view/markup.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void page_put(struct page *page, const char *markup)
{
    fputs(markup, page->out);
}

void page_format(struct page *page, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(page->out, format, arguments);
    va_end(arguments);
}

void page_text(struct page *page, const char *text)
{
    int result = markup_text(page->out, text, page->ascii);
    page->result = page->result != 0 ? page->result : result;
}

void page_element(struct page *page, const char *tag, const char *text)
{
    page_format(page, "<%s>", tag);
    page_text(page, text);
    page_format(page, "</%.*s>\n", (int)strcspn(tag, " "), tag);
}

FILE *page_open_draft(struct page *page, struct draft *draft)
{
    FILE *out = draft_open(draft);
    if (out == NULL)
        page->result = UV_ENOMEM;
    return out;
}

char *page_close_draft(struct page *page, struct draft *draft)
{
    char *text = draft_close(draft);
    if (text == NULL)
        page->result = UV_ENOMEM;
    return text;
}

void page_paragraphs(struct page *page, const char *class, struct draft *draft)
{
    char tag[64], *text = page_close_draft(page, draft), *rest = text, *line;
    snprintf(tag, sizeof tag, "p%s%s%s", class[0] != '\0' ? " class=\"" : "", class,
             class[0] != '\0' ? "\"" : "");
    while (text != NULL && (line = strsep(&rest, "\n")) != NULL)
        if (line[0] != '\0')
            page_element(page, tag, line);
    free(text);
}
