/* hub-dashboard-gateway --hash-password: a line in, a hash out. On a terminal it is asked for twice, and not shown. */
#include "dashboard-gateway/auth/auth.h"
#include "dashboard-gateway/auth/password.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

enum { LINE_ROOM = GATEWAY_PASSWORD_MAX + 2 };

static bool write_all(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);
		if (n < 0 && errno != EINTR)
			return false;
		text += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return true;
}

/* Up to the end of the line, byte by byte: what follows belongs to somebody else. */
static int read_line(int fd, char line[LINE_ROOM], struct hub_error *err)
{
	size_t len = 0;
	for (;;) {
		ssize_t n = read(fd, line + len, 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return hub_error_set(
			        err, HUB_E_NOT_FOUND, "password", "cannot be read: %s", strerror(errno));
		if (n == 0 || line[len] == '\n')
			break;
		if (++len > GATEWAY_PASSWORD_MAX)
			return hub_error_set(
			        err, HUB_E_INVALID, "password", "longer than %d bytes", GATEWAY_PASSWORD_MAX);
	}
	line[len] = 0;
	return HUB_OK;
}

/* Without echo and without signals, so that Ctrl-C does not leave the terminal mute (it is a control character then, and
 * refused). */
static int ask(int in, const char *prompt, char line[LINE_ROOM], struct hub_error *err)
{
	struct termios before, mute;
	if (tcgetattr(in, &before) < 0)
		return hub_error_set(err, HUB_E_NOT_FOUND, "password", "%s", strerror(errno));
	mute = before;
	mute.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	if (tcsetattr(in, TCSAFLUSH, &mute) < 0)
		return hub_error_set(err, HUB_E_NOT_FOUND, "password", "%s", strerror(errno));
	write_all(STDERR_FILENO, prompt, strlen(prompt));
	int result = read_line(in, line, err);
	tcsetattr(in, TCSAFLUSH, &before);
	write_all(STDERR_FILENO, "\n", 1);
	return result;
}

static int read_password(int in, char line[LINE_ROOM], struct hub_error *err)
{
	char again[LINE_ROOM];
	if (!isatty(in))
		return read_line(in, line, err);
	int result = ask(in, "Password: ", line, err);
	if (!result)
		result = ask(in, "Once more: ", again, err);
	if (!result && strcmp(line, again) != 0)
		result = hub_error_set(err, HUB_E_INVALID, "password", "they are not the same");
	sodium_memzero(again, sizeof(again));
	return result;
}

int gateway_auth_hash_password(int in, int out, struct hub_error *reterr)
{
	char line[LINE_ROOM];
	char hash[GATEWAY_PASSWORD_HASH_MAX + 2];
	int result = read_password(in, line, reterr);
	if (!result)
		result = gateway_password_hash(line, hash, reterr);
	sodium_memzero(line, sizeof(line));
	if (result)
		return result;
	size_t len = strlen(hash);
	hash[len] = '\n';
	return write_all(out, hash, len + 1)
	               ? HUB_OK
	               : hub_error_set(reterr, HUB_E_NOT_FOUND, "password", "%s", strerror(errno));
}
