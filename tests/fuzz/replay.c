/* main of a fuzz target where libFuzzer is not built in: runs the target over every file of the folders (or
 * the files) named, so that each find stays a test. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LONGEST = 4 * 1024 * 1024 };

static int replay_file(const char *file)
{
	FILE *stream = fopen(file, "rb");
	uint8_t *data = malloc(LONGEST);
	if (!stream || !data) {
		perror(file);
		exit(1);
	}
	/* Exactly as large as the input, so that a sanitizer sees one byte too many. */
	size_t size = fread(data, 1, LONGEST, stream);
	uint8_t *exact = realloc(data, size ? size : 1);
	(void)LLVMFuzzerTestOneInput(exact ? exact : data, size);
	free(exact ? exact : data);
	(void)fclose(stream);
	return 1;
}

static int replay(const char *path)
{
	DIR *dir = opendir(path);
	int count = 0;
	const struct dirent *entry;
	if (!dir)
		return replay_file(path);
	while ((entry = readdir(dir)) != NULL) {
		char file[4096];
		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		count += replay_file(file);
	}
	(void)closedir(dir);
	return count;
}

int main(int argc, char **argv)
{
	int count = 0;
	for (int i = 1; i < argc; i++)
		count += replay(argv[i]);
	printf("%d inputs\n", count);
	return count > 0 ? 0 : 1;
}
