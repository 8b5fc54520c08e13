// SPDX-License-Identifier: MIT
#include "cli/reading.h"

#include "array.h"
#include "cli/diag.h"
#include "stage/cores.h"
#include "text/quantity.h"
#include "text/width.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SHOWN_BYTES 64

struct shown shown(const char *text, size_t length)
{
    struct shown shown;
    char part[SHOWN_BYTES + 5] = ""; // a whole character more than is shown
    bool cut = length > SHOWN_BYTES;
    memcpy(part, text, length < sizeof part ? length : sizeof part - 1);
    size_t end = cut ? text_fit_bytes(part, SHOWN_BYTES) : length;
    snprintf(shown.text, sizeof shown.text, "\"%.*s%s\"", (int)end, part,
             cut ? "..." : "");
    return shown;
}

const char *nearest(const char *word, size_t length, const char *const *names)
{
    char own[SHOWN_BYTES];
    if (length >= sizeof own)
        return NULL;
    memcpy(own, word, length);
    own[length] = '\0';
    return suggest(own, names);
}

void add_word(struct words *words, const char *word, size_t length)
{
    size_t room = sizeof words->text - words->length;
    int written = snprintf(words->text + words->length, room, "%s%.*s",
                           words->length ? ", " : "", (int)length, word);
    if (written > 0 && (size_t)written < room)
        words->length += (size_t)written;
    words->text[words->length] = '\0';
}

enum cli_action bad(const struct reading *reading, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vdiag_for(reading->command, format, arguments);
    va_end(arguments);
    return CLI_BAD;
}

enum cli_action out_of_memory(const struct reading *reading)
{
    diag_for(reading->command, "out of memory");
    return CLI_FAILED;
}

bool next_item(const char **rest, struct item *item)
{
    if (!*rest)
        return false;
    item->text = *rest;
    item->length = strcspn(*rest, ",");
    *rest = (*rest)[item->length] ? *rest + item->length + 1 : NULL;
    return true;
}

size_t count_items(const char *list)
{
    size_t count = 1;
    for (; *list; list++)
        count += *list == ',';
    return count;
}

bool is_option(const char *argument)
{
    bool number = argument[0] == '-' && argument[1] >= '0' && argument[1] <= '9';
    return argument[0] == '-' && argument[1] && !number;
}

enum cli_action read_number(const struct reading *reading,
                            const struct option_spec *spec, const char *value,
                            uint64_t *number)
{
    size_t length = strlen(value);
    uint64_t max = spec->max ? spec->max : cores_allowed();
    bool whole = length > 0 && strspn(value, "0123456789") == length;
    if (whole && decimal_parse(value, length, 1, max, number) == 0 &&
        *number >= spec->min)
        return CLI_RUN;
    return bad(reading, "%s: %s is not a number from %s to %s%s", spec->name,
               shown(value, length).text, count_text(spec->min).text,
               count_text(max).text, spec->max ? "" : ", the cores that conc may use");
}

enum cli_action read_word(const struct reading *reading, const struct option_spec *spec,
                          const char *value, unsigned *index)
{
    const char *word = spec->value;
    size_t length = strlen(value);
    struct words all = {.length = 0};
    for (*index = 0;; (*index)++) {
        size_t end = strcspn(word, "|");
        if (end == length && memcmp(word, value, end) == 0)
            return CLI_RUN;
        add_word(&all, word, end);
        if (!word[end])
            break;
        word += end + 1;
    }
    return bad(reading, "%s: %s is not one of %s", spec->name,
               shown(value, length).text, all.text);
}

/** What is not a time, and what would be one. */
static enum cli_action bad_time(const struct reading *reading, const char *option,
                                const struct item *item)
{
    return bad(reading,
               "%s%s%s is not a time such as 5 (seconds), 0.5, 20ms, 500us or 2m, "
               "up to 24 hours",
               option ? option : "", option ? ": " : "",
               shown(item->text, item->length).text);
}

/** What somebody may have had in mind who gave a word where only times may stand. */
static enum cli_action bad_word(const struct reading *reading, const struct item *item)
{
    struct shown word = shown(item->text, item->length);
    size_t index;
    if (variant_index(reading->card->demo, item, &index))
        return bad(reading, "%s is not a time; did you mean \"--only %.*s\"?",
                   word.text, (int)item->length, item->text);
    if (reading->card->takes_programs && !strchr("0123456789.-", item->text[0]))
        return bad(reading, "%s is not a time; a program stands behind \"--\"",
                   word.text);
    char name[SHOWN_BYTES] = "--";
    size_t length = item->length + 2;
    struct option_spec spec;
    if (length < sizeof name) {
        memcpy(name + 2, item->text, item->length);
        if (find_option(reading->card, name, length, &spec))
            return bad(reading, "%s is not a time; did you mean \"%s\"?", word.text,
                       spec.name);
    }
    return bad_time(reading, NULL, item);
}

enum cli_action read_time(const struct reading *reading, const char *option,
                          const struct item *item, int64_t *ns)
{
    int failed = time_parse(item->text, item->length, ns);
    if (failed == 0)
        return CLI_RUN;
    if (failed == UV_ERANGE)
        return bad(reading, "%s%s%s is too long: a time is 24 hours (1440m) at most",
                   option ? option : "", option ? ": " : "",
                   shown(item->text, item->length).text);
    return option ? bad_time(reading, option, item) : bad_word(reading, item);
}

static bool make_room(struct reading *reading)
{
    int64_t *ttls =
        array_grow(reading->ttls, reading->ttl_count, &reading->ttl_room, sizeof *ttls);
    if (ttls)
        reading->ttls = ttls;
    return ttls;
}

enum cli_action read_ttls(struct reading *reading, const char *option, const char *list)
{
    const char *rest = list;
    struct item item;
    while (next_item(&rest, &item)) {
        int64_t ns;
        if (item.length == 0 && *list)
            return bad(reading, "%s%sa time is empty in %s", option ? option : "",
                       option ? ": " : "", shown(list, strlen(list)).text);
        enum cli_action action = read_time(reading, option, &item, &ns);
        if (action != CLI_RUN)
            return action;
        if (reading->ttl_count == TASKS_MAX)
            return bad(reading, "--ttl: more than %s times",
                       count_text(TASKS_MAX).text);
        if (!make_room(reading))
            return out_of_memory(reading);
        reading->ttls[reading->ttl_count++] = ns;
    }
    return CLI_RUN;
}
