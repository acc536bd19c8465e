/* SPDX-License-Identifier: MIT */
/*
 * Replay for a fuzz target, without libFuzzer, for an ordinary build:
 *
 *	fuzz_X [--damage N] FILE...
 *
 * Feeds every file to the target, and N copies of it with one to four places damaged: always the
 * same ones, so that a failure comes back. Exit 1 when a file cannot be read; a target that finds
 * something aborts, and the line before says which copy it was.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLACES_MAX 4u

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

/* xorshift64*: the damages are the same on every machine. */
static uint64_t chance(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1dull;
}

/* Most structures stand at the start or the end of a file: half of the places are there. */
static size_t place(uint64_t *state, size_t len)
{
	uint64_t r = chance(state);
	size_t near = len < 8192 ? len : 8192;
	if (r & 1)
		return (size_t)(r >> 8) % len;
	return r & 2 ? (size_t)(r >> 8) % near : len - 1 - (size_t)(r >> 8) % near;
}

static void damage_one(uint8_t *p, size_t len, uint64_t *state)
{
	static const uint32_t numbers[] = {0,          1,          4,         0x7f,
					   0x80,       0xffff,     0x10000,   0x7fffffff,
					   0x80000000, 0xfffffff0, 0xffffffff};
	size_t at = place(state, len);
	uint64_t r = chance(state);
	if (r % 3 == 0)
		p[at] ^= (uint8_t)(1u << (r >> 8) % 8);
	else if (r % 3 == 1)
		p[at] = (uint8_t)(r >> 8);
	else if (len - at >= sizeof(numbers[0]))
		memcpy(p + at, &numbers[(r >> 8) % (sizeof(numbers) / sizeof(numbers[0]))],
		       sizeof(numbers[0]));
}

/* Every eighth copy is cut short instead. */
static int run_damaged(const uint8_t *bytes, size_t len, uint64_t seed)
{
	uint64_t state = seed * 0x9e3779b97f4a7c15ull + 1;
	size_t cut = seed % 8 == 7 ? place(&state, len) : len;
	uint8_t *copy = malloc(cut > 0 ? cut : 1);
	if (!copy)
		return -1;
	memcpy(copy, bytes, cut);
	for (uint64_t i = chance(&state) % PLACES_MAX + 1; cut == len && i > 0; i--)
		damage_one(copy, len, &state);
	LLVMFuzzerTestOneInput(copy, cut);
	free(copy);
	return 0;
}

static int run_file(const char *path, unsigned long damages)
{
	size_t len = 0;
	uint8_t *bytes = read_file(path, &len);
	if (!bytes) {
		printf("%s: cannot be read\n", path);
		return -1;
	}
	LLVMFuzzerTestOneInput(bytes, len);
	for (unsigned long i = 0; i < damages && len > 0; i++) {
		printf("%s: damage %lu\n", path, i);
		fflush(stdout);
		if (run_damaged(bytes, len, i) < 0)
			damages = 0;
	}
	printf("%s: done\n", path);
	free(bytes);
	return 0;
}

int main(int argc, char **argv)
{
	int result = EXIT_SUCCESS, first = 1;
	unsigned long damages = 0;
	if (argc > 2 && strcmp(argv[1], "--damage") == 0) {
		damages = strtoul(argv[2], NULL, 10);
		first = 3;
	}
	for (int i = first; i < argc; i++)
		if (run_file(argv[i], damages) < 0)
			result = EXIT_FAILURE;
	return result;
}
