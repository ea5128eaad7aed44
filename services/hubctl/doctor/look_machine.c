/* Daemons at their admin addresses, disks, certificates. */
#include "hubctl/doctor/look.h"

#include "hubctl/http_get.h"

#include <dirent.h>
#include <errno.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

enum { PATH_ROOM = 1024, DEPTH_MAX = 2 };

/* They are asked one after the other: where there are many, each gets less time. */
void doctor_look_daemons(struct doctor_part *part, struct doctor_daemons *daemons)
{
	int64_t count = 1;
	for (const char *at = part->settings.daemons; *at; at++)
		count += *at == ',';
	int64_t most = (part->until_ms - hubctl_now_ms()) / (2 * count);
	if (part->settings.timeout_ms > most)
		part->settings.timeout_ms = most < 100 ? 100 : most;
	daemons->error.code =
	        hubctl_daemons_ask(&part->hubctl, &daemons->daemons, &daemons->count, &daemons->error);
}

static int look_disk(const char *path, struct doctor_disk *disk, struct hub_error *reterr)
{
	struct statvfs fs;
	disk->path = path;
	if (statvfs(path, &fs)) {
		if (errno == ENOENT || errno == ENOTDIR)
			return hub_error_set(reterr, HUB_E_INVALID, "",
			        "--data %s: there is no such directory here (a container sees it with -v "
			        "%s:%s:ro)",
			        path, path, path);
		disk->error.code = hub_error_set(&disk->error, HUB_E_NOT_FOUND, path, "%s", strerror(errno));
		return HUB_OK;
	}
	disk->size = (uint64_t)fs.f_blocks * fs.f_frsize;
	disk->room = (uint64_t)fs.f_bavail * fs.f_frsize;
	return HUB_OK;
}

int doctor_look_disks(struct hubctl *hubctl, struct doctor_seen *seen, struct hub_error *reterr)
{
	int result = HUB_OK;
	const char *at = hubctl_arg(hubctl->args, "data");
	while (!result && at && *at && seen->disk_count < DOCTOR_DISKS_MAX) {
		size_t n = strcspn(at, ",");
		struct hub_str path = hub_arena_printf(hubctl->arena, "%.*s", (int)n, at);
		if (path.len)
			result = look_disk(path.data, &seen->disks[seen->disk_count++], reterr);
		at += n + (at[n] == ',');
	}
	return result;
}

static int64_t ms_of(const ASN1_TIME *time)
{
	struct tm tm = { 0 };
	return ASN1_TIME_to_tm(time, &tm) ? (int64_t)timegm(&tm) * 1000 : 0;
}

static struct doctor_certificate *next_certificate(struct doctor_seen *seen, struct hub_str where)
{
	if (seen->certificate_count == DOCTOR_CERTIFICATES_MAX)
		return NULL;
	struct doctor_certificate *c = &seen->certificates[seen->certificate_count++];
	*c = (struct doctor_certificate){ .where = where };
	return c;
}

static void take(struct hub_arena *arena, X509 *x509, struct doctor_certificate *ret)
{
	char name[128] = "";
	X509_NAME_get_text_by_NID(X509_get_subject_name(x509), NID_commonName, name, sizeof(name));
	ret->name = hub_arena_copy(arena, hub_str_from(name));
	ret->from_ms = ms_of(X509_get0_notBefore(x509));
	ret->until_ms = ms_of(X509_get0_notAfter(x509));
}

static void look_file(struct doctor_part *part, const char *path, struct doctor_seen *seen)
{
	for (uint32_t i = 0; path && i < seen->certificate_count; i++)
		if (hub_str_is(seen->certificates[i].where, path))
			return;
	struct doctor_certificate *c =
	        path ? next_certificate(seen, hub_arena_copy(part->hubctl.arena, hub_str_from(path))) : NULL;
	if (!c)
		return;
	FILE *file = fopen(path, "re");
	X509 *x509 = file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;
	if (!x509)
		c->error.code = hub_error_set(&c->error, HUB_E_NOT_FOUND, path, "%s",
		        file ? "it holds no certificate (PEM)" : strerror(errno));
	else
		take(part->hubctl.arena, x509, c);
	X509_free(x509);
	if (file)
		fclose(file);
}

/* The authority's certificate lies beside each of those that it issued: it counts once. */
static bool wanted(struct hub_str folder, struct hub_str name)
{
	return hub_str_ends_with(name, HUB_STR(".crt")) &&
	       (!hub_str_is(name, "ca.crt") || hub_str_ends_with(folder, HUB_STR("/ca")));
}

/* deploy/secrets: PRINCIPAL/tls.crt, hospitals/ORG/tls.crt. A file may be named, too. */
static void look_folder(struct doctor_part *part, const char *folder, int depth, struct doctor_seen *seen)
{
	DIR *dir = folder ? opendir(folder) : NULL;
	if (folder && !dir && depth == 0)
		look_file(part, folder, seen);
	for (const struct dirent *entry; dir && (entry = readdir(dir));) {
		char path[PATH_ROOM];
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (entry->d_name[0] != '.' && entry->d_type == DT_DIR && depth < DEPTH_MAX)
			look_folder(part, path, depth + 1, seen);
		else if (wanted(hub_str_from(folder), hub_str_from(entry->d_name)))
			look_file(part, path, seen);
	}
	if (dir)
		closedir(dir);
}

/* Nothing is checked: an ended certificate is to be seen, not refused. */
static void look_server(struct doctor_part *part, const char *address, struct doctor_seen *seen)
{
	int fd = -1;
	if (hubctl_connect(address, doctor_patience(part), &fd, NULL))
		return; /* the check of the broker says so */
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	SSL *ssl = context ? SSL_new(context) : NULL;
	if (ssl && SSL_set_fd(ssl, fd) == 1) {
		(void)SSL_connect(ssl);
		X509 *x509 = SSL_get1_peer_certificate(ssl);
		struct doctor_certificate *c =
		        x509 ? next_certificate(
		                       seen, hub_arena_printf(part->hubctl.arena, "as shown by %s", address))
		             : NULL;
		if (c)
			take(part->hubctl.arena, x509, c);
		X509_free(x509);
	}
	SSL_free(ssl);
	SSL_CTX_free(context);
	close(fd);
}

static void look_servers(struct doctor_part *part, struct doctor_seen *seen)
{
	const char *at = hub_kafka_property_get(&part->settings.kafka, "bootstrap.servers");
	while (at && *at) {
		size_t n = strcspn(at, ",");
		struct hub_str server = hub_arena_printf(part->hubctl.arena, "%.*s", (int)n, at);
		const char *name = server.len ? strstr(server.data, "://") : NULL;
		if (server.len)
			look_server(part, name ? name + 3 : server.data, seen);
		at += n + (at[n] == ',');
	}
}

void doctor_look_certificates(struct doctor_part *part, struct doctor_seen *seen)
{
	const struct hub_kafka_properties *kafka = &part->settings.kafka;
	const char *protocol = hub_kafka_property_get(kafka, "security.protocol");
	look_file(part, hub_kafka_property_get(kafka, "ssl.ca.location"), seen);
	look_file(part, hub_kafka_property_get(kafka, "ssl.certificate.location"), seen);
	if (part->settings.redis_tls && *part->settings.redis_tls_ca)
		look_file(part, part->settings.redis_tls_ca, seen);
	look_folder(part, hubctl_arg(part->hubctl.args, "certificates"), 0, seen);
	if (protocol && strcasestr(protocol, "ssl"))
		look_servers(part, seen);
}
