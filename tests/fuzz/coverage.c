/* Counts the edges that compiled modules take, for the fuzzer: gcc calls the first function in every basic block
 * (-fsanitize-coverage=trace-pc). */
#include <stdint.h>
#include <string.h>

#define SIZE 65536

static uint8_t taken[SIZE], known[SIZE];
static uintptr_t before;

void __sanitizer_cov_trace_pc(void) {
    uintptr_t here = (uintptr_t)__builtin_return_address(0);
    here = (here >> 1) ^ (here >> 13);
    uint8_t *count = &taken[(here ^ before) & (SIZE - 1)];
    *count += *count != 255;
    before = here >> 1;
}

void begin(void) {
    memset(taken, 0, SIZE);
    before = 0;
}

/* How often, roughly: 1, 2, 3, 4-7, 8-15, 16-31, 32-127, more. */
static uint8_t class_of(uint8_t count) {
    return count < 3 ? count : count == 3 ? 4 : count < 8 ? 8 : count < 16 ? 16 : count < 32 ? 32 : count < 128 ? 64 : 128;
}

/* Whether the run since `begin` took an edge that none took before, or as often as none did. */
int is_news(void) {
    int news = 0;
    for (int word = 0; word < SIZE; word += 8) {
        uint64_t any;
        memcpy(&any, taken + word, 8);
        if (any)
            for (int i = word; i < word + 8; i++) {
                uint8_t one = class_of(taken[i]);
                if (one & ~known[i]) {
                    known[i] |= one;
                    news = 1;
                }
            }
    }
    return news;
}

int edges(void) {
    int count = 0;
    for (int i = 0; i < SIZE; i++)
        count += known[i] != 0;
    return count;
}
