#include "dashboard-gateway/auth/fetch.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdio.h>
#include <strings.h>

enum { REDIRECTS_MAX = 3, STATUS_OK = 200 };

bool gateway_fetch_is_url(const char *text)
{
	return strncmp(text, "https://", 8) == 0 || strncmp(text, "http://", 7) == 0;
}

static size_t on_bytes(char *bytes, size_t size, size_t count, void *user)
{
	struct hub_buf *out = user;
	hub_buf_bytes(out, bytes, size * count);
	return hub_buf_failed(out) ? 0 : size * count; /* fewer than came: the transfer ends */
}

static int on_progress(void *user, curl_off_t total, curl_off_t now, curl_off_t up_total, curl_off_t up)
{
	const atomic_bool *stop = user;
	(void)total;
	(void)now;
	(void)up_total;
	(void)up;
	return atomic_load(stop);
}

static bool configure(
        CURL *curl, const char *url, int timeout_ms, const atomic_bool *stop, struct hub_buf *out)
{
	const char *scheme = url[4] == 's' ? "https" : "http";
	bool good = curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK;
	good = good &&
	       curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, scheme) == CURLE_OK; /* of redirects, too */
	good = good && curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L) == CURLE_OK;
	good = good && curl_easy_setopt(curl, CURLOPT_MAXREDIRS, (long)REDIRECTS_MAX) == CURLE_OK;
	good = good && curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)timeout_ms) == CURLE_OK;
	good = good && curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK;
	good = good && curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes) == CURLE_OK;
	good = good && curl_easy_setopt(curl, CURLOPT_WRITEDATA, out) == CURLE_OK;
	good = good && curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L) == CURLE_OK;
	good = good && curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress) == CURLE_OK;
	good = good && curl_easy_setopt(curl, CURLOPT_XFERINFODATA, stop) == CURLE_OK;
	return good;
}

/* libcurl's own words for the error; its longer message may repeat the URL. */
static int perform(CURL *curl, const struct hub_buf *out, struct hub_error *err)
{
	long status = 0;
	CURLcode code = curl_easy_perform(curl);
	if (hub_buf_failed(out))
		return hub_error_set(err, HUB_E_RETRY, "jwks", "larger than %zu bytes", out->limit);
	if (code != CURLE_OK)
		return hub_error_set(err, HUB_E_RETRY, "jwks", "%s", curl_easy_strerror(code));
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	if (status != STATUS_OK)
		return hub_error_set(err, HUB_E_RETRY, "jwks", "the answer's status is %ld", status);
	return HUB_OK;
}

int gateway_fetch(const char *url, int timeout_ms, const atomic_bool *stop, struct hub_buf *out,
        struct hub_error *reterr)
{
	CURL *curl = curl_easy_init();
	int result = curl && configure(curl, url, timeout_ms, stop, out)
	                     ? perform(curl, out, reterr)
	                     : hub_error_set(reterr, HUB_E_RETRY, "jwks", "libcurl cannot be set up");
	if (curl)
		curl_easy_cleanup(curl);
	return result;
}

/* As libcurl writes it, which also fetches: digits in any other form are made these, an address of IPv6 is in brackets. */
static bool is_this_machine(const char *host)
{
	struct in_addr address;
	if (inet_pton(AF_INET, host, &address) == 1)
		return ntohl(address.s_addr) >> 24 == IN_LOOPBACKNET;
	return strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0;
}

int gateway_fetch_check(const char *text, struct hub_error *reterr)
{
	char *host = NULL;
	if (strncmp(text, "http://", 7) != 0)
		return HUB_OK;
	CURLU *url = curl_url();
	bool good = url && curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK &&
	            curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK && is_this_machine(host);
	curl_free(host);
	curl_url_cleanup(url);
	return good ? HUB_OK
	            : hub_error_set(reterr, HUB_E_INVALID, "",
	                      "over plain http anybody on the way could put keys of his own in their place: "
	                      "an https URL, http of this machine (127.0.0.1, [::1], localhost), or a file");
}
