// SPDX-License-Identifier: MIT
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int fuzz_stderr = STDERR_FILENO;

void fuzz_insist(bool holds, const char *claim)
{
    if (holds)
        return;
    dprintf(fuzz_stderr, "not so: %s\n", claim);
    abort();
}

/** FNV-1a. */
unsigned fuzz_sum(const uint8_t *data, size_t size)
{
    unsigned sum = 2166136261;
    for (size_t i = 0; i < size; i++)
        sum = (sum ^ data[i]) * 16777619;
    return sum ^ sum >> 15;
}

struct sink {
    const char *allowed;
    unsigned char last; /**< the byte before the next one */
};

static ssize_t take_in(void *data, const char *text, size_t length)
{
    struct sink *sink = data;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        bool is_control = byte < ' ' || byte == 0x7f;
        if (is_control)
            INSIST(byte != '\0' && strchr(sink->allowed, byte) != NULL);
        /* U+0080 to U+009F are controls too. */
        if (sink->last == 0xc2)
            INSIST(byte >= 0xa0);
        sink->last = byte;
    }
    return (ssize_t)length;
}

FILE *fuzz_sink(const char *allowed)
{
    static struct sink sink;
    static FILE *file;
    static char buffer[1 << 14];
    if (file == NULL) {
        file = fopencookie(&sink, "w", (cookie_io_functions_t){.write = take_in});
        INSIST(file != NULL && setvbuf(file, buffer, _IOFBF, sizeof buffer) == 0);
    }
    sink = (struct sink){.allowed = allowed};
    return file;
}

void fuzz_sink_end(FILE *sink)
{
    INSIST(fflush(sink) == 0 && !ferror(sink));
}

#ifdef FUZZ_FROM_STDIN
/** One input from standard input: for AFL++, and to look at a finding. */
int main(void)
{
    static uint8_t data[1 << 16];
    size_t size = fread(data, 1, sizeof data, stdin);
    return LLVMFuzzerTestOneInput(data, size);
}
#endif
