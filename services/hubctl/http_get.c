#include "hubctl/http_get.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* "[::1]:9464" or "host:9464" */
static int split(const char *address, char *host, size_t room, const char **ret_port, struct hub_error *err)
{
	const char *colon = strrchr(address, ':');
	size_t n = colon ? (size_t)(colon - address) : 0;
	const char *start = address;
	if (n >= 2 && address[0] == '[' && address[n - 1] == ']') {
		start++;
		n -= 2;
	}
	if (!colon || !colon[1] || n == 0 || n >= room)
		return hub_error_set(err, HUB_E_INVALID, address, "expected HOST:PORT");
	memcpy(host, start, n);
	host[n] = 0;
	*ret_port = colon + 1;
	return HUB_OK;
}

int hubctl_connect(const char *address, int timeout_ms, int *ret_fd, struct hub_error *err)
{
	char host[256];
	const char *port = NULL;
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *list;
	struct timeval timeout = { timeout_ms / 1000, timeout_ms % 1000 * 1000 };
	int result = split(address, host, sizeof(host), &port, err);
	if (result)
		return result;
	int failed = getaddrinfo(host, port, &hints, &list);
	if (failed)
		return hub_error_set(err, HUB_E_RETRY, address, "%s", gai_strerror(failed));
	int fd = -1;
	int reason = 0;
	for (const struct addrinfo *at = list; at && fd < 0; at = at->ai_next) {
		fd = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, at->ai_protocol);
		if (fd < 0)
			continue;
		/* On Linux the time-out for sending also bounds connect. */
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
		if (connect(fd, at->ai_addr, at->ai_addrlen) == 0)
			break;
		reason = errno;
		close(fd);
		fd = -1;
	}
	freeaddrinfo(list);
	if (fd < 0)
		return hub_error_set(err, HUB_E_RETRY, address, "%s",
		        reason == EINPROGRESS ? "no answer" : strerror(reason));
	*ret_fd = fd;
	return HUB_OK;
}

static int exchange(
        int fd, const char *address, const char *path, struct hub_buf *answer, struct hub_error *err)
{
	char request[512];
	int n = snprintf(request, sizeof(request),
	        "GET %s HTTP/1.1\r\nHost: %s\r\nAccept: application/json\r\nConnection: close\r\n\r\n", path,
	        address);
	if (send(fd, request, (size_t)n, MSG_NOSIGNAL) != n)
		return hub_error_set(err, HUB_E_RETRY, address, "cannot ask: %s", strerror(errno));
	for (;;) {
		char chunk[4096];
		ssize_t got = recv(fd, chunk, sizeof(chunk), 0);
		if (got == 0)
			return HUB_OK;
		if (got < 0)
			return hub_error_set(err, HUB_E_RETRY, address, "no whole answer: %s",
			        errno == EAGAIN ? "it took too long" : strerror(errno));
		hub_buf_bytes(answer, chunk, (size_t)got);
		if (hub_buf_failed(answer))
			return hub_error_set(
			        err, HUB_E_INVALID, address, "the answer is larger than expected");
	}
}

/* "Date: Sun, 29 Nov 2026 16:48:37 GMT" */
static int64_t date_of(const char *headers, size_t len)
{
	static const char name[] = "\r\nDate: ";
	const char *at = memmem(headers, len, name, sizeof(name) - 1);
	char text[40] = "";
	struct tm tm = { 0 };
	if (!at)
		return -1;
	at += sizeof(name) - 1;
	size_t n = (size_t)(headers + len - at);
	memcpy(text, at, n < sizeof(text) - 1 ? n : sizeof(text) - 1);
	return strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &tm) ? (int64_t)timegm(&tm) * 1000 : -1;
}

/* Status line and headers off; the body with Connection: close is the rest. */
static int take_body(const char *address, const struct hub_buf *answer, struct hubctl_http_answer *ret,
        struct hub_buf *body, struct hub_error *err)
{
	static const char end_of_headers[] = "\r\n\r\n";
	const char *end = answer->len ? memmem(answer->data, answer->len, end_of_headers, 4) : NULL;
	if (!end || answer->len < 12 || memcmp(answer->data, "HTTP/1.", 7) != 0)
		return hub_error_set(err, HUB_E_INVALID, address, "this is no admin address of a daemon");
	ret->status =
	        (answer->data[9] - '0') * 100 + (answer->data[10] - '0') * 10 + (answer->data[11] - '0');
	ret->date_ms = date_of(answer->data, (size_t)(end - answer->data));
	hub_buf_bytes(body, end + 4, answer->len - (size_t)(end + 4 - answer->data));
	return HUB_OK;
}

int hubctl_http_get(const char *address, const char *path, int timeout_ms, struct hubctl_http_answer *ret,
        struct hub_buf *body, struct hub_error *reterr)
{
	int fd = -1;
	struct hub_buf answer;
	*ret = (struct hubctl_http_answer){ .date_ms = -1 };
	hub_buf_init(&answer, body->limit);
	int result = hubctl_connect(address, timeout_ms, &fd, reterr);
	ret->connected = !result;
	if (!result)
		result = exchange(fd, address, path, &answer, reterr);
	if (!result)
		result = take_body(address, &answer, ret, body, reterr);
	if (fd >= 0)
		close(fd);
	hub_buf_done(&answer);
	return result;
}
