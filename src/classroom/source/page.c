// SPDX-License-Identifier: MIT
#include "classroom/source/page.h"
#include "classroom/source/code.h"
#include "text/width.h"

#include <stdlib.h>
#include <string.h>

/** Wider than any line. */
#define ENDLESS 100000

/** Where notes begin that stand beside their lines, which are 88 columns wide at most;
 * or farther to the left, where that leaves too little room. */
#define NOTE_COLUMN 98

void page_open(struct page *page, FILE *out, const struct look *look, size_t last_line)
{
    *page = (struct page){.style = look->style, .is_plain = look->is_plain};
    if (look->is_endless)
        page->style.width = ENDLESS;
    page->pen = pen_on(out, &page->style);
    for (page->digits = 1; last_line > 9; last_line /= 10)
        page->digits++;
}

void page_head(struct page *page, const char *strong, const char *rest)
{
    if (text_width(strong) > page->style.width)
        pen_wrap(&page->pen, INK_STRONG, 0, page->style.width, strong);
    else
        pen_put(&page->pen, INK_STRONG, strong);
    pen_move(&page->pen, page->pen.column + 1);
    pen_wrap(&page->pen, INK_FAINT, 2, page->style.width, rest);
    pen_newline(&page->pen);
}

static enum ink ink_of(enum token token)
{
    static const enum ink inks[] = {
        [TOKEN_PLAIN] = INK_PLAIN,         [TOKEN_KEYWORD] = INK_RUN,
        [TOKEN_COMMENT] = INK_FAINT,       [TOKEN_STRING] = INK_READY,
        [TOKEN_PREPROCESSOR] = INK_ZOMBIE, [TOKEN_PRIMITIVE] = INK_STRONG};
    return inks[token];
}

/** A part of a line: bytes of the source, from one to another. */
struct part {
    size_t from, to;
};

static void put_part(struct page *page, const struct source *source, struct part part)
{
    while (part.from < part.to) {
        enum token token = source->tokens[part.from];
        size_t end = part.from;
        while (end < part.to && source->tokens[end] == token && end - part.from < 200)
            end++;
        pen_format(&page->pen, ink_of(token), "%.*s", (int)(end - part.from),
                   source->text + part.from);
        part.from = end;
    }
}

/** A line that is put piece by piece, each on a line of so many columns. */
struct folding {
    const struct source *source;
    struct part rest;
    unsigned indent; /* of the pieces after the first */
    bool is_first;
};

static struct folding fold(const struct place *place)
{
    struct folding folding = {.source = place->source, .is_first = true};
    if (place->line == 0)
        return folding;
    size_t length;
    const char *text = source_line(place->source, place->line, &length);
    folding.rest.from = place->source->line_at[place->line - 1];
    folding.rest.to = folding.rest.from + length;
    size_t blanks = 0;
    while (blanks < length && text[blanks] == ' ')
        blanks++;
    folding.indent = (unsigned)blanks + 4;
    return folding;
}

/** Where a line may end: at a blank, or else (2) between a name and what is none. */
static bool may_end(const char *text, size_t at, int choice)
{
    return choice == 1 ? text[at] == ' '
                       : !code_is_name(text[at - 1]) && code_is_name(text[at]);
}

/** The end of the piece that begins at `from`: at the last blank past a third of the
 * room, else past the middle, else where the room ends. */
static size_t piece_end(const struct folding *folding, size_t room)
{
    size_t from = folding->rest.from;
    if (folding->rest.to - from <= room)
        return folding->rest.to;
    for (int choice = 1; choice <= 2; choice++)
        for (size_t end = from + room; end > from + room / (choice == 1 ? 3 : 2); end--)
            if (may_end(folding->source->text, end, choice))
                return end;
    return from + room;
}

/** Put the next piece from where the pen stands, in so many columns. */
static void put_piece(struct page *page, struct folding *folding, unsigned room)
{
    struct part *rest = &folding->rest;
    unsigned indent =
        folding->is_first || folding->indent > room / 2 ? 0 : folding->indent;
    room = room > indent ? room - indent : 1;
    if (!folding->is_first)
        while (rest->from < rest->to && folding->source->text[rest->from] == ' ')
            rest->from++;
    folding->is_first = false;
    if (rest->from == rest->to)
        return;
    size_t end = piece_end(folding, room), last = end;
    while (last > rest->from && folding->source->text[last - 1] == ' ')
        last--;
    pen_move(&page->pen, page->pen.column + indent);
    put_part(page, folding->source, (struct part){rest->from, last});
    rest->from = end;
}

static void put_folded(struct page *page, const struct place *place)
{
    struct folding folding = fold(place);
    unsigned column = page->pen.column, width = page->style.width;
    unsigned room = width > column ? width - column : 1;
    put_piece(page, &folding, room);
    while (folding.rest.from < folding.rest.to) {
        pen_newline(&page->pen);
        pen_move(&page->pen, column);
        put_piece(page, &folding, room);
    }
}

