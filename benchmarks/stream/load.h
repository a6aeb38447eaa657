/* The parts of the load client: what it was told, where each connection stands, and when what was heard. */
#ifndef LOAD_H
#define LOAD_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "marks.h"

#include <sys/types.h>

#define MOST_EVENTS 10000
#define COMMANDS UINT32_MAX
#define PUBLISHER (UINT32_MAX - 1)

enum stage { CONNECTING, ASKED, READY, GONE };

struct connection {
    int fd;
    uint8_t stage;
    uint8_t in_ready;    /* how many bytes of the ready pattern have been seen in a row */
    uint8_t in_mark;     /* how far inside a mark it is: 0 outside, 1 after the tilde, 2 after one digit */
    uint8_t never_reads;
    uint32_t seen_ready; /* how often the pattern came */
    uint32_t number;     /* of the mark being read */
    uint32_t seen;       /* the number of the last event */
    void *tls;
};

struct options {
    int port, publish, trigger, rcvbuf;
    uint32_t count, unread, addresses, inflight, ready_count;
    int64_t patience_ms;
    struct bytes request, ready, template, hello;
};

struct opening {
    uint32_t ready, failed, closed, unread;
    uint64_t bytes;
    int64_t *at; /* when each connection had its first words */
};

struct firing {
    uint32_t events, fired, base, listening;
    uint64_t received;
    uint32_t disordered, repeated;
    int64_t answered_at;
    uint32_t heard[MOST_EVENTS];
    int64_t said_at[MOST_EVENTS], first_at[MOST_EVENTS], median_at[MOST_EVENTS], last_at[MOST_EVENTS];
};

extern struct options options;
extern struct opening opening;
extern struct firing firing;
extern struct connection *connections;

/* load_options.c */
void read_options(int argc, char **argv);

/* load_hearing.c: finds the first words and the events in what a connection hears, however it is cut */
size_t first_words(struct connection *c, const char *heard, size_t length);
void marks(struct connection *c, const char *heard, size_t length);

/* load_wire.c: plain or TLS */
void begin(struct connection *c);
int greet(struct connection *c, struct bytes request); /* 1 once the request is out */
ssize_t take(struct connection *c, char *into, size_t room);
int more_waits(struct connection *c);
void part(struct connection *c);

#endif
