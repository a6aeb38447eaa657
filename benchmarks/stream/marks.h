/* What the server and the load client share: the time, a number inside an event, and a whole file.
 *
 * An event carries its number as ~00000042~ somewhere in its bytes. Nothing else in what these servers say holds a
 * tilde, so a reader finds it with memchr, whatever the protocol around it is. @00000042@ is a second place where the
 * number is written and no reader looks for it: the key of an order.
 */
#ifndef MARKS_H
#define MARKS_H

#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define DIGITS 8

struct bytes {
    char *at;
    size_t length;
};

static inline _Noreturn void fail(const char *what)
{
    perror(what);
    exit(1);
}

static inline int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static inline struct bytes whole_file(const char *path)
{
    struct stat about;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &about) < 0)
        fail(path);
    struct bytes file = {malloc((size_t)about.st_size + 1), (size_t)about.st_size};
    size_t got = 0;
    while (got < file.length) {
        ssize_t more = read(fd, file.at + got, file.length - got);
        if (more <= 0)
            fail(path);
        got += (size_t)more;
    }
    close(fd);
    return file;
}

/* Write the number into every place for one. */
static inline void write_number(struct bytes in, uint32_t number)
{
    char digits[DIGITS];
    for (int place = DIGITS - 1; place >= 0; place--, number /= 10)
        digits[place] = (char)('0' + number % 10);
    for (size_t at = 0; at + DIGITS + 1 < in.length; at++) {
        char mark = in.at[at];
        if ((mark != '~' && mark != '@') || in.at[at + DIGITS + 1] != mark)
            continue;
        if (strspn(in.at + at + 1, "0123456789") < DIGITS)
            continue;
        memcpy(in.at + at + 1, digits, DIGITS);
        at += DIGITS + 1;
    }
}

/* Open as many files as this process ever may. */
static inline void lift_limit(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
}

#endif
