// SPDX-License-Identifier: MIT
#include "view/live.h"
#include "text/width.h"
#include "view/style.h"
#include "view/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HIDE_CURSOR    "\x1b[?25l"
#define SHOW_CURSOR    "\x1b[?25h"
#define ERASE_LINE_END "\x1b[K"
#define ERASE_BELOW    "\x1b[J"
#define HOME           "\x1b[H"

/** How long a frame, and the last word to the terminal, may wait to be taken. */
#define FRAME_PATIENCE_MS 20
#define CLOSE_PATIENCE_MS 500

struct live {
    struct terminal terminal;
    struct style style;
    unsigned fixed_width;
    bool cursor_hidden;
    bool resized;

    /** The frame on screen; the cursor stands at the beginning of the line below it. */
    unsigned lines;
    unsigned widest;        /**< columns of its widest line */
    unsigned columns, rows; /**< of the window that it was drawn for */
    bool is_alone;          /**< all that the window shows is ours */
};

int live_open(struct live **result, int fd, const struct style *style,
              unsigned fixed_width)
{
    struct live *live = calloc(1, sizeof *live);
    *result = NULL;
    if (live == NULL)
        return UV_ENOMEM;
    live->style = *style;
    live->fixed_width = fixed_width;
    int error = terminal_open(&live->terminal, fd);
    if (error != 0) {
        free(live);
        return error;
    }
    *result = live;
    return 0;
}

void live_resized(struct live *live)
{
    live->resized = true;
}

/**
 * Put the cursor where the frame begins.
 *
 * A window that became narrower than the frame may have wrapped its lines or cut them,
 * depending on the terminal, so that nobody knows where the frame begins.  Then all
 * that is shown is scrolled away, where nothing of it is lost, and the frame begins at
 * the top.
 */
static void go_to_start(struct live *live, unsigned columns, unsigned rows, FILE *out)
{
    bool resized = live->resized || (live->lines > 0 &&
                                     (columns != live->columns || rows != live->rows));
    live->resized = false;
    /* A window that became higher may show again what was scrolled away. */
    live->is_alone = live->is_alone && rows <= live->rows;
    if (resized && live->widest > columns && live->is_alone) {
        fputs(HOME ERASE_BELOW, out);
        return;
    }
    if (live->lines > 0)
        fprintf(out, "\x1b[%uA", live->lines);
    fputs("\r", out);
    if (resized)
        fputs(ERASE_BELOW, out);
    if (resized && live->widest > columns) {
        fprintf(out, "\x1b[%uH", rows);
        for (unsigned i = 0; i < rows; i++)
            fputc('\n', out);
        fputs(HOME ERASE_BELOW, out);
        live->is_alone = true;
    }
}

/** Columns of a line, which may hold colours; `room` is as long as the line. */
static unsigned line_columns(const char *line, size_t bytes, char *room)
{
    size_t used = 0;
    for (size_t i = 0; i < bytes; i++) {
        if (line[i] != '\x1b') {
            room[used++] = line[i];
            continue;
        }
        while (i < bytes && line[i] != 'm')
            i++;
    }
    room[used] = '\0';
    return text_width(room);
}

/** Where lines are few, the title goes first: all up to the empty line. */
static const char *without_title(const char *frame, unsigned most)
{
    unsigned lines = 0;
    for (const char *at = frame; *at != '\0'; at++)
        lines += *at == '\n';
    const char *empty = lines > most ? strstr(frame, "\n\n") : NULL;
    return empty != NULL ? empty + 2 : frame;
}

/** Put the frame's lines, `most` of them at most, over those of the frame before. */
static void put_lines(struct live *live, const char *frame, unsigned columns,
                      unsigned most, char *room, FILE *out)
{
    unsigned before = live->lines;
    live->lines = live->widest = 0;
    frame = without_title(frame, most);
    while (*frame != '\0' && live->lines < most) {
        size_t bytes = strcspn(frame, "\n");
        unsigned width = line_columns(frame, bytes, room);
        fwrite(frame, 1, bytes, out);
        /* In the last column the cursor still stands on what was just written. */
        if (width < columns)
            fputs(ERASE_LINE_END, out);
        fputs("\r\n", out);
        live->lines++;
        live->widest = width > live->widest ? width : live->widest;
        frame += bytes + (frame[bytes] == '\n');
    }
    if (before > live->lines)
        fputs(ERASE_BELOW, out);
}

static int send_frame(struct live *live, const char *frame, size_t bytes,
                      unsigned columns, unsigned rows)
{
    char *room = malloc(bytes + 1), *text = NULL;
    size_t text_bytes = 0;
    FILE *out = open_memstream(&text, &text_bytes);
    int result = UV_ENOMEM;
    if (room == NULL || out == NULL)
        goto out_close;
    if (!live->cursor_hidden) {
        terminal_echo_off(&live->terminal);
        fputs(HIDE_CURSOR, out);
        live->cursor_hidden = true;
    }
    go_to_start(live, columns, rows, out);
    put_lines(live, frame, columns, rows - 1, room, out);
    live->columns = columns;
    live->rows = rows;
    result = 0;

out_close:
    if (out != NULL && fclose(out) != 0)
        result = UV_ENOMEM;
    if (result == 0)
        result = terminal_write(&live->terminal, text, text_bytes, FRAME_PATIENCE_MS);
    free(text);
    free(room);
    return result < 0 ? result : 0;
}

static int write_pictures(const void *report, const struct style *style, FILE *out)
{
    return text_write_pictures(report, style, out);
}

int live_draw(struct live *live, const struct report *report)
{
    return live_show(live, write_pictures, report);
}

int live_show(struct live *live,
              int (*write)(const void *what, const struct style *style, FILE *out),
              const void *what)
{
    int result = terminal_flush(&live->terminal, 0);
    if (result != 0)
        return result < 0 ? result : 0;
    unsigned columns, rows;
    style_window(live->terminal.fd, &columns, &rows);
    if (rows < 2)
        return 0;
    unsigned width = live->fixed_width > 0 ? live->fixed_width : 300;
    live->style.width = width < columns ? width : columns;
    live->style.height = rows - 1;

    char *frame = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&frame, &bytes);
    if (out == NULL)
        return UV_ENOMEM;
    result = write(what, &live->style, out);
    if (fclose(out) != 0)
        result = UV_ENOMEM;
    if (result == 0)
        result = send_frame(live, frame, bytes, columns, rows);
    free(frame);
    return result;
}

void live_suspend(struct live *live)
{
    if (!live->cursor_hidden)
        return;
    char wipe[1024];
    FILE *out = fmemopen(wipe, sizeof wipe, "w");
    if (out == NULL)
        return;
    unsigned columns, rows;
    style_window(live->terminal.fd, &columns, &rows);
    go_to_start(live, columns, rows < 300 ? rows : 300, out);
    fputs(ERASE_BELOW SHOW_CURSOR, out);
    fclose(out);
    terminal_write(&live->terminal, wipe, strlen(wipe), CLOSE_PATIENCE_MS);
    terminal_echo_back(&live->terminal);
    live->cursor_hidden = false;
    live->lines = live->widest = 0;
    live->is_alone = false;
}

void live_farewell(const struct live *live)
{
    static const char text[] = SHOW_CURSOR "\x1b[0m\r\n";
    terminal_echo_back(&live->terminal);
    if (write(live->terminal.fd, text, sizeof text - 1) < 0)
        return; /* there is nobody left to tell */
}

char *live_close(struct live *live)
{
    if (live == NULL)
        return NULL;
    live_suspend(live);
    char *rest = terminal_close(&live->terminal);
    free(live);
    return rest;
}
