#include "daemon/certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <time.h>

/* False: its end is no time. */
static bool end_of(const X509 *x509, int64_t *ret_s)
{
	struct tm tm = { 0 };
	if (!ASN1_TIME_to_tm(X509_get0_notAfter(x509), &tm))
		return false;
	*ret_s = (int64_t)timegm(&tm);
	return true;
}

bool hub_certificate_end(const char *path, int64_t *ret_s)
{
	bool found = false;
	int64_t end_s;
	X509 *x509;
	FILE *file = fopen(path, "re");
	while (file && (x509 = PEM_read_X509(file, NULL, NULL, NULL))) {
		if (end_of(x509, &end_s) && (!found || end_s < *ret_s)) {
			*ret_s = end_s;
			found = true;
		}
		X509_free(x509);
	}
	ERR_clear_error(); /* the file's end is one */
	if (file)
		fclose(file);
	return found;
}

void hub_certificate_measure(
        struct hub_metrics *metrics, uint32_t metric, const struct hub_kafka_properties *kafka)
{
	const char *path = hub_kafka_property_get(kafka, "ssl.certificate.location");
	int64_t end_s;
	if (path && hub_certificate_end(path, &end_s))
		hub_metrics_set(metrics, metric, NULL, (double)end_s);
}