/** Beside the line, if it fits there; else below. */
static void put_safe_note(struct page *page, const char *note, unsigned column)
{
    unsigned width = page->style.width, wants = text_width(note);
    unsigned beside = wants < width ? width - wants : 0;
    beside = beside < NOTE_COLUMN ? beside : NOTE_COLUMN;
    if (!page->is_plain && beside >= page->pen.column + 2) {
        pen_move(&page->pen, beside);
        pen_put(&page->pen, INK_BLOCKED, note);
        pen_newline(&page->pen);
        return;
    }
    pen_newline(&page->pen);
    if (!page->is_plain) {
        pen_move(&page->pen, column - 2);
        pen_put(&page->pen, INK_BLOCKED, page->style.unicode ? "↳" : ">");
    }
    pen_wrap(&page->pen, INK_BLOCKED, page->is_plain ? 4 : column, width, note);
}

static void put_note(struct page *page, const char *note, unsigned column)
{
    char *safe = safe_copy(note, &page->style);
    if (safe != NULL)
        put_safe_note(page, safe, column);
    else
        pen_newline(&page->pen);
    free(safe);
}

/** A number of a line, or as much room. */
static void put_number(struct page *page, size_t line, enum ink ink)
{
    unsigned end = page->pen.column + page->digits;
    if (page->is_plain && line > 0)
        pen_format(&page->pen, ink, "%zu:", line);
    else if (line > 0)
        pen_format(&page->pen, ink, "%*zu", (int)page->digits, line);
    if (!page->is_plain)
        pen_move(&page->pen, end);
}

void page_line(struct page *page, const struct place *place, const char *note)
{
    unsigned column = page->digits + 2;
    put_number(page, place->line, note != NULL ? INK_BLOCKED : INK_FAINT);
    pen_move(&page->pen, page->is_plain ? page->pen.column + 1 : column);
    put_folded(page, place);
    if (note != NULL)
        put_note(page, note, column);
    else
        pen_newline(&page->pen);
}

void page_bare_line(struct page *page, const struct place *place)
{
    put_folded(page, place);
    pen_newline(&page->pen);
}

void page_gap(struct page *page)
{
    if (!page->is_plain) {
        pen_move(&page->pen, page->digits - 1);
        pen_put(&page->pen, INK_FAINT, page->style.unicode ? "⋮" : ":");
    }
    pen_newline(&page->pen);
}

void page_words(struct page *page, const char *text)
{
    unsigned width = page->style.width < 80 ? page->style.width : 80;
    pen_wrap(&page->pen, INK_PLAIN, 0, width, text);
}

/** One side of a row: its number and a piece of its line. */
static void put_side(struct page *page, struct folding *folding,
                     const struct place *place, enum ink ink, unsigned room)
{
    if (place->line == 0)
        return;
    if (folding->is_first)
        pen_format(&page->pen, ink, "%*zu", (int)page->digits, place->line);
    else
        pen_move(&page->pen, page->pen.column + page->digits);
    pen_move(&page->pen, page->pen.column + 2);
    put_piece(page, folding, room);
}

/** As diff -y has them. */
static const char *sign_of(const struct pair *pair)
{
    if (pair->is_same)
        return " ";
    return pair->left.line == 0 ? ">" : pair->right.line == 0 ? "<" : "|";
}

void page_pairs(struct page *page, const struct pairs *pairs)
{
    unsigned half = (page->style.width - 3) / 2, room = half - page->digits - 2;
    for (size_t i = 0; i < pairs->count; i++) {
        const struct pair *pair = &pairs->at[i];
        struct folding left = fold(&pair->left), right = fold(&pair->right);
        enum ink ink = pair->is_same ? INK_FAINT : INK_BLOCKED;
        do {
            put_side(page, &left, &pair->left, ink, room);
            pen_move(&page->pen, half + 1);
            pen_put(&page->pen, ink, sign_of(pair));
            pen_move(&page->pen, half + 3);
            put_side(page, &right, &pair->right, ink, room);
            pen_newline(&page->pen);
        } while (left.rest.from < left.rest.to || right.rest.from < right.rest.to);
    }
}

/** A line of one column: a sign, its number on the left, on the right, or both. */
static void put_change(struct page *page, const char *sign, struct place left,
                       struct place right)
{
    enum ink ink = *sign == ' ' ? INK_FAINT : INK_BLOCKED;
    pen_put(&page->pen, ink, sign);
    pen_move(&page->pen, 2);
    put_number(page, left.line, ink);
    pen_move(&page->pen, page->pen.column + (page->is_plain ? 0 : 1));
    put_number(page, right.line, ink);
    pen_move(&page->pen, page->pen.column + (page->is_plain ? 1 : 2));
    put_folded(page, right.line > 0 ? &right : &left);
    pen_newline(&page->pen);
}

/** What was changed, from `from` on: all of the left, then all of the right.
 * @return past it. */
static size_t put_changes(struct page *page, const struct pairs *pairs, size_t from)
{
    const struct place none = {.line = 0};
    size_t end = from;
    while (end < pairs->count && !pairs->at[end].is_same)
        end++;
    for (size_t i = from; i < end; i++)
        if (pairs->at[i].left.line > 0)
            put_change(page, "-", pairs->at[i].left, none);
    for (size_t i = from; i < end; i++)
        if (pairs->at[i].right.line > 0)
            put_change(page, "+", none, pairs->at[i].right);
    return end;
}

void page_changes(struct page *page, const struct pairs *pairs)
{
    for (size_t i = 0; i < pairs->count;) {
        const struct pair *pair = &pairs->at[i];
        if (!pair->is_same) {
            i = put_changes(page, pairs, i);
            continue;
        }
        put_change(page, " ", pair->left, pair->right);
        i++;
    }
}
