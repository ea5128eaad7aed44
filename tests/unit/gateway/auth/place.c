#include "place.h"

#include "base/check.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void place_make(struct place *place)
{
	snprintf(place->folder, sizeof(place->folder), "/tmp/gateway_auth_test.XXXXXX");
	hub_check(mkdtemp(place->folder));
	snprintf(place->log_path, sizeof(place->log_path), "%s/log", place->folder);
	int fd = open(place->log_path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	hub_check(fd >= 0);
	place->log = hub_log_new(fd, HUB_LOG_DEBUG, HUB_LOG_LOGFMT, "test");
	place->base = event_base_new();
	hub_check(place->log && place->base);
}

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *walk)
{
	(void)about;
	(void)type;
	(void)walk;
	return remove(path);
}

void place_done(struct place *place)
{
	enum { OPEN_AT_ONCE = 8 };
	event_base_free(place->base);
	hub_log_free(place->log);
	nftw(place->folder, remove_one, OPEN_AT_ONCE, FTW_DEPTH | FTW_PHYS);
}

const char *place_path(struct place *place, const char *name)
{
	snprintf(place->path, sizeof(place->path), "%s/%s", place->folder, name);
	return place->path;
}

void place_write(struct place *place, const char *name, const char *text)
{
	static int64_t stamp = 1000000000;
	const char *path = place_path(place, name);
	const struct timespec times[2] = { { stamp, 0 }, { stamp, 0 } };
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	hub_check(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	stamp++;
	hub_check(futimens(fd, times) == 0);
	close(fd);
}

static void on_time(int fd, short what, void *user)
{
	(void)fd;
	(void)what;
	*(bool *)user = true;
}

bool place_wait(struct place *place, const bool *flag, int ms)
{
	bool over = false;
	const struct timeval limit = { ms / 1000, ms % 1000 * 1000 };
	struct event *timer = evtimer_new(place->base, on_time, &over);
	hub_check(timer && evtimer_add(timer, &limit) == 0);
	while (!*flag && !over)
		event_base_loop(place->base, EVLOOP_ONCE);
	event_free(timer);
	return *flag;
}

int place_logged(struct place *place, const char *text)
{
	char line[1024];
	int count = 0;
	FILE *file = fopen(place->log_path, "re");
	hub_check(file);
	while (fgets(line, sizeof(line), file))
		count += strstr(line, text) != NULL;
	fclose(file);
	return count;
}
