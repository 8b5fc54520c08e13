// SPDX-License-Identifier: MIT
#include "cli/help_inner.h"

#include "stage/clock.h"
#include "text/quantity.h"

#include <inttypes.h>
#include <string.h>

enum { OPTION_INDENT = 29 };

void help_option(FILE *out, const struct option_spec *spec,
                 const struct goes_with *wanted)
{
    struct help_note note = {.length = 0};
    const char *before = spec->is_optional ? "[=" : spec->value ? " " : "";
    int left = fprintf(out, "  %s%s%s%s%s%s", spec->letter ? spec->letter : "",
                       spec->letter ? ", " : "", spec->name, before,
                       spec->value ? spec->value : "", spec->is_optional ? "]" : "");
    help_to_right(out, OPTION_INDENT, left > 0 ? (size_t)left : 0);
    size_t column = help_flow(out, spec->about, OPTION_INDENT, OPTION_INDENT);
    help_note_company(&note, wanted);
    if (spec->kind == VALUE_NUMBER && spec->max > 0)
        help_note_add(&note, "%s to %s", count_text(spec->min).text,
                      count_text(spec->max).text);
    if (spec->preset)
        help_note_add(&note, "default: %s", spec->preset);
    help_note_put(out, &note, OPTION_INDENT, column);
    fputc('\n', out);
}

/** A ttl as one would type it: "0.1". */
static void put_ttl(char *to, size_t size, int64_t ns)
{
    int length =
        snprintf(to, size, "%" PRId64 ".%09" PRId64, ns / NS_PER_S, ns % NS_PER_S);
    while (length > 1 && to[length - 1] == '0')
        to[--length] = '\0';
    if (to[length - 1] == '.')
        to[length - 1] = '\0';
}

/** "0.5 0.2; with --tasks N 1 each, or less" */
static void put_ttls(char *to, size_t size, const struct card *card)
{
    const int64_t *ttls_ns = card->ttls_ns;
    char ttl[32], other[32];
    size_t length = 0;
    put_ttl(other, sizeof other, card->ttl_ns > 0 ? card->ttl_ns : NS_PER_S);
    for (; *ttls_ns > 0 && length < size; ttls_ns++) {
        put_ttl(ttl, sizeof ttl, *ttls_ns);
        length += (size_t)snprintf(to + length, size - length, "%s ", ttl);
    }
    if (length > 0 && length < size)
        snprintf(to + length - 1, size - length + 1,
                 "; with --tasks N %s each, or less", other);
}

/** An option that every demo has; NULL: as it is where no demo says otherwise. */
static void common_entry(FILE *out, const struct card *card,
                         const struct option_spec *common)
{
    struct option_spec spec = common_spec(card, common);
    char ttl[32], preset[96];
    if (card && card->ttls_ns && strcmp(spec.name, "--ttl") == 0) {
        put_ttls(preset, sizeof preset, card);
        spec.preset = preset;
    } else if (card && card->ttl_ns > 0 && strcmp(spec.name, "--ttl") == 0) {
        put_ttl(ttl, sizeof ttl, card->ttl_ns);
        snprintf(preset, sizeof preset, "%s each, or less for many tasks", ttl);
        spec.preset = preset;
    } else if (card && card->repeat_of && strcmp(spec.name, "--repeat") == 0) {
        spec.preset = "1, or more where that is quick";
    }
    help_option(out, &spec, NULL);
}

void help_common_options(const struct card *card, FILE *out)
{
    for (const struct option_spec *spec = common_options; spec->name; spec++) {
        if (spec->heading)
            fprintf(out, "%s:\n", spec->heading);
        common_entry(out, card, spec);
        if (spec[1].heading || !spec[1].name)
            fputc('\n', out);
    }
    help_paragraph(
        out, "A time T is a number such as 5 or 0.5, then us, ms, s or m, or nothing "
             "for seconds; at most 24 hours.");
}

void help_own_options(const struct card *card, FILE *out)
{
    size_t count = own_count(card);
    if (count == 0)
        return;
    fprintf(out, "Only in %s:\n", card->demo->name);
    for (size_t i = 0; i < count; i++) {
        struct option_spec spec = own_spec(&card->options[i]);
        help_option(out, &spec, goes_with(card, spec.name));
    }
    fputc('\n', out);
}
