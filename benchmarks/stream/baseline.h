/* How bytes go to and from a connection of the baseline: as they are, or with -DTLS through OpenSSL. */
#ifndef BASELINE_H
#define BASELINE_H

#include <sys/types.h>

void prepare(int count, char **files); /* a certificate and its key, where they are needed */
void begin(int fd);
extern const size_t put_at_once; /* the most that is put in one go */
ssize_t put(int fd, const char *from, size_t length); /* as send(2), never waiting */
ssize_t take(int fd, char *into, size_t room);
void part(int fd);

#endif
