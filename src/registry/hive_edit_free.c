/* SPDX-License-Identifier: MIT */
/*
 * An ordered set of 64-bit numbers: the free cells of a hive, by size and then by offset.
 *
 * The smallest number not below a given one is the best fit. The order is the numbers' own, so
 * which cell is taken depends on the hive's bytes alone and not on the edits before: the same edits
 * on the same hive give the same bytes, failed edits between them or not.
 *
 * The numbers lie in sorted runs of bounded length, so that a hostile hive with a million free
 * cells costs a search and a move inside one run, never a move of everything.
 */
#include "hive_edit_internal.h"

#include <stdlib.h>
#include <string.h>

#define RUN_MAX    512u
#define FIRST_RUNS 16u

struct run {
	size_t n; /* 1..RUN_MAX */
	uint64_t numbers[RUN_MAX];
};

/* The last run that begins at or before number; the first one when all begin behind it. */
static size_t run_for(const struct free_set *s, uint64_t number)
{
	size_t low = 0, high = s->n;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (s->runs[middle]->numbers[0] <= number)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* Position of the first number of run that is not below number; run->n when all are. */
static size_t place_in(const struct run *run, uint64_t number)
{
	size_t low = 0, high = run->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (run->numbers[middle] < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* An empty run at position i, the ones behind it moved up; NULL without memory. */
static struct run *insert_run(struct free_set *s, size_t i)
{
	if (s->n == s->cap) {
		size_t cap = s->cap > 0 ? 2 * s->cap : FIRST_RUNS;
		struct run **grown = reallocarray(s->runs, cap, sizeof(struct run *));
		if (!grown)
			return NULL;
		s->runs = grown;
		s->cap = cap;
	}
	struct run *run = malloc(sizeof(*run));
	if (!run)
		return NULL;
	run->n = 0;
	memmove(s->runs + i + 1, s->runs + i, (s->n - i) * sizeof(struct run *));
	s->runs[i] = run;
	s->n++;
	return run;
}

static bool split_run(struct free_set *s, size_t i)
{
	struct run *upper = insert_run(s, i + 1), *lower = s->runs[i];
	if (!upper)
		return false;
	upper->n = lower->n - lower->n / 2;
	lower->n /= 2;
	memcpy(upper->numbers, lower->numbers + lower->n, upper->n * sizeof(*upper->numbers));
	return true;
}

int free_set_add(struct free_set *s, uint64_t number)
{
	if (s->n == 0 && !insert_run(s, 0))
		return -1;
	size_t i = run_for(s, number);
	if (s->runs[i]->n == RUN_MAX) {
		if (!split_run(s, i))
			return -1;
		i = run_for(s, number);
	}
	struct run *run = s->runs[i];
	size_t at = place_in(run, number);
	memmove(run->numbers + at + 1, run->numbers + at, (run->n - at) * sizeof(*run->numbers));
	run->numbers[at] = number;
	run->n++;
	return 0;
}

bool free_set_remove(struct free_set *s, uint64_t number)
{
	if (s->n == 0)
		return false;
	size_t i = run_for(s, number);
	struct run *run = s->runs[i];
	size_t at = place_in(run, number);
	if (at == run->n || run->numbers[at] != number)
		return false;
	run->n--;
	memmove(run->numbers + at, run->numbers + at + 1, (run->n - at) * sizeof(*run->numbers));
	if (run->n == 0) {
		free(run);
		s->n--;
		memmove(s->runs + i, s->runs + i + 1, (s->n - i) * sizeof(struct run *));
	}
	return true;
}

uint64_t free_set_least(const struct free_set *s, uint64_t least)
{
	if (s->n == 0)
		return UINT64_MAX;
	size_t i = run_for(s, least);
	size_t at = place_in(s->runs[i], least);
	if (at < s->runs[i]->n)
		return s->runs[i]->numbers[at];
	return i + 1 < s->n ? s->runs[i + 1]->numbers[0] : UINT64_MAX;
}

void free_set_clear(struct free_set *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->runs[i]);
	free(s->runs);
	*s = (struct free_set){0};
}
