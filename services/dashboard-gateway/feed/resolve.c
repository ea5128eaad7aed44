#include "dashboard-gateway/feed/resolve.h"

#include "base/check.h"
#include "dashboard-gateway/feed/helper.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

struct search {
	struct gateway_job job; /* first */
	char *name;
	char host[NI_MAXHOST];
	void (*fn)(void *user, const char *host);
	void *user;
};

bool gateway_is_address(const char *host)
{
	unsigned char ignored[sizeof(struct in6_addr)];
	return inet_pton(AF_INET, host, ignored) == 1 || inet_pton(AF_INET6, host, ignored) == 1;
}

static void work(struct gateway_job *job)
{
	struct search *search = (struct search *)job;
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	if (getaddrinfo(search->name, NULL, &hints, &found) != 0)
		return;
	if (found && getnameinfo(found->ai_addr, found->ai_addrlen, search->host, sizeof(search->host), NULL,
	                     0, NI_NUMERICHOST) != 0)
		search->host[0] = '\0';
	freeaddrinfo(found);
}

static void done(struct gateway_job *job, bool stopped)
{
	struct search *search = (struct search *)job;
	if (!stopped)
		search->fn(search->user, search->host[0] ? search->host : NULL);
	free(search->name);
	free(search);
}

void gateway_resolve(
        struct gateway_helper *helper, const char *name, void (*fn)(void *user, const char *host), void *user)
{
	struct search *search = calloc(1, sizeof(*search));
	hub_check(search);
	*search = (struct search){
		.job = { .work = work, .done = done }, .name = strdup(name), .fn = fn, .user = user
	};
	hub_check(search->name);
	gateway_helper_add(helper, &search->job);
}
