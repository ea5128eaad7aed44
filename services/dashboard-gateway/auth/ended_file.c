#include "dashboard-gateway/auth/ended_file.h"

#include "base/calendar.h"
#include "dashboard-gateway/auth/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	HEX_LEN = 2 * GATEWAY_COOKIE_ID_LEN,
	LINE_MAX_LEN = HEX_LEN + 24,
	FILE_MAX = 1 << 20,
	PATH_ROOM = 4096
};

static struct hub_str take_line(struct hub_str *rest)
{
	const char *end = memchr(rest->data, '\n', rest->len);
	struct hub_str line = { rest->data, end ? (uint32_t)(end - rest->data) : rest->len };
	uint32_t gone = line.len + (end != NULL);
	*rest = (struct hub_str){ rest->data + gone, rest->len - gone };
	return line;
}

static bool read_until(struct hub_str digits, int64_t *ret_ms)
{
	int64_t ms = 0;
	for (uint32_t i = 0; i < digits.len; i++) {
		if (digits.data[i] < '0' || digits.data[i] > '9' || ms > HUB_TIME_LAST_MS)
			return false;
		ms = ms * 10 + (digits.data[i] - '0');
	}
	*ret_ms = ms;
	return digits.len > 0;
}

void gateway_ended_read(struct hub_str text, int64_t now_ms, struct gateway_ended *ended)
{
	while (text.len) {
		struct hub_str line = take_line(&text);
		unsigned char id[GATEWAY_COOKIE_ID_LEN];
		size_t len = 0;
		int64_t until_ms = 0;
		if (line.len <= HEX_LEN + 1 || line.len > LINE_MAX_LEN || line.data[HEX_LEN] != ' ')
			continue;
		if (sodium_hex2bin(id, sizeof(id), line.data, HEX_LEN, NULL, &len, NULL) != 0 ||
		        len != sizeof(id))
			continue;
		const struct hub_str digits = { line.data + HEX_LEN + 1, line.len - HEX_LEN - 1 };
		if (read_until(digits, &until_ms) && until_ms > now_ms)
			gateway_ended_add(ended, id, until_ms);
	}
}

bool gateway_ended_file_add(int fd, const unsigned char id[GATEWAY_COOKIE_ID_LEN], int64_t until_ms)
{
	char line[LINE_MAX_LEN + 1];
	sodium_bin2hex(line, sizeof(line), id, GATEWAY_COOKIE_ID_LEN);
	int len = HEX_LEN + snprintf(line + HEX_LEN, sizeof(line) - HEX_LEN, " %" PRId64 "\n", until_ms);
	return write(fd, line, (size_t)len) == len;
}

static bool write_all(int fd, const struct gateway_ended *ended)
{
	bool whole = true;
	for (uint32_t place = 0; place < GATEWAY_ENDED_PLACES; place++) {
		for (uint32_t i = 0; i < GATEWAY_ENDED_DEPTH; i++) {
			if (ended->items[place][i].until_ms)
				whole = whole && gateway_ended_file_add(fd, ended->items[place][i].id,
				                         ended->items[place][i].until_ms);
		}
	}
	return whole;
}

/* Whole beside it, then in its place: a stop in between loses nothing. */
static int write_anew(const char *path, const struct gateway_ended *ended, int *ret_fd)
{
	char beside[PATH_ROOM];
	if ((size_t)snprintf(beside, sizeof(beside), "%s.XXXXXX", path) >= sizeof(beside))
		return ENAMETOOLONG;
	int fd = mkostemp(beside, O_APPEND | O_CLOEXEC); /* 0600 */
	if (fd < 0)
		return errno;
	if (write_all(fd, ended) && rename(beside, path) == 0) {
		*ret_fd = fd;
		return 0;
	}
	int reason = errno;
	unlink(beside);
	close(fd);
	return reason ? reason : EIO;
}

int gateway_ended_file_open(
        const char *path, int64_t now_ms, struct gateway_ended *ended, int *ret_fd, struct hub_error *reterr)
{
	struct hub_buf text;
	struct gateway_file_mark mark;
	hub_buf_init(&text, FILE_MAX);
	if (gateway_file_read(path, true, &text, &mark, NULL) == HUB_OK)
		gateway_ended_read(hub_buf_slice(&text), now_ms, ended);
	hub_buf_done(&text);
	int reason = write_anew(path, ended, ret_fd);
	return reason ? hub_error_set(reterr, HUB_E_NOT_FOUND, path, "%s", strerror(reason)) : HUB_OK;
}
