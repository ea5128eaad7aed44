#include "dashboard-gateway/auth/fetch.h"

#include <curl/curl.h>
#include <stdio.h>

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
