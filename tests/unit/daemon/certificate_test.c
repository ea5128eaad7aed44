/* When a program's own certificate ends, as /metrics tells it. */
#include "daemon/certificate.h"

#include "base/check.h"
#include "daemon/measures.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { END_S = 1893456000 /* 2030-01-01 */, LATER_S = END_S + 86400 };

static void put_certificate(FILE *file, EVP_PKEY *key, time_t end_s)
{
	X509 *x509 = X509_new();
	hub_check(x509 && ASN1_TIME_set(X509_getm_notBefore(x509), 0) &&
	          ASN1_TIME_set(X509_getm_notAfter(x509), end_s) && X509_set_pubkey(x509, key) &&
	          X509_sign(x509, key, EVP_sha256()) && PEM_write_X509(file, x509));
	X509_free(x509);
}

/* A file of certificates that end then, up to a 0. */
static void write_file(const char *path, const time_t *ends_s)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	FILE *file = fopen(path, "w");
	hub_check(key && file);
	fputs("bag attributes, as openssl writes them\n", file);
	for (; *ends_s; ends_s++)
		put_certificate(file, key, *ends_s);
	fclose(file);
	EVP_PKEY_free(key);
}

static void of_a_chain_the_first_end_counts(void **state)
{
	char path[] = "/tmp/certificate-XXXXXX";
	int64_t end_s = 7;
	(void)state;
	close(mkstemp(path));
	assert_false(hub_certificate_end(path, &end_s));
	assert_false(hub_certificate_end("/nowhere", &end_s));
	write_file(path, (const time_t[]){ END_S, 0 });
	assert_true(hub_certificate_end(path, &end_s));
	assert_int_equal(end_s, END_S);
	write_file(path, (const time_t[]){ LATER_S, END_S, LATER_S, 0 });
	assert_true(hub_certificate_end(path, &end_s));
	assert_int_equal(end_s, END_S);
	unlink(path);
}

static bool tells(struct hub_metrics *metrics, const char *text)
{
	struct hub_buf out;
	hub_buf_init(&out, 1 << 20);
	hub_metrics_write(metrics, &out);
	hub_buf_byte(&out, '\0');
	bool found = strstr(out.data, text) != NULL;
	hub_buf_done(&out);
	return found;
}

static void a_program_with_one_tells_it(void **state)
{
	char path[] = "/tmp/certificate-XXXXXX";
	(void)state;
	close(mkstemp(path));
	write_file(path, (const time_t[]){ END_S, 0 });
	const struct hub_kafka_property items[] = { { "ssl.certificate.location", path } };
	struct hub_metrics *metrics = hub_measures_new();
	hub_certificate_measure(metrics, HUB_MEASURE_CERTIFICATE_END,
	        &(struct hub_kafka_properties){ .items = items, .count = 0 });
	assert_false(tells(metrics, "\nhub_certificate_not_after_seconds "));
	hub_certificate_measure(metrics, HUB_MEASURE_CERTIFICATE_END,
	        &(struct hub_kafka_properties){ .items = items, .count = 1 });
	assert_true(tells(metrics, "\nhub_certificate_not_after_seconds 1893456000\n"));
	hub_metrics_free(metrics);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_a_chain_the_first_end_counts),
		cmocka_unit_test(a_program_with_one_tells_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
