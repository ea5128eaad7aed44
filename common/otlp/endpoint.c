#include "otlp/endpoint.h"

#include <event2/http.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { PORT = 4318 /* OTLP/HTTP's */ };

static int refuse(const char *text, struct hub_error *reterr)
{
	return hub_error_set(reterr, HUB_E_INVALID, "",
	        "expected http://host:port of an OTLP/HTTP receiver (4318 if no port is named), not \"%s\"",
	        text);
}

static bool plain(const struct evhttp_uri *uri)
{
	const char *scheme = evhttp_uri_get_scheme(uri), *host = evhttp_uri_get_host(uri);
	int port = evhttp_uri_get_port(uri);
	return scheme && strcmp(scheme, "http") == 0 && host && *host && !evhttp_uri_get_userinfo(uri) &&
	       !evhttp_uri_get_query(uri) && !evhttp_uri_get_fragment(uri) && port != 0 && port <= UINT16_MAX;
}

/* False: too long. */
static bool take(const struct evhttp_uri *uri, struct hub_otlp_endpoint *ret)
{
	const char *host = evhttp_uri_get_host(uri), *path = evhttp_uri_get_path(uri);
	int host_len = (int)strlen(host), path_len = path ? (int)strlen(path) : 0;
	int port = evhttp_uri_get_port(uri) < 0 ? PORT : evhttp_uri_get_port(uri);
	bool bracketed = host_len > 2 && host[0] == '[';
	if (path_len && path[path_len - 1] == '/')
		path_len--;
	if (host_len >= (int)sizeof(ret->host) || path_len + 16 >= (int)sizeof(ret->path))
		return false;
	ret->port = (uint16_t)port;
	snprintf(ret->host, sizeof(ret->host), "%.*s", bracketed ? host_len - 2 : host_len,
	        bracketed ? host + 1 : host);
	snprintf(ret->authority, sizeof(ret->authority), "%s:%d", host, port);
	snprintf(ret->path, sizeof(ret->path), "%.*s/v1/traces", path_len, path ? path : "");
	return true;
}

int hub_otlp_endpoint_parse(const char *text, struct hub_otlp_endpoint *ret, struct hub_error *reterr)
{
	struct evhttp_uri *uri = evhttp_uri_parse(text);
	bool good = uri && plain(uri) && take(uri, ret);
	if (uri)
		evhttp_uri_free(uri);
	return good ? HUB_OK : refuse(text, reterr);
}

int hub_otlp_endpoint_check(const char *text, struct hub_error *reterr)
{
	struct hub_otlp_endpoint endpoint;
	return *text ? hub_otlp_endpoint_parse(text, &endpoint, reterr) : HUB_OK;
}
