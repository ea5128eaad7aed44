#include "dashboard-gateway/auth/session_key.h"

#include "dashboard-gateway/auth/file.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { HEX_LEN = 2 * GATEWAY_COOKIE_KEY_LEN, FILE_MAX = HEX_LEN + 16, PATH_ROOM = 4096 };

static int read_key(const char *path, unsigned char *ret, struct hub_error *err)
{
	struct hub_buf text;
	struct gateway_file_mark mark;
	size_t len = 0;
	hub_buf_init(&text, FILE_MAX);
	int result = gateway_file_read(path, true, &text, &mark, err);
	if (!result && (sodium_hex2bin(ret, GATEWAY_COOKIE_KEY_LEN, text.len ? text.data : "", text.len, "\n",
	                        &len, NULL) != 0 ||
	                       len != GATEWAY_COOKIE_KEY_LEN))
		result = hub_error_set(err, HUB_E_INVALID, path,
		        "not a key: expected %d hexadecimal digits; without the file a new one is made, and "
		        "all log in again",
		        HEX_LEN);
	if (text.data)
		sodium_memzero(text.data, text.room);
	hub_buf_done(&text);
	return result;
}

static bool write_key(int fd)
{
	unsigned char key[GATEWAY_COOKIE_KEY_LEN];
	char text[HEX_LEN + 1];
	randombytes_buf(key, sizeof(key));
	sodium_bin2hex(text, sizeof(text), key, sizeof(key));
	text[HEX_LEN] = '\n';
	bool whole = write(fd, text, sizeof(text)) == sizeof(text) && fsync(fd) == 0;
	sodium_memzero(key, sizeof(key));
	sodium_memzero(text, sizeof(text));
	return whole;
}

/* Written whole beside it and then given the name, if nobody else has taken it: nobody reads half a key. */
static int make_key(const char *path, struct hub_error *err)
{
	char beside[PATH_ROOM];
	if ((size_t)snprintf(beside, sizeof(beside), "%s.XXXXXX", path) >= sizeof(beside))
		return hub_error_set(err, HUB_E_INVALID, path, "the name is too long");
	int fd = mkostemp(beside, 0); /* 0600, O_EXCL */
	if (fd < 0)
		return hub_error_set(err, HUB_E_INVALID, path, "cannot be made: %s", strerror(errno));
	bool whole = write_key(fd);
	whole = close(fd) == 0 && whole;
	if (whole && link(beside, path) < 0 && errno != EEXIST)
		whole = false;
	int reason = errno;
	unlink(beside);
	return whole ? HUB_OK
	             : hub_error_set(err, HUB_E_INVALID, path, "cannot be made: %s", strerror(reason));
}

int gateway_session_key(const char *path, unsigned char ret[GATEWAY_COOKIE_KEY_LEN], struct hub_error *reterr)
{
	int result = read_key(path, ret, reterr);
	if (result == HUB_E_NOT_FOUND && access(path, F_OK) < 0 && errno == ENOENT) {
		result = make_key(path, reterr);
		if (!result)
			result = read_key(path, ret, reterr);
	}
	if (result && reterr)
		reterr->code = HUB_E_INVALID;
	return result ? HUB_E_INVALID : HUB_OK;
}
