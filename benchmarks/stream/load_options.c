/* The command line of the load client. */
#include "load.h"

struct connection *connections;

static struct bytes from_hex(const char *hex)
{
    struct bytes out = {calloc(strlen(hex) / 2 + 1, 1), strlen(hex) / 2};
    for (size_t at = 0; at < out.length; at++) {
        unsigned value;
        if (sscanf(hex + 2 * at, "%2x", &value) != 1)
            fail("not hexadecimal");
        out.at[at] = (char)value;
    }
    return out;
}

static void read_option(const char *name, const char *value)
{
    long number = atol(value);
    if (!strcmp(name, "trigger"))
        options.trigger = (int)number;
    else if (!strcmp(name, "publish"))
        options.publish = (int)number;
    else if (!strcmp(name, "template"))
        options.template = whole_file(value);
    else if (!strcmp(name, "hello"))
        options.hello = whole_file(value);
    else if (!strcmp(name, "unread"))
        options.unread = (uint32_t)number;
    else if (!strcmp(name, "addresses"))
        options.addresses = (uint32_t)number;
    else if (!strcmp(name, "inflight"))
        options.inflight = (uint32_t)number;
    else if (!strcmp(name, "rcvbuf"))
        options.rcvbuf = (int)number;
    else if (!strcmp(name, "patience"))
        options.patience_ms = number;
    else {
        fprintf(stderr, "unknown option: %s\n", name);
        exit(2);
    }
}

void read_options(int argc, char **argv)
{
    if (argc < 6 || argc % 2) {
        fputs("load PORT CONNECTIONS REQUEST READY-HEX READY-COUNT [option value]...\n", stderr);
        exit(2);
    }
    options.port = atoi(argv[1]);
    options.count = (uint32_t)atol(argv[2]);
    options.request = whole_file(argv[3]);
    options.ready = from_hex(argv[4]);
    options.ready_count = (uint32_t)atol(argv[5]);
    for (int at = 6; at + 1 < argc; at += 2)
        read_option(argv[at], argv[at + 1]);
    connections = calloc(options.count + 1, sizeof *connections);
    opening.at = calloc(options.count + 1, sizeof *opening.at);
    if (!connections || !opening.at || !options.ready.length || options.ready.length > 64)
        fail("options");
}
