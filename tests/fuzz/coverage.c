/* Counts the edges that compiled modules take, for the fuzzer: gcc calls the first function in every basic block
 * (-fsanitize-coverage=trace-pc). What an input did not take is not looked at: it costs as much as it takes. */
#include <stdint.h>

#define SIZE 65536

static uint8_t counts[SIZE], own[SIZE];
static uint16_t taken[SIZE];
static int how_many;
static uint8_t *known = own;
static uintptr_t before;
static uint64_t blocks;

void __sanitizer_cov_trace_pc(void) {
    uintptr_t here = (uintptr_t)__builtin_return_address(0);
    here = (here >> 1) ^ (here >> 13);
    uint16_t edge = here ^ before;
    before = here >> 1;
    blocks++;
    if (counts[edge] == 0)
        taken[how_many++] = edge;
    counts[edge] += counts[edge] != 255;
}

/* Keep what is known in `memory`, of SIZE bytes: others see it there. */
void remember_in(uint8_t *memory) {
    known = memory;
}

void begin(void) {
    while (how_many)
        counts[taken[--how_many]] = 0;
    before = 0;
    blocks = 0;
}

/* Basic blocks since `begin`: what it cost, whatever else the machine does. */
uint64_t cost(void) {
    return blocks;
}

/* How often, roughly: 1, 2, 3, 4-7, 8-15, 16-31, 32-127, more. */
static uint8_t class_of(uint8_t count) {
    return count < 3 ? count : count == 3 ? 4 : count < 8 ? 8 : count < 16 ? 16 : count < 32 ? 32 : count < 128 ? 64 : 128;
}

/* Whether the run since `begin` took an edge that none took before, or as often as none did. */
int is_news(void) {
    int news = 0;
    for (int i = 0; i < how_many; i++) {
        uint8_t one = class_of(counts[taken[i]]);
        if (one & ~known[taken[i]]) {
            known[taken[i]] |= one;
            news = 1;
        }
    }
    return news;
}
