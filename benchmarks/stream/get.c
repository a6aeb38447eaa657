/* The same request again and again over connections that stay: how many answers a second?
 *
 *   get PORT CONNECTIONS SECONDS REQUEST STATUS
 *
 * One request is under way on each connection. Every answer must have the status and no body, as a 304 has none.
 * Prints a line of JSON: answers, the ns they took, and how long one waited (median and the slowest in a hundred).
 */
#define _GNU_SOURCE
#include "marks.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define MOST 4096
#define SLOWEST_US 100000

static struct {
    int fd;
    uint32_t in_head; /* bytes of this answer's head so far */
    uint8_t end;      /* how much of \r\n\r\n has been seen */
    int64_t asked_at;
} connections[MOST];

static uint32_t waited_us[SLOWEST_US + 1];
static struct bytes request;
static char status[16];
static uint64_t answers;

static void ask(int index)
{
    connections[index].asked_at = now_ns();
    if (send(connections[index].fd, request.at, request.length, MSG_NOSIGNAL) != (ssize_t)request.length)
        fail("send");
}

static void hear(int index)
{
    static const char END[] = "\r\n\r\n";
    char heard[16384];
    ssize_t got = recv(connections[index].fd, heard, sizeof heard, 0);
    if (got <= 0)
        fail("a connection was closed");
    if (connections[index].in_head == 0 && memcmp(heard, status, strlen(status)) != 0) {
        fprintf(stderr, "another answer than expected: %.*s\n", (int)got, heard);
        exit(1);
    }
    for (ssize_t at = 0; at < got; at++) {
        uint8_t seen = connections[index].end;
        connections[index].in_head++;
        connections[index].end = seen = heard[at] == END[seen] ? seen + 1 : heard[at] == '\r';
        if (seen < 4)
            continue;
        if (at + 1 < got) {
            fprintf(stderr, "an answer has a body: %.*s\n", (int)got, heard);
            exit(1);
        }
        int64_t waited = (now_ns() - connections[index].asked_at) / 1000;
        waited_us[waited < SLOWEST_US ? waited : SLOWEST_US]++;
        answers++;
        connections[index].end = 0;
        connections[index].in_head = 0;
        ask(index);
    }
}

static uint32_t waited_by(double share)
{
    uint64_t seen = 0;
    for (uint32_t us = 0; us <= SLOWEST_US; us++)
        if ((double)(seen += waited_us[us]) >= share * (double)answers)
            return us;
    return SLOWEST_US;
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fputs("get PORT CONNECTIONS SECONDS REQUEST STATUS\n", stderr);
        return 2;
    }
    int count = atoi(argv[2]);
    if (count < 1 || count > MOST)
        return 2;
    lift_limit();
    request = whole_file(argv[4]);
    snprintf(status, sizeof status, "HTTP/1.1 %s", argv[5]);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int index = 0; index < count; index++) {
        int fd = connections[index].fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + index % 50)};
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
        if (bind(fd, (struct sockaddr *)&from, sizeof from) < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) < 0)
            fail("connect");
        struct epoll_event wanted = {.events = EPOLLIN, .data.u32 = (uint32_t)index};
        epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &wanted);
        ask(index);
    }
    int64_t begun = now_ns(), until = begun + (int64_t)(atof(argv[3]) * 1e9);
    while (now_ns() < until) {
        struct epoll_event events[256];
        int ready = epoll_wait(epoll, events, 256, 1000);
        for (int at = 0; at < ready; at++)
            hear((int)events[at].data.u32);
    }
    printf("{\"answers\": %lu, \"took_ns\": %ld, \"median_us\": %u, \"p99_us\": %u}\n", (unsigned long)answers,
           (long)(now_ns() - begun), waited_by(0.5), waited_by(0.99));
    return 0;
}
