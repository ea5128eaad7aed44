#include "redis/tls.h"

#include <hiredis/hiredis.h>
#include <hiredis/hiredis_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

struct hub_redis_tls {
	SSL_CTX *ctx;
	char *host;
	const char *refusal; /* static; NULL: none */
};

/* What OpenSSL last complained of. */
static const char *complaint(void)
{
	const char *text = ERR_reason_error_string(ERR_peek_last_error());
	ERR_clear_error();
	return text ? text : "it failed";
}

static int on_verify(int good, X509_STORE_CTX *store)
{
	const SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct hub_redis_tls *tls = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
	if (!good)
		tls->refusal = X509_verify_cert_error_string(X509_STORE_CTX_get_error(store));
	return good;
}

static int trust(SSL_CTX *ctx, const char *ca_file, struct hub_error *reterr)
{
	const char *file = ca_file && *ca_file ? ca_file : NULL;
	if (file ? SSL_CTX_load_verify_locations(ctx, file, NULL) : SSL_CTX_set_default_verify_paths(ctx))
		return HUB_OK;
	return hub_error_set(reterr, HUB_E_INVALID, "redis", "no certificates in %s: %s",
	        file ? file : "the system's store", complaint());
}

int hub_redis_tls_new(
        const char *ca_file, const char *host, struct hub_redis_tls **ret, struct hub_error *reterr)
{
	if (!*host)
		return hub_error_set(
		        reterr, HUB_E_INVALID, "redis", "redis.tls needs host:port, not a socket");
	struct hub_redis_tls *tls = calloc(1, sizeof(*tls));
	if (tls) {
		tls->host = strdup(host);
		tls->ctx = SSL_CTX_new(TLS_client_method());
	}
	if (!tls || !tls->host || !tls->ctx) {
		hub_redis_tls_free(tls);
		return hub_error_set(reterr, HUB_E_FATAL, "redis", "out of memory");
	}
	SSL_CTX_set_app_data(tls->ctx, tls);
	SSL_CTX_set_min_proto_version(tls->ctx, TLS1_2_VERSION);
	SSL_CTX_set_verify(tls->ctx, SSL_VERIFY_PEER, on_verify);
	int code = trust(tls->ctx, ca_file, reterr);
	if (code)
		hub_redis_tls_free(tls);
	else
		*ret = tls;
	return code;
}

void hub_redis_tls_free(struct hub_redis_tls *tls)
{
	if (!tls)
		return;
	SSL_CTX_free(tls->ctx);
	free(tls->host);
	free(tls);
}

/* An address is compared with the certificate's addresses, a name with its names; only a name is told to the server. */
static int expect_host(SSL *ssl, const char *host)
{
	X509_VERIFY_PARAM *wanted = SSL_get0_param(ssl);
	if (X509_VERIFY_PARAM_set1_ip_asc(wanted, host))
		return 1;
	ERR_clear_error();
	return X509_VERIFY_PARAM_set1_host(wanted, host, 0) && SSL_set_tlsext_host_name(ssl, host);
}

int hub_redis_tls_start(struct hub_redis_tls *tls, struct redisContext *connection, struct hub_error *reterr)
{
	tls->refusal = NULL;
	SSL *ssl = SSL_new(tls->ctx);
	if (!ssl || !expect_host(ssl, tls->host)) {
		SSL_free(ssl);
		return hub_error_set(reterr, HUB_E_RETRY, "redis", "cannot begin TLS: %s", complaint());
	}
	if (redisInitiateSSL(connection, ssl) == REDIS_OK)
		return HUB_OK; /* the connection owns it now */
	hub_error_set(reterr, HUB_E_RETRY, "redis", "no TLS with %s: %s", tls->host,
	        tls->refusal ? tls->refusal : connection->errstr);
	SSL_free(ssl);
	ERR_clear_error();
	return HUB_E_RETRY;
}

const char *hub_redis_tls_refusal(const struct hub_redis_tls *tls)
{
	return tls->refusal;
}
