// SPDX-License-Identifier: MIT
#include "card.h"

#include <string.h>

size_t own_count(const struct card *card)
{
    size_t count = 0;
    while (card->options && card->options[count].name)
        count++;
    return count;
}

size_t own_place(const struct card *card, const char *name)
{
    size_t place = 0, count = own_count(card);
    while (place < count && strcmp(card->options[place].name, name) != 0)
        place++;
    return place;
}

const struct own_option *serving(const struct options *options)
{
    const struct own_option *own = options->card ? options->card->options : NULL;
    for (size_t i = 0; own && options->own && own[i].name; i++)
        if (own[i].serves && options->own[i])
            return &own[i];
    return NULL;
}

bool heard_at_once(const struct options *options)
{
    const struct own_option *own = options->card ? options->card->options : NULL;
    for (size_t i = 0; own && options->own && own[i].name; i++)
        if ((own[i].serves || own[i].is_heard) && options->own[i] > 0)
            return true;
    return false;
}

int64_t own_preset(const struct own_option *own, const struct tasks *tasks)
{
    return own->preset_of != NULL ? own->preset_of(tasks) : own->preset_value;
}

struct range own_range(int64_t value)
{
    return (struct range){(unsigned)(value >> 32), (unsigned)(value & UINT32_MAX)};
}

int64_t option_of(const struct card *card, const struct options *options,
                  const char *name)
{
    for (size_t i = 0; card->options && options->own && card->options[i].name; i++)
        if (strcmp(card->options[i].name, name) == 0)
            return options->own[i];
    return 0;
}

const char *own_word(const struct own_option *own, int64_t place, size_t *length)
{
    const char *word = own->value;
    *length = strcspn(word, "|");
    for (; place > 0 && *word; place--) {
        word += *length + (word[*length] == '|');
        *length = strcspn(word, "|");
    }
    return word;
}
