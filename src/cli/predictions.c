// SPDX-License-Identifier: MIT
#include "cli/reading.h"

#include <string.h>
#include <strings.h>

/** As much as a race of a million threads and a million additions each, and more. */
#define COUNT_MAX UINT64_C(1000000000000000)

/** No value is longer, but for zeros. */
#define VALUE_BYTES 64

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/** A copy without the blanks around it and those before a unit: " 2 s" is "2s".
 * @return its length, or 0: it cannot be a value. */
static size_t without_blanks(const char *text, size_t length, char *to)
{
    size_t used = 0;
    bool was_blank = false;
    for (size_t i = 0; i < length; i++) {
        if (is_blank(text[i])) {
            was_blank = used > 0;
            continue;
        }
        bool unit = strchr("ums", text[i]) != NULL && text[i] != '\0';
        if (used + 1 == VALUE_BYTES || (was_blank && !unit))
            return 0;
        was_blank = false;
        to[used++] = text[i];
    }
    to[used] = '\0';
    return used;
}

static int parse_count(const char *text, size_t length, int64_t *value)
{
    uint64_t count = 0;
    if (strspn(text, "0123456789") != length)
        return UV_EINVAL;
    int failed = decimal_parse(text, length, 1, COUNT_MAX, &count);
    if (failed == 0)
        *value = (int64_t)count;
    return failed;
}

static int parse_end(const char *text, int64_t *value)
{
    bool ends = strcasecmp(text, "ends") == 0;
    if (!ends && strcasecmp(text, "hangs") != 0)
        return UV_EINVAL;
    *value = ends;
    return 0;
}

int predicted_parse(enum predicted kind, const char *text, size_t length,
                    int64_t *value)
{
    char own[VALUE_BYTES];
    length = without_blanks(text, length, own);
    if (length == 0 || strlen(own) != length)
        return UV_EINVAL;
    switch (kind) {
    case PREDICT_COUNT:
        return parse_count(own, length, value);
    case PREDICT_END:
        return parse_end(own, value);
    default:
        return time_parse(own, length, value);
    }
}

const char *predicted_allowed(enum predicted kind)
{
    static const char *const allowed[] = {
        [PREDICT_TIME] = "a time such as 2 (seconds), 0.5, 300ms or 2m, up to 24 hours",
        [PREDICT_COUNT] = "a whole number such as 2, up to 10^15",
        [PREDICT_END] = "\"ends\" or \"hangs\"",
    };
    return allowed[kind];
}

struct prediction *prediction_on(const struct options *options, size_t variant)
{
    for (size_t i = 0; i < options->prediction_count; i++)
        if (options->predictions[i].variant == variant)
            return &options->predictions[i];
    return NULL;
}

bool predictions_add(struct options *options, size_t variant, int64_t value,
                     const char *reason)
{
    size_t count = options->prediction_count + 1;
    struct prediction *predictions =
        realloc(options->predictions, count * sizeof *predictions);
    if (!predictions)
        return false;
    options->predictions = predictions;
    char *own = reason ? strdup(reason) : NULL;
    if (reason && !own)
        return false;
    predictions[count - 1] =
        (struct prediction){.variant = variant, .value = value, .reason = own};
    options->prediction_count = count;
    return true;
}

/** "threads=12s". */
static enum cli_action read_prediction(struct reading *reading, const char *option,
                                       const struct item *item)
{
    const char *equals = memchr(item->text, '=', item->length);
    size_t name_length = equals ? (size_t)(equals - item->text) : item->length;
    struct item name = {item->text, name_length};
    enum predicted kind = reading->card->predicts;
    size_t index;
    int64_t value;
    if (!variant_index(reading->card->demo, &name, &index))
        return bad_variant(reading, option, &name);
    if (!equals)
        return bad(reading, "%s: %.*s needs a value: %s=%.*s=VALUE", option,
                   (int)name.length, name.text, option, (int)name.length, name.text);
    if (index == 0)
        return bad(reading,
                   "%s: %s is what the others are compared with; predict one of those",
                   option, reading->card->demo->variants[0].name);
    if (prediction_on(reading->options, index))
        return bad(reading, "%s: %.*s is predicted twice", option, (int)name.length,
                   name.text);
    size_t length = item->length - name_length - 1;
    if (predicted_parse(kind, equals + 1, length, &value) != 0)
        return bad(reading, "%s: %s is not %s", option, shown(equals + 1, length).text,
                   predicted_allowed(kind));
    return predictions_add(reading->options, index, value, NULL)
               ? CLI_RUN
               : out_of_memory(reading);
}

enum cli_action take_predict(struct reading *reading, const struct option_spec *spec,
                             const char *value)
{
    struct item item;
    enum cli_action action = CLI_RUN;
    if (!value)
        reading->options->predict = true;
    while (action == CLI_RUN && next_item(&value, &item))
        action = read_prediction(reading, spec->name, &item);
    return action;
}

/** To all predictions that stand before it and have not had theirs. */
enum cli_action take_reason(struct reading *reading, const struct option_spec *spec,
                            const char *value)
{
    struct options *options = reading->options;
    if (reading->reasoned == options->prediction_count)
        return bad(reading,
                   "%s: it stands behind the prediction that it is for: "
                   "--predict=VARIANT=VALUE %s %s",
                   spec->name, spec->name, spec->value);
    while (reading->reasoned < options->prediction_count) {
        struct prediction *prediction = &options->predictions[reading->reasoned++];
        prediction->reason = *value ? strdup(value) : NULL;
        if (*value && !prediction->reason)
            return out_of_memory(reading);
    }
    return CLI_RUN;
}

enum cli_action check_predictions(const struct reading *reading)
{
    const struct options *options = reading->options;
    const struct variant *variants = reading->card->demo->variants;
    for (size_t i = 0; i < options->prediction_count; i++) {
        size_t variant = options->predictions[i].variant;
        const char *name = variants[variant].name;
        const struct goes_with *wanted = wanted_for(reading, name);
        if (wanted)
            return bad(reading, "--predict: %s goes with %s %s", name, wanted->option,
                       wanted->word);
        if (!options->chosen[variant])
            return bad(reading, "--predict: %s is not run; %s %s runs it", name,
                       reading->only_with ? reading->only_with : "--with", name);
    }
    return CLI_RUN;
}
