#include "dashboard-gateway/auth/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

static struct gateway_file_mark mark_of(const struct stat *about)
{
	return (struct gateway_file_mark){ about->st_mtim, about->st_size, about->st_ino, about->st_dev };
}

static int check(const char *path, bool secret, const struct stat *about, struct hub_error *err)
{
	if (!S_ISREG(about->st_mode))
		return hub_error_set(err, HUB_E_INVALID, path, "not a file");
	if (secret && (about->st_mode & S_IRWXO))
		return hub_error_set(err, HUB_E_INVALID, path,
		        "everybody on this machine may read or write it; chmod 600 it, and ask who has");
	if (secret && (about->st_mode & S_IWGRP))
		return hub_error_set(
		        err, HUB_E_INVALID, path, "its group may write to it; chmod 600 or 640 it");
	return HUB_OK;
}

static int read_all(int fd, const char *path, struct hub_buf *out, struct hub_error *err)
{
	char chunk[4096];
	ssize_t n;
	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno != EINTR)
			return hub_error_set(err, HUB_E_NOT_FOUND, path, "%s", strerror(errno));
		hub_buf_bytes(out, chunk, n > 0 ? (size_t)n : 0);
		if (hub_buf_failed(out))
			return hub_error_set(err, HUB_E_INVALID, path, "larger than %zu bytes", out->limit);
	}
	sodium_memzero(chunk, sizeof(chunk));
	return HUB_OK;
}

int gateway_file_read(const char *path, bool secret, struct hub_buf *out, struct gateway_file_mark *ret_mark,
        struct hub_error *reterr)
{
	struct stat about;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe in its place holds nobody up */
	if (fd < 0 || fstat(fd, &about) < 0) {
		hub_error_set(reterr, HUB_E_NOT_FOUND, path, "%s", strerror(errno));
		if (fd >= 0)
			close(fd);
		return HUB_E_NOT_FOUND;
	}
	*ret_mark = mark_of(&about);
	int result = check(path, secret, &about, reterr);
	if (!result)
		result = read_all(fd, path, out, reterr);
	close(fd);
	return result;
}

bool gateway_file_changed(const char *path, const struct gateway_file_mark *mark)
{
	struct stat about;
	if (stat(path, &about) < 0)
		return true;
	struct gateway_file_mark now = mark_of(&about);
	return now.changed_at.tv_sec != mark->changed_at.tv_sec ||
	       now.changed_at.tv_nsec != mark->changed_at.tv_nsec || now.size != mark->size ||
	       now.inode != mark->inode || now.device != mark->device;
}
