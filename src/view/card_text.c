// SPDX-License-Identifier: MIT
#include "view/card_text.h"
#include "card.h"
#include "text/draft.h"
#include "text/width.h"

#include <stdlib.h>
#include <string.h>

/** Signs that sentences are written with, and what stands for them in ASCII. */
static const struct {
    const char *sign, *ascii;
} signs[] = {{"×", "x"},  {"µ", "u"},  {"…", "..."}, {"–", "-"},
             {"—", "-"},  {"’", "'"},  {"“", "\""},  {"”", "\""},
             {"→", "->"}, {"≥", ">="}, {"≤", "<="},  {"≈", "about "}};

/** The index of the sign that `text` begins with, or how many there are. */
static size_t sign_at(const char *text)
{
    size_t i = 0;
    while (i < sizeof signs / sizeof *signs &&
           strncmp(text, signs[i].sign, strlen(signs[i].sign)) != 0)
        i++;
    return i;
}

/** A character is the byte that begins it and the bytes 10xxxxxx behind it. */
static void put_ascii(const char *text, FILE *out)
{
    while (*text != '\0') {
        size_t sign = sign_at(text), length = 1;
        if (sign < sizeof signs / sizeof *signs) {
            fputs(signs[sign].ascii, out);
            length = strlen(signs[sign].sign);
        } else if (*text == '\t') {
            putc('\t', out);
        } else {
            while (((unsigned char)text[length] & 0xc0) == 0x80)
                length++;
            char *character = strndup(text, length);
            text_print_safe(character != NULL ? character : "?", true, out);
            free(character);
        }
        text += length;
    }
}

/** What was written, in ASCII if asked for; NULL: out of memory. */
static char *finish(struct draft *written, bool ascii)
{
    char *text = draft_close(written);
    struct draft draft;
    if (text == NULL || !ascii)
        return text;
    FILE *out = draft_open(&draft);
    if (out != NULL)
        put_ascii(text, out);
    free(text);
    return draft_close(&draft);
}

char *card_verdict(const struct report *report, size_t variant, bool ascii)
{
    const struct saved_words *saved = report->variants[variant].saved;
    struct draft draft;
    FILE *out = draft_open(&draft);
    if (out != NULL && saved != NULL)
        fputs(saved->verdict, out);
    else if (out != NULL)
        report->card->verdict(report, variant, out);
    return finish(&draft, ascii);
}

char *card_next(const struct report *report, bool ascii)
{
    struct draft draft;
    FILE *out = draft_open(&draft);
    if (out != NULL && report->saved_next != NULL)
        fputs(report->saved_next, out);
    else if (out != NULL)
        report->card->next(report, out);
    return finish(&draft, ascii);
}
