// SPDX-License-Identifier: MIT
#include "view/view.h"

#include <string.h>

const struct view views[] = {
    {"text", ".txt", "pictures, figures and a verdict, as on the terminal", text_write},
    {"plain", NULL, "a line for each event, for screen readers and logs", plain_write},
    {"json", ".json", "everything measured, for programs", json_write},
    {"cast", ".cast", "the live view as a recording, for asciinema", cast_write},
    {"csv", ".csv", "a row for each run, for spreadsheets", csv_write},
    {"chrome", ".trace.json", "trace events, for Perfetto and Chrome", chrome_write},
    {"html", ".html", "a page of it all, to zoom in and to be asked", html_write},
    {"svg", ".svg", "one picture of it all, for slides and print", svg_write},
    {0},
};

const struct view *view_named(const char *name)
{
    for (const struct view *view = views; view->name != NULL; view++)
        if (strcmp(view->name, name) == 0)
            return view;
    return NULL;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), end_length = strlen(end);
    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

const struct view *view_for_path(const char *path)
{
    const struct view *best = NULL;
    for (const struct view *view = views; view->name != NULL; view++)
        if (view->extension != NULL && ends_with(path, view->extension) &&
            (best == NULL || strlen(view->extension) > strlen(best->extension)))
            best = view;
    return best;
}
