// SPDX-License-Identifier: MIT
#include "text/draft.h"

#include <stdbool.h>
#include <stdlib.h>

FILE *draft_open(struct draft *draft)
{
    *draft = (struct draft){.file = NULL};
    draft->file = open_memstream(&draft->text, &draft->bytes);
    return draft->file;
}

char *draft_close(struct draft *draft)
{
    if (draft->file == NULL)
        return NULL;
    bool failed = ferror(draft->file) != 0;
    /* Closing makes the text fit, by realloc(3): then it may be NULL. */
    if (fclose(draft->file) == 0 && !failed && draft->text != NULL)
        return draft->text;
    free(draft->text);
    return NULL;
}
