// SPDX-License-Identifier: MIT
#include "cli/reading.h"

#include "stage/clock.h"

#include <string.h>

size_t count_variants(const struct demo *demo)
{
    size_t count = 0;
    while (demo->variants[count].name)
        count++;
    return count;
}

bool variant_index(const struct demo *demo, const struct item *name, size_t *index)
{
    for (*index = 0; demo->variants[*index].name; ++*index) {
        const char *own = demo->variants[*index].name;
        if (strlen(own) == name->length && memcmp(own, name->text, name->length) == 0)
            return true;
    }
    return false;
}

enum cli_action bad_variant(const struct reading *reading, const char *option,
                            const struct item *name)
{
    const struct variant *variants = reading->card->demo->variants;
    const char *names[32];
    size_t count = 0;
    struct words all = {.length = 0};
    for (; variants[count].name && count < 31; count++) {
        names[count] = variants[count].name;
        add_word(&all, names[count], strlen(names[count]));
    }
    names[count] = NULL;
    const char *near = nearest(name->text, name->length, names);
    struct shown unknown = shown(name->text, name->length);
    if (near)
        return bad(reading, "%s: no variant %s; did you mean \"%s\"?", option,
                   unknown.text, near);
    return bad(reading, "%s: no variant %s; there are %s", option, unknown.text,
               all.text);
}

/** A variant that was named, but does not go with the other options. */
static enum cli_action bad_company(const struct reading *reading, const char *variant,
                                   const struct goes_with *wanted)
{
    return bad(reading, "%s: %s goes with %s %s", reading->only_with, variant,
               wanted->option, wanted->word);
}

/** Whether a flag was given that brings the variant in. */
static bool is_brought(const struct reading *reading, const char *variant)
{
    const struct own_option *own = reading->card->options;
    for (size_t i = 0; own && own[i].name; i++)
        if (own[i].brings && strcmp(own[i].brings, variant) == 0 &&
            reading->options->own[i])
            return true;
    return false;
}

/** A time that nobody waits for. */
#define UP_NS (24 * 3600 * NS_PER_S)

/** One alone, and as long as it takes. */
static enum cli_action resolve_serving(struct reading *reading)
{
    const struct variant *variants = reading->card->demo->variants;
    const struct own_option *flag = serving(reading->options);
    size_t count = 0;
    if (!flag)
        return CLI_RUN;
    if (!reading->limit_given)
        reading->options->limit_ns = UP_NS;
    for (size_t i = 0; variants[i].name; i++) {
        if (!reading->only_with)
            reading->options->chosen[i] = strcmp(variants[i].name, flag->serves) == 0;
        count += reading->options->chosen[i];
    }
    if (count != 1)
        return bad(reading, "%s: one variant at a time, as in --only %s", flag->name,
                   flag->serves);
    if (reading->options->repeat > 1)
        return bad(reading, "%s and --repeat exclude each other", flag->name);
    if (reading->options->live == WHEN_ALWAYS)
        return bad(reading, "%s and --live exclude each other", flag->name);
    return CLI_RUN;
}

enum cli_action resolve_variants(struct reading *reading)
{
    const struct variant *variants = reading->card->demo->variants;
    bool only = reading->only_with && strcmp(reading->only_with, "--only") == 0;
    for (size_t i = 0; variants[i].name; i++) {
        const struct goes_with *wanted = wanted_for(reading, variants[i].name);
        if (wanted && reading->named[i])
            return bad_company(reading, variants[i].name, wanted);
        reading->options->chosen[i] =
            !wanted && (reading->named[i] || (!only && !variants[i].extra) ||
                        is_brought(reading, variants[i].name));
    }
    return resolve_serving(reading);
}
