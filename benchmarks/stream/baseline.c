/* The least that any server must do to tell N connections the same thing: one send() for each, in a plain loop.
 *
 *   baseline FIRST EVENT [listen backlog]
 *
 * FIRST is what a connection is answered once its request's head is complete; EVENT is what all are sent for each byte
 * that arrives on standard input, with its number written into it. Prints the port it listens on. With EVENT "-" there
 * are no events: each request on a connection is answered with FIRST, which is how a 304 is served.
 *
 * It keeps nothing for a connection that does not read: where the kernel takes no more, the connection is closed.
 */
#define _GNU_SOURCE
#include "marks.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define FILES 1048576
#define AT_ONCE 1024

static struct {
    uint8_t end_of_head; /* how much of \r\n\r\n has been seen */
    uint8_t told;        /* whether it is in the list of those who hear of events */
    uint32_t sent;       /* how much of the first words is out */
    int place;           /* where in that list */
} about[FILES];

static int told[FILES];
static int told_count;
static int epoll;
static struct bytes first, event;

static void forget(int fd)
{
    if (about[fd].told) {
        int last = told[--told_count];
        told[about[fd].place] = last;
        about[last].place = about[fd].place;
        about[fd].told = 0;
    }
    close(fd);
}

static void watch(int fd, int how, uint32_t what)
{
    struct epoll_event wanted = {.events = what, .data.fd = fd};
    if (epoll_ctl(epoll, how, fd, &wanted) < 0)
        fail("epoll_ctl");
}

/* Whether there is nothing left to wait for. */
static int say_first_words(int fd)
{
    ssize_t out = send(fd, first.at + about[fd].sent, first.length - about[fd].sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (out < 0 && errno != EAGAIN) {
        forget(fd);
        return 0;
    }
    about[fd].sent += out < 0 ? 0 : (uint32_t)out;
    if (about[fd].sent < first.length) {
        watch(fd, EPOLL_CTL_MOD, EPOLLOUT);
        return 0;
    }
    about[fd].sent = 0;
    if (event.at && !about[fd].told) {
        about[fd].told = 1;
        about[fd].place = told_count;
        told[told_count++] = fd;
    }
    return 1;
}

static void hear(int fd)
{
    static const char END[] = "\r\n\r\n";
    static char heard[65536];
    ssize_t got = recv(fd, heard, sizeof heard, MSG_DONTWAIT);
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

static void tell_all(void)
{
    static uint32_t number;
    write_number(event, ++number);
    for (int at = 0; at < told_count;) {
        int fd = told[at];
        if (send(fd, event.at, event.length, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)event.length)
            at++;
        else
            forget(fd);
    }
}

static void take_in(int listener)
{
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
        memset(&about[fd], 0, sizeof about[fd]);
        watch(fd, EPOLL_CTL_ADD, EPOLLIN);
    }
}

static int listen_somewhere(int backlog)
{
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof here;
    if (bind(listener, (struct sockaddr *)&here, length) < 0 || listen(listener, backlog) < 0 ||
        getsockname(listener, (struct sockaddr *)&here, &length) < 0)
        fail("listen");
    printf("%d\n", ntohs(here.sin_port));
    fflush(stdout);
    return listener;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("baseline FIRST EVENT [backlog]\n", stderr);
        return 2;
    }
    lift_limit();
    first = whole_file(argv[1]);
    if (strcmp(argv[2], "-") != 0)
        event = whole_file(argv[2]);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    int listener = listen_somewhere(argc > 3 ? atoi(argv[3]) : 4096);
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
                while (events--)
                    tell_all();
            } else if (ready[at].events & EPOLLOUT) {
                if (say_first_words(fd))
                    watch(fd, EPOLL_CTL_MOD, EPOLLIN);
            } else {
                hear(fd);
            }
        }
    }
}
