#include "dashboard-gateway/http/files.h"

#include "base/check.h"
#include "base/hash.h"
#include "base/map.h"
#include "dashboard-gateway/http/etag.h"
#include "dashboard-gateway/http/gateway.h"
#include "dashboard-gateway/http/reply.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

enum { FILES_MAX = 200, FOLDER_BYTES = 16 << 20, PATH_BYTES = 1024, DEPTH_MAX = 6 };

struct file {
	char path[PATH_BYTES]; /* "js/page.js" */
	const char *type;
	bool text;
	struct hub_buf plain, packed; /* packed: gzip; empty when it would not be smaller */
	char etag[24], packed_etag[24];
};

struct gateway_files {
	struct file *files[FILES_MAX];
	uint32_t count;
	size_t bytes;
	struct hub_map *by_path;
	char build[17];
};

static const struct {
	const char *suffix, *type;
	bool text;
} types[] = {
	{ ".html", "text/html; charset=utf-8", true },
	{ ".css", "text/css; charset=utf-8", true },
	{ ".js", "text/javascript; charset=utf-8", true },
	{ ".mjs", "text/javascript; charset=utf-8", true },
	{ ".json", "application/json; charset=utf-8", true },
	{ ".svg", "image/svg+xml", true },
	{ ".txt", "text/plain; charset=utf-8", true },
	{ ".png", "image/png", false },
	{ ".ico", "image/x-icon", false },
	{ ".webmanifest", "application/manifest+json", true },
};

/* Files of other kinds (notes, licences without a suffix) are not served. */
static bool set_type(struct file *file)
{
	struct hub_str path = hub_str_from(file->path);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (!hub_str_ends_with(path, hub_str_from(types[i].suffix)))
			continue;
		file->type = types[i].type;
		file->text = types[i].text;
		return true;
	}
	return false;
}

static int read_bytes(const char *path, struct hub_buf *out, struct hub_error *reterr)
{
	char piece[16 << 10];
	FILE *stream = fopen(path, "re");
	size_t n;
	while (stream && (n = fread(piece, 1, sizeof(piece), stream)) > 0)
		hub_buf_bytes(out, piece, n);
	bool failed = !stream || ferror(stream);
	if (stream)
		fclose(stream);
	if (failed)
		return hub_error_set(reterr, HUB_E_INVALID, "web.folder", "%s: %s", path, strerror(errno));
	if (hub_buf_failed(out))
		return hub_error_set(reterr, HUB_E_INVALID, "web.folder", "%s: too large for a page", path);
	return HUB_OK;
}

