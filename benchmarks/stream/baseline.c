/* The least that any server must do to tell N connections the same thing: one send() for each, in a plain loop.
 *
 *   baseline FIRST EVENT [gather] [CERTIFICATE KEY]
 *
 * FIRST is what a connection is answered once its request's head is complete; EVENT is what all are sent for each byte
 * that arrives on standard input, with its number written into it. Prints the port it listens on. With EVENT "-" there
 * are no events: each request on a connection is answered with FIRST, which is how a 304 is served.
 *
 * It keeps nothing for a connection that does not read: where the kernel takes no more, the connection is closed. With
 * "gather" it keeps all events instead, once, and writes to each connection whatever it has not had yet: what happens
 * while it writes leaves together. Its socket buffers are then as long as Tocsin's.
 *
 * Built with -DTLS all of it goes through OpenSSL (baseline_wire.c).
 */
#define _GNU_SOURCE
#include "baseline.h"
#include "marks.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define FILES 1048576
#define AT_ONCE 1024
#define HISTORY (64 << 20) /* of what happened, in bytes */
#define SEND_BUFFER (64 << 10)

static struct {
    uint8_t end_of_head; /* how much of \r\n\r\n has been seen */
    uint8_t told;        /* whether it is in the list of those who hear of events */
    uint32_t sent;       /* how much of the first words is out */
    int place;           /* where in that list */
    uint8_t waits;       /* gathering: whether there was no room */
    size_t upto;         /* gathering: how much of the history it has had */
} about[FILES];

static int told[FILES];
static int told_count;
static int epoll;
static int gathering;
static struct bytes first, event, history;

static void forget(int fd)
{
    if (about[fd].told) {
        int last = told[--told_count];
        told[about[fd].place] = last;
        about[last].place = about[fd].place;
        about[fd].told = 0;
    }
    part(fd);
    close(fd);
}

static void watch(int fd, int how, uint32_t what)
{
    struct epoll_event wanted = {.events = what, .data.fd = fd};
    if (epoll_ctl(epoll, how, fd, &wanted) < 0)
        fail("epoll_ctl");
}

/* As much of it as the kernel takes; -1 where the other side is gone. */
static ssize_t put_all(int fd, const char *from, size_t length)
{
    size_t out = 0;
    while (out < length) {
        size_t next = length - out < put_at_once ? length - out : put_at_once;
        ssize_t more = put(fd, from + out, next);
        if (more < 0 && errno != EAGAIN)
            return -1;
        out += more < 0 ? 0 : (size_t)more;
        if (more < (ssize_t)next)
            break; /* there is no more room */
    }
    return (ssize_t)out;
}

/* Whether there is nothing left to wait for. */
static int say_first_words(int fd)
{
    ssize_t out = put_all(fd, first.at + about[fd].sent, first.length - about[fd].sent);
    if (out < 0) {
        forget(fd);
        return 0;
    }
    about[fd].sent += (uint32_t)out;
    if (about[fd].sent < first.length) {
        watch(fd, EPOLL_CTL_MOD, EPOLLOUT);
        return 0;
    }
    about[fd].sent = 0;
    if (event.at && !about[fd].told) {
        about[fd].told = 1;
        about[fd].upto = history.length;
        about[fd].place = told_count;
        told[told_count++] = fd;
    }
    return 1;
}

static void hear(int fd)
{
    static const char END[] = "\r\n\r\n";
    static char heard[65536];
    ssize_t got = take(fd, heard, sizeof heard);
    if (got <= 0) {
        if (got == 0 || errno != EAGAIN)
            forget(fd);
        return;
    }
    for (ssize_t at = 0; at < got && !about[fd].told; at++) {
        uint8_t seen = about[fd].end_of_head;
        seen = heard[at] == END[seen] ? seen + 1 : heard[at] == '\r';
        about[fd].end_of_head = seen % 4;
        if (seen == 4)
            say_first_words(fd);
    }
}

static uint32_t number;

static void tell_all(void)
{
    write_number(event, ++number);
    for (int at = 0; at < told_count;) {
        int fd = told[at];
        if (put(fd, event.at, event.length) == (ssize_t)event.length)
            at++;
        else
            forget(fd);
    }
}

/* What one has not had yet; whether it is still there. */
static int catch_up(int fd)
{
    ssize_t out = put_all(fd, history.at + about[fd].upto, history.length - about[fd].upto);
    if (out < 0) {
        forget(fd);
        return 0;
    }
    about[fd].upto += (size_t)out;
    uint8_t waits = about[fd].upto < history.length;
    if (waits != about[fd].waits)
        watch(fd, EPOLL_CTL_MOD, waits ? EPOLLIN | EPOLLOUT : EPOLLIN);
    about[fd].waits = waits;
    return 1;
}

static void tell_all_together(ssize_t events)
{
    if (!history.at && !(history.at = malloc(HISTORY)))
        fail("malloc");
    for (; events > 0; events--) {
        if (history.length + event.length > HISTORY)
            fail("too much has happened");
        write_number(event, ++number);
        memcpy(history.at + history.length, event.at, event.length);
        history.length += event.length;
    }
    for (int at = 0; at < told_count;)
        if (about[told[at]].waits || catch_up(told[at]))
            at++;
}

static void take_in(int listener)
{
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
        if (gathering)
            setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &(int){SEND_BUFFER}, sizeof(int));
        memset(&about[fd], 0, sizeof about[fd]);
        begin(fd);
        watch(fd, EPOLL_CTL_ADD, EPOLLIN);
    }
}

static int listen_somewhere(void)
{
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof here;
    if (bind(listener, (struct sockaddr *)&here, length) < 0 || listen(listener, 4096) < 0 ||
        getsockname(listener, (struct sockaddr *)&here, &length) < 0)
        fail("listen");
    printf("%d\n", ntohs(here.sin_port));
    fflush(stdout);
    return listener;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("baseline FIRST EVENT [gather] [CERTIFICATE KEY]\n", stderr);
        return 2;
    }
    lift_limit();
    first = whole_file(argv[1]);
    if (strcmp(argv[2], "-") != 0)
        event = whole_file(argv[2]);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    gathering = argc > 3 && !strcmp(argv[3], "gather");
    prepare(argc - 3 - gathering, argv + 3 + gathering);
    int listener = listen_somewhere();
    watch(listener, EPOLL_CTL_ADD, EPOLLIN);
    watch(STDIN_FILENO, EPOLL_CTL_ADD, EPOLLIN);
    for (;;) {
        struct epoll_event ready[AT_ONCE];
        int count = epoll_wait(epoll, ready, AT_ONCE, -1);
        for (int at = 0; at < count; at++) {
            int fd = ready[at].data.fd;
            if (fd == listener) {
                take_in(listener);
            } else if (fd == STDIN_FILENO) {
                char triggers[4096];
                ssize_t events = read(STDIN_FILENO, triggers, sizeof triggers);
                if (events <= 0)
                    return 0;
                if (gathering)
                    tell_all_together(events);
                else
                    while (events--)
                        tell_all();
            } else if (ready[at].events & EPOLLOUT && about[fd].told) {
                catch_up(fd);
            } else if (ready[at].events & EPOLLOUT) {
                if (say_first_words(fd))
                    watch(fd, EPOLL_CTL_MOD, EPOLLIN);
            } else {
                hear(fd);
            }
        }
    }
}
