/* What a connection hears: the first words, and then events by their numbers. Nothing is lost where a read ends in the
 * middle of either. */
#include "load.h"

/* How many bytes it took until the first words were complete; all of them, if they are not. */
size_t first_words(struct connection *c, const char *heard, size_t length)
{
    const char *pattern = options.ready.at;
    for (size_t at = 0; at < length;) {
        if (c->in_ready == 0) {
            const char *start = memchr(heard + at, pattern[0], length - at);
            if (!start)
                return length;
            at = (size_t)(start - heard) + 1;
            c->in_ready = 1;
        } else if (heard[at] == pattern[c->in_ready]) {
            c->in_ready++;
            at++;
        } else {
            /* The longest end of what was seen that begins the pattern anew. */
            uint8_t keep = c->in_ready - 1;
            while (keep && memcmp(pattern, pattern + c->in_ready - keep, keep) != 0)
                keep--;
            c->in_ready = keep;
        }
        if (c->in_ready == options.ready.length) {
            c->in_ready = 0;
            if (++c->seen_ready >= options.ready_count)
                return at;
        }
    }
    return length;
}

static void heard_event(struct connection *c)
{
    uint32_t event = c->number - firing.base - 1;
    if (c->number == c->seen) {
        firing.repeated++;
        return;
    }
    if (c->number != c->seen + 1)
        firing.disordered++;
    c->seen = c->number;
    if (event >= firing.events)
        return;
    int64_t now = now_ns();
    uint32_t heard = ++firing.heard[event];
    firing.received++;
    if (heard == 1)
        firing.first_at[event] = now;
    if (heard == (firing.listening + 1) / 2)
        firing.median_at[event] = now;
    firing.last_at[event] = now;
}

void marks(struct connection *c, const char *heard, size_t length)
{
    const char *at = heard, *end = heard + length;
    while (at < end) {
        if (c->in_mark == 0) {
            at = memchr(at, '~', (size_t)(end - at));
            if (!at)
                return;
            at++;
            c->in_mark = 1;
            c->number = 0;
        } else if (c->in_mark <= DIGITS && *at >= '0' && *at <= '9') {
            c->number = c->number * 10 + (uint32_t)(*at++ - '0');
            c->in_mark++;
        } else if (c->in_mark == DIGITS + 1 && *at == '~') {
            at++;
            c->in_mark = 0;
            heard_event(c);
        } else {
            c->in_mark = 0;
        }
    }
}
