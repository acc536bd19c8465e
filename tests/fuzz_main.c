/* SPDX-License-Identifier: MIT */
/*
 * Replay for a fuzz target: feeds every file named on the command line to it, so that inputs once
 * found are run again by an ordinary build, without libFuzzer. Exit 1 when a file cannot be read.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The whole file in memory of exactly its size, so that a sanitizer sees the first byte behind. */
static uint8_t *read_file(const char *path, size_t *len)
{
	uint8_t *bytes = NULL;
	FILE *f = fopen(path, "rb");
	if (!f)
		return NULL;
	long end = fseek(f, 0, SEEK_END) == 0 ? ftell(f) : -1;
	if (end >= 0 && fseek(f, 0, SEEK_SET) == 0) {
		*len = (size_t)end;
		bytes = malloc(*len > 0 ? *len : 1);
		if (bytes && fread(bytes, 1, *len, f) != *len) {
			free(bytes);
			bytes = NULL;
		}
	}
	fclose(f);
	return bytes;
}

int main(int argc, char **argv)
{
	int result = EXIT_SUCCESS;
	for (int i = 1; i < argc; i++) {
		size_t len = 0;
		uint8_t *bytes = read_file(argv[i], &len);
		if (bytes)
			LLVMFuzzerTestOneInput(bytes, len);
		else
			result = EXIT_FAILURE;
		printf("%s: %s\n", argv[i], bytes ? "done" : "cannot be read");
		free(bytes);
	}
	return result;
}
