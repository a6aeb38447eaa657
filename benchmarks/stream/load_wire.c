/* How bytes go to and from a connection: as they are, or with -DTLS through OpenSSL. */
#include "load.h"

#include <errno.h>
#include <sys/socket.h>

#ifndef TLS

void begin(struct connection *c)
{
    (void)c;
}

int greet(struct connection *c, struct bytes request)
{
    /* A request fits into an empty socket buffer. */
    return send(c->fd, request.at, request.length, MSG_NOSIGNAL) == (ssize_t)request.length;
}

ssize_t take(struct connection *c, char *into, size_t room)
{
    return recv(c->fd, into, room, 0);
}

int more_waits(struct connection *c)
{
    (void)c;
    return 0; /* epoll is level triggered, and says so again */
}

void part(struct connection *c)
{
    (void)c;
}

#else

#include <openssl/ssl.h>

static SSL_CTX *context;

void begin(struct connection *c)
{
    if (!context) {
        context = SSL_CTX_new(TLS_client_method());
        SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
        SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
        SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
        SSL_CTX_set_read_ahead(context, 0);
    }
    SSL *tls = SSL_new(context);
    SSL_set_fd(tls, c->fd);
    SSL_set_connect_state(tls);
    c->tls = tls;
}

static void to_errno(struct connection *c, int result)
{
    switch (SSL_get_error(c->tls, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
        errno = EAGAIN;
        break;
    default:
        if (errno == EAGAIN || errno == 0)
            errno = EPROTO;
    }
}

int greet(struct connection *c, struct bytes request)
{
    errno = 0;
    int result = SSL_do_handshake(c->tls);
    if (result == 1)
        result = SSL_write(c->tls, request.at, (int)request.length);
    if (result > 0)
        return 1;
    to_errno(c, result);
    return 0;
}

ssize_t take(struct connection *c, char *into, size_t room)
{
    errno = 0;
    int got = SSL_read(c->tls, into, (int)room);
    if (got > 0)
        return got;
    if (SSL_get_error(c->tls, got) == SSL_ERROR_ZERO_RETURN)
        return 0;
    to_errno(c, got);
    return -1;
}

int more_waits(struct connection *c)
{
    return SSL_pending(c->tls) > 0;
}

void part(struct connection *c)
{
    SSL_free(c->tls);
}

#endif
