/* Under TLS the handshake happens in the first reads, and a record that did not go out whole is given again. */
#include "baseline.h"
#include "marks.h"

#include <errno.h>
#include <sys/socket.h>

#ifndef TLS

const size_t put_at_once = SIZE_MAX;

void prepare(int count, char **files)
{
    (void)count, (void)files;
}

void begin(int fd)
{
    (void)fd;
}

ssize_t put(int fd, const char *from, size_t length)
{
    return send(fd, from, length, MSG_NOSIGNAL | MSG_DONTWAIT);
}

ssize_t take(int fd, char *into, size_t room)
{
    return recv(fd, into, room, MSG_DONTWAIT);
}

void part(int fd)
{
    (void)fd;
}

#else

#include <openssl/ssl.h>
#include <signal.h>

const size_t put_at_once = 16384; /* a record */

static SSL_CTX *context;
static SSL *of[1048576];

/* What Python's ssl sets too, and what Tocsin sets. */
void prepare(int count, char **files)
{
    signal(SIGPIPE, SIG_IGN);
    context = SSL_CTX_new(TLS_server_method());
    if (count < 2 || SSL_CTX_use_certificate_chain_file(context, files[0]) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, files[1], SSL_FILETYPE_PEM) != 1)
        fail("a certificate and its key");
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 0);
}

void begin(int fd)
{
    of[fd] = SSL_new(context);
    SSL_set_fd(of[fd], fd);
    SSL_set_accept_state(of[fd]);
}

static ssize_t told(SSL *tls, int result)
{
    if (result > 0)
        return result;
    int error = SSL_get_error(tls, result);
    errno = error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? EAGAIN : ECONNRESET;
    return -1;
}

ssize_t put(int fd, const char *from, size_t length)
{
    return told(of[fd], SSL_write(of[fd], from, (int)length));
}

ssize_t take(int fd, char *into, size_t room)
{
    return told(of[fd], SSL_read(of[fd], into, (int)room));
}

void part(int fd)
{
    SSL_free(of[fd]);
}

#endif
