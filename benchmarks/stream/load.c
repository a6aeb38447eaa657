/* The load client: many connections that listen, and one that has something said; when does each hear it?
 *
 *   load PORT CONNECTIONS REQUEST READY-HEX READY-COUNT [option value]...
 *
 * Each connection sends the bytes of the file REQUEST and has its first words once READY-HEX came READY-COUNT times.
 * What it speaks (server-sent events, WebSocket, MQTT) lies in these bytes alone. Commands come as lines on standard
 * input and are answered by a line of JSON each:
 *
 *   open                   connect all, wait until all have their first words
 *   fire EVENTS GAP WAIT   have so many events said, GAP ns apart; wait for all receipts, WAIT ms after the last
 *   template FILE          from now on this is what is published
 *   quit
 *
 * Options: trigger FD (a byte there has an event said) or publish PORT with template FILE and hello FILE (what is sent
 * first); unread PERMILLE (so many connections never read again once they have their first words); addresses COUNT
 * (source addresses in 127.0.0.0/8); inflight COUNT (connections that may wait for their first words at once);
 * rcvbuf BYTES; patience MS (for open). Built with -DTLS every connection but the publisher's is TLS, unverified.
 */
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define AT_ONCE 512

struct options options = {.addresses = 50, .inflight = 500, .trigger = -1, .patience_ms = 60000};
struct firing firing;
struct opening opening;

static int epoll, publisher = -1;
static uint32_t said; /* how many events there have been */

static void watch(int fd, int how, uint32_t what, uint32_t index)
{
    struct epoll_event wanted = {.events = what, .data.u32 = index};
    if (epoll_ctl(epoll, how, fd, &wanted) < 0)
        fail("epoll_ctl");
}

static struct sockaddr_in loopback(uint32_t number, int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl((127u << 24) + (number / 250 << 8) + number % 250 + 1);
    return address;
}

static void lost(uint32_t index)
{
    struct connection *c = &connections[index];
    if (c->stage == READY)
        opening.closed++;
    else
        opening.failed++;
    if (opening.failed == 1 && c->stage != READY)
        fprintf(stderr, "connection %u failed in stage %d: %s\n", index, c->stage, strerror(errno));
    c->stage = GONE;
    part(c);
    close(c->fd);
}

/* --- one connection, from connect() to its first words ----------------------------------------- */

static void ask(uint32_t index)
{
    struct connection *c = &connections[index];
    if (!greet(c, options.request)) {
        if (errno != EAGAIN)
            lost(index);
        else
            watch(c->fd, EPOLL_CTL_MOD, EPOLLIN, index); /* the other side has the word */
        return;
    }
    c->stage = ASKED;
    watch(c->fd, EPOLL_CTL_MOD, EPOLLIN, index);
}

static void connect_one(uint32_t index)
{
    struct connection *c = &connections[index];
    struct sockaddr_in from = loopback(index % options.addresses, 0), to = loopback(0, options.port);
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0)
        fail("socket");
    setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &(int){1}, sizeof(int));
    /* No TIME_WAIT is left behind: the next run needs the ports. */
    setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
    if (options.rcvbuf)
        setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &options.rcvbuf, sizeof(int));
    if (bind(c->fd, (struct sockaddr *)&from, sizeof from) < 0)
        fail("bind");
    c->stage = CONNECTING;
    watch(c->fd, EPOLL_CTL_ADD, EPOLLIN | EPOLLOUT, index);
    if (connect(c->fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS)
        lost(index);
    else
        begin(c);
}

static int unread(uint32_t index)
{
    return options.unread && (uint64_t)index * options.unread / 1000 != (uint64_t)(index + 1) * options.unread / 1000;
}

static void ready(uint32_t index)
{
    connections[index].stage = READY;
    opening.at[opening.ready++] = now_ns();
    if (unread(index)) {
        connections[index].never_reads = 1;
        opening.unread++;
        watch(connections[index].fd, EPOLL_CTL_DEL, 0, index);
    }
}

static void hear(uint32_t index)
{
    static char heard[1 << 18];
    struct connection *c = &connections[index];
    ssize_t got;
    do {
        got = take(c, heard, sizeof heard);
        if (got > 0) {
            opening.bytes += (uint64_t)got;
            size_t from = c->stage == READY ? 0 : first_words(c, heard, (size_t)got);
            if (c->stage != READY && c->seen_ready >= options.ready_count)
                ready(index);
            if (c->stage == READY)
                marks(c, heard + from, (size_t)got - from);
        }
    } while (got > 0 && more_waits(c) && !c->never_reads);
    if (got == 0 || (got < 0 && errno != EAGAIN))
        lost(index);
}

/* --- having something said ---------------------------------------------------------------------- */

