// SPDX-License-Identifier: MIT
#include "view/style.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH_MAX 300

static const char *environment(const char *name)
{
    const char *value = getenv(name);
    return value != NULL ? value : "";
}

static bool terminal_is_dumb(void)
{
    const char *term = environment("TERM");
    return *term == '\0' || strcmp(term, "dumb") == 0;
}

static enum palette palette_of_terminal(void)
{
    const char *color = environment("COLORTERM");
    bool many = strstr(environment("TERM"), "256color") != NULL ||
                strstr(environment("TERM"), "direct") != NULL ||
                strcmp(color, "truecolor") == 0 || strcmp(color, "24bit") == 0;
    return many ? PALETTE_256 : PALETTE_16;
}

static enum palette palette_for(enum when color, int fd)
{
    switch (color) {
    case WHEN_ALWAYS:
        return palette_of_terminal();
    case WHEN_NEVER:
        return PALETTE_NONE;
    case WHEN_AUTO:
        break;
    }
    if (*environment("NO_COLOR") != '\0' || !isatty(fd) || terminal_is_dumb())
        return PALETTE_NONE;
    return palette_of_terminal();
}

static bool locale_is_utf8(void)
{
    const char *codeset = nl_langinfo(CODESET);
    return strcasecmp(codeset, "UTF-8") == 0 || strcasecmp(codeset, "utf8") == 0;
}

static bool window_size(int fd, unsigned *columns, unsigned *lines)
{
    struct winsize window;
    if (ioctl(fd, TIOCGWINSZ, &window) != 0)
        return false;
    *columns = window.ws_col > 0 ? window.ws_col : 80;
    *lines = window.ws_row > 0 ? window.ws_row : 24;
    return true;
}

static unsigned width_for(unsigned asked, int fd)
{
    unsigned columns, lines;
    if (asked > 0) {
        columns = asked;
    } else if (!window_size(fd, &columns, &lines)) {
        char *end;
        const char *text = environment("COLUMNS");
        unsigned long said = strtoul(text, &end, 10);
        bool sane = *text >= '0' && *text <= '9' && *end == '\0' && said > 0;
        columns = !sane ? 80 : said < WIDTH_MAX ? (unsigned)said : WIDTH_MAX;
    }
    return columns < WIDTH_MAX ? columns : WIDTH_MAX;
}

struct style style_for(const struct options *options, int fd)
{
    return (struct style){
        .width = width_for(options->width, fd),
        .palette = palette_for(options->color, fd),
        .unicode = !options->ascii && locale_is_utf8(),
    };
}

void style_window(int fd, unsigned *columns, unsigned *lines)
{
    if (!window_size(fd, columns, lines)) {
        *columns = 80;
        *lines = 24;
    }
}

bool style_can_move(int fd)
{
    return isatty(fd) && !terminal_is_dumb();
}