static void pack(struct file *file)
{
	enum { GZIP = 15 + 16, BEST = 9, MEMORY = 9 };
	z_stream stream = { 0 };
	hub_buf_init(&file->packed, FOLDER_BYTES);
	if (!file->text || deflateInit2(&stream, BEST, Z_DEFLATED, GZIP, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
		return;
	size_t room = deflateBound(&stream, file->plain.len);
	if (hub_buf_reserve(&file->packed, room)) {
		stream.next_in = (Bytef *)file->plain.data;
		stream.avail_in = (uInt)file->plain.len;
		stream.next_out = (Bytef *)file->packed.data;
		stream.avail_out = (uInt)room;
		if (deflate(&stream, Z_FINISH) == Z_STREAM_END && stream.total_out < file->plain.len)
			file->packed.len = stream.total_out;
	}
	deflateEnd(&stream);
}

static int add_file(
        struct gateway_files *files, const char *folder, const char *path, struct hub_error *reterr)
{
	struct file *file = calloc(1, sizeof(*file));
	char name[2 * PATH_BYTES];
	hub_check(file);
	snprintf(file->path, sizeof(file->path), "%s", path);
	if (!set_type(file)) {
		free(file);
		return HUB_OK;
	}
	if (files->count == FILES_MAX) {
		free(file);
		return hub_error_set(
		        reterr, HUB_E_INVALID, "web.folder", "more than %d files: not a page", FILES_MAX);
	}
	files->files[files->count++] = file;
	hub_buf_init(&file->plain, FOLDER_BYTES - files->bytes);
	snprintf(name, sizeof(name), "%s/%s", folder, path);
	int code = read_bytes(name, &file->plain, reterr);
	files->bytes += file->plain.len;
	if (code)
		return code;
	pack(file);
	uint64_t hash = hub_hash(HUB_HASH_START, hub_buf_slice(&file->plain));
	snprintf(file->etag, sizeof(file->etag), "\"%016" PRIx64 "\"", hash);
	snprintf(file->packed_etag, sizeof(file->packed_etag), "\"%016" PRIx64 "z\"", hash);
	hub_map_put(files->by_path, hub_str_from(file->path), file);
	return HUB_OK;
}

/* Names that begin with a dot are nobody's business. */
static int add_folder(struct gateway_files *files, const char *folder, const char *below, int depth,
        struct hub_error *reterr)
{
	char name[2 * PATH_BYTES], path[PATH_BYTES];
	snprintf(name, sizeof(name), "%s/%s", folder, below);
	DIR *dir = opendir(name);
	struct dirent *entry;
	int code = HUB_OK;
	if (!dir)
		return hub_error_set(reterr, HUB_E_INVALID, "web.folder", "%s: %s", name, strerror(errno));
	while (!code && (entry = readdir(dir))) {
		struct stat about;
		if (entry->d_name[0] == '.')
			continue;
		int len = snprintf(path, sizeof(path), "%s%s%s", below, *below ? "/" : "", entry->d_name);
		snprintf(name, sizeof(name), "%s/%s", folder, path);
		if (len >= (int)sizeof(path) || stat(name, &about) != 0)
			continue;
		if (S_ISREG(about.st_mode))
			code = add_file(files, folder, path, reterr);
		else if (S_ISDIR(about.st_mode) && depth < DEPTH_MAX)
			code = add_folder(files, folder, path, depth + 1, reterr);
	}
	closedir(dir);
	return code;
}

static int by_path(const void *a, const void *b)
{
	return strcmp((*(struct file *const *)a)->path, (*(struct file *const *)b)->path);
}

/* Folders are read in any order; the build follows from names and texts alone. */
static void name_build(struct gateway_files *files)
{
	uint64_t hash = hub_hash(HUB_HASH_START, HUB_STR(HUB_VERSION));
	qsort(files->files, files->count, sizeof(struct file *), by_path);
	for (uint32_t i = 0; i < files->count; i++) {
		hash = hub_hash(hash, hub_str_from(files->files[i]->path));
		hash = hub_hash(hash, hub_buf_slice(&files->files[i]->plain));
	}
	snprintf(files->build, sizeof(files->build), "%016" PRIx64, hash);
}

int gateway_files_new(const char *folder, struct gateway_files **ret, struct hub_error *reterr)
{
	struct gateway_files *files = calloc(1, sizeof(*files));
	hub_check(files);
	files->by_path = hub_map_new();
	int code = *folder ? add_folder(files, folder, "", 0, reterr) : HUB_OK;
	if (!code && *folder && !hub_map_get(files->by_path, HUB_STR("index.html")))
		code = hub_error_set(reterr, HUB_E_INVALID, "web.folder", "%s has no index.html", folder);
	if (code) {
		gateway_files_free(files);
		return code;
	}
	name_build(files);
	*ret = files;
	return HUB_OK;
}

void gateway_files_free(struct gateway_files *files)
{
	if (!files)
		return;
	for (uint32_t i = 0; i < files->count; i++) {
		hub_buf_done(&files->files[i]->plain);
		hub_buf_done(&files->files[i]->packed);
		free(files->files[i]);
	}
	hub_map_free(files->by_path);
	free(files);
}

const char *gateway_files_build(const struct gateway_files *files)
{
	return files->build;
}

static const struct file *find(const struct gateway_files *files, const struct gateway_target *target)
{
	static const char *const views[] = { "live", "referrals", "health" };
	const struct hub_str *first = &target->segments[0];
	if (target->segment_count == 0)
		return hub_map_get(files->by_path, HUB_STR("index.html"));
	for (size_t i = 0; target->segment_count == 1 && i < sizeof(views) / sizeof(views[0]); i++)
		if (hub_str_is(*first, views[i]))
			return hub_map_get(files->by_path, HUB_STR("index.html"));
	uint32_t skip = hub_str_is(*first, "assets") ? 1 : 0;
	char path[PATH_BYTES];
	size_t len = 0;
	for (uint32_t i = skip; i < target->segment_count; i++) {
		if (len + target->segments[i].len + 1 >= sizeof(path))
			return NULL;
		if (i > skip)
			path[len++] = '/';
		memcpy(path + len, target->segments[i].data, target->segments[i].len);
		len += target->segments[i].len;
	}
	return hub_map_get(files->by_path, (struct hub_str){ path, (uint32_t)len });
}

void gateway_files_serve(struct gateway_exchange *exchange)
{
	const struct gateway_files *files = exchange->gateway->files;
	const struct file *file = find(files, &exchange->target);
	if (!file) {
		gateway_refuse_plainly(exchange, GATEWAY_PROBLEM_NOT_FOUND, "there is no such page");
		return;
	}
	struct hub_str encodings = gateway_request_header(exchange, "Accept-Encoding");
	bool packed = file->packed.len && encodings.len && memmem(encodings.data, encodings.len, "gzip", 4);
	const char *etag = packed ? file->packed_etag : file->etag;
	bool named = hub_str_is(gateway_target_param(&exchange->target, "v"), files->build);
	gateway_header(exchange, "Cache-Control", named ? "public, max-age=31536000, immutable" : "no-cache");
	gateway_header(exchange, "ETag", etag);
	gateway_header(exchange, "Vary", "Accept-Encoding");
	if (gateway_etag_listed(
	            gateway_request_header(exchange, "If-None-Match"), hub_str_from(etag), true)) {
		gateway_reply_empty(exchange, 304);
		return;
	}
	if (packed)
		gateway_header(exchange, "Content-Encoding", "gzip");
	gateway_reply_borrowed(exchange, file->type, hub_buf_slice(packed ? &file->packed : &file->plain));
}