static void connect_publisher(void)
{
    struct sockaddr_in to = loopback(0, options.publish);
    publisher = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(publisher, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    if (connect(publisher, (struct sockaddr *)&to, sizeof to) < 0)
        fail("connect to publish");
    if (options.hello.at && write(publisher, options.hello.at, options.hello.length) < 0)
        fail("hello");
    watch(publisher, EPOLL_CTL_ADD, EPOLLIN, PUBLISHER);
}

static void publish(void)
{
    const char *from = ".";
    size_t left = 1;
    if (options.publish) {
        if (publisher < 0)
            connect_publisher();
        write_number(options.template, said + 1);
        from = options.template.at, left = options.template.length;
    }
    said++;
    firing.said_at[firing.fired++] = now_ns();
    while (left) {
        ssize_t out = write(options.publish ? publisher : options.trigger, from, left);
        if (out < 0)
            fail("publish");
        from += out, left -= (size_t)out;
    }
}

static void hear_publisher(void)
{
    char answer[65536];
    ssize_t got = read(publisher, answer, sizeof answer - 1);
    if (got <= 0)
        fail("the publisher's connection ended");
    answer[got] = 0;
    if (firing.fired && !firing.answered_at)
        firing.answered_at = now_ns();
    if (!strncmp(answer, "HTTP/1.1 4", 10) || !strncmp(answer, "HTTP/1.1 5", 10)) {
        fprintf(stderr, "not published: %.600s\n", answer);
        exit(1);
    }
}

/* --- the loop ----------------------------------------------------------------------------------- */

/* Take in what comes until the time is there, or a command; at least one look. */
static int turn(int64_t until)
{
    struct epoll_event events[AT_ONCE];
    int64_t wait = until - now_ns();
    struct timespec pause = {wait > 0 ? wait / 1000000000 : 0, wait > 0 ? wait % 1000000000 : 0};
    int command = 0, count = epoll_pwait2(epoll, events, AT_ONCE, &pause, NULL);
    for (int at = 0; at < count; at++) {
        uint32_t index = events[at].data.u32;
        if (index == COMMANDS) {
            command = 1;
        } else if (index == PUBLISHER) {
            hear_publisher();
        } else if (connections[index].stage == CONNECTING) {
            int error = 0;
            socklen_t size = sizeof error;
            getsockopt(connections[index].fd, SOL_SOCKET, SO_ERROR, &error, &size);
            errno = error;
            if (error)
                lost(index);
            else
                ask(index);
        } else if (connections[index].stage != GONE && !connections[index].never_reads) {
            hear(index);
        }
    }
    return command;
}

static void open_all(void)
{
    int64_t begun = now_ns();
    int64_t until = begun + (int64_t)options.patience_ms * 1000000;
    uint32_t next = 0;
    while (opening.ready + opening.failed < options.count && now_ns() < until) {
        for (int burst = 0; burst < 64; burst++)
            if (next < options.count && next - opening.ready - opening.failed < options.inflight)
                connect_one(next++);
        turn(next < options.count && next - opening.ready - opening.failed < options.inflight ? 0 : until);
    }
    uint32_t ready = opening.ready;
    printf("{\"ready\": %u, \"failed\": %u, \"unread\": %u, \"bytes\": %lu, \"median_ns\": %ld, \"last_ns\": %ld}\n",
           ready, options.count - ready, opening.unread, (unsigned long)opening.bytes,
           ready ? (long)(opening.at[ready / 2] - begun) : 0, ready ? (long)(opening.at[ready - 1] - begun) : 0);
}

static void list(const char *name, const int64_t *at)
{
    printf(", \"%s\": [", name);
    for (uint32_t event = 0; event < firing.events; event++)
        printf("%s%ld", event ? "," : "", at[event] ? (long)(at[event] - firing.said_at[event]) : -1L);
    printf("]");
}

static void fire(uint32_t events, int64_t gap, int64_t patience_ms)
{
    if (events == 0 || events > MOST_EVENTS)
        fail("too many events at once");
    memset(&firing, 0, sizeof firing);
    firing.events = events;
    firing.base = said;
    firing.listening = opening.ready - opening.unread - opening.closed;
    uint64_t wanted = (uint64_t)events * firing.listening;
    int64_t begun = now_ns(), until = 0;
    while (firing.fired < events || (firing.received < wanted && now_ns() < until)) {
        while (firing.fired < events && now_ns() >= begun + gap * firing.fired)
            publish();
        if (!until && firing.fired == events)
            until = now_ns() + patience_ms * 1000000;
        turn(firing.fired < events ? begun + gap * firing.fired : until);
    }
    printf("{\"wanted\": %lu, \"received\": %lu, \"disordered\": %u, \"repeated\": %u, \"closed\": %u",
           (unsigned long)wanted, (unsigned long)firing.received, firing.disordered, firing.repeated, opening.closed);
    printf(", \"answered_ns\": %ld", firing.answered_at ? (long)(firing.answered_at - firing.said_at[0]) : -1L);
    printf(", \"firing_ns\": %ld", (long)(firing.said_at[events - 1] - begun));
    list("first_ns", firing.first_at);
    list("median_ns", firing.median_at);
    list("last_ns", firing.last_at);
    printf("}\n");
}

static void obey(void)
{
    char line[4096], file[4000];
    uint32_t events;
    int64_t gap, patience_ms;
    if (!fgets(line, sizeof line, stdin) || !strcmp(line, "quit\n"))
        exit(0);
    if (!strcmp(line, "open\n")) {
        open_all();
    } else if (sscanf(line, "fire %u %ld %ld", &events, &gap, &patience_ms) == 3) {
        fire(events, gap, patience_ms);
    } else if (sscanf(line, "template %3999s", file) == 1) {
        free(options.template.at);
        options.template = whole_file(file);
        printf("{}\n");
    } else {
        fprintf(stderr, "unknown command: %s", line);
        exit(2);
    }
    fflush(stdout);
}

int main(int argc, char **argv)
{
    lift_limit();
    read_options(argc, argv);
    setvbuf(stdin, NULL, _IONBF, 0); /* what is read ahead would not wake epoll */
    epoll = epoll_create1(EPOLL_CLOEXEC);
    watch(STDIN_FILENO, EPOLL_CTL_ADD, EPOLLIN, COMMANDS);
    for (;;)
        if (turn(now_ns() + 3600000000000))
            obey();
}
