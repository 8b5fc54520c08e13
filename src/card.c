// SPDX-License-Identifier: MIT
#include "card.h"

#include <string.h>

int64_t option_of(const struct card *card, const struct options *options,
                  const char *name)
{
    for (size_t i = 0; card->options && options->own && card->options[i].name; i++) {
        if (strcmp(card->options[i].name, name) == 0)
            return options->own[i];
    }
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
