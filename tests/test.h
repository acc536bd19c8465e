/* SPDX-License-Identifier: MIT */
/*
 * What every unit test includes: cmocka with its prerequisites, and scratch directories that are
 * removed afterwards.
 */
#ifndef STOP7B_TEST_H
#define STOP7B_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEST_PATH 4096

/* Initialises a struct said (said.h) that is the same in every language. */
#define SAID(text)                                                                                 \
	{                                                                                          \
		(text), (text)                                                                     \
	}

static inline int test_remove_one(const char *path, const struct stat *st, int flag,
				  struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

/* Make an empty scratch directory; its path goes into dir (TEST_PATH bytes). */
static inline void test_scratch(char *dir)
{
	const char *base = getenv("TMPDIR");
	snprintf(dir, TEST_PATH, "%s/s7b-test-XXXXXX", base ? base : "/tmp");
	assert_non_null(mkdtemp(dir));
}

static inline void test_scratch_remove(const char *dir)
{
	nftw(dir, test_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline void test_write(const char *path, const void *bytes, size_t len)
{
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

/* The whole file, malloc'd. */
static inline uint8_t *test_read(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	fseek(f, 0, SEEK_END);
	long n = ftell(f);
	rewind(f);
	uint8_t *p = malloc((size_t)n + 1);
	assert_non_null(p);
	assert_int_equal(fread(p, 1, (size_t)n, f), (size_t)n);
	fclose(f);
	*len = (size_t)n;
	return p;
}

#endif
