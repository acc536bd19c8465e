/* SPDX-License-Identifier: MIT */
/*
 * The sectors that were written and lie in memory only: a table by sector number.
 */
#include "ntfs_write_job.h"

#include <stdlib.h>

#define FIRST_CAP 1024u

/* Where number is, or the empty place where it would be. */
static struct ntfs_sector *place_of(const struct ntfs_map *map, uint64_t number)
{
	size_t i = (size_t)((number * 0x9e3779b97f4a7c15ull) >> 20) & (map->cap - 1);
	while (map->table[i].bytes && map->table[i].number != number)
		i = (i + 1) & (map->cap - 1);
	return &map->table[i];
}

static int grow(struct ntfs_map *map)
{
	struct ntfs_map larger = *map;
	larger.cap = map->cap ? map->cap * 2 : FIRST_CAP;
	larger.table = calloc(larger.cap, sizeof(*larger.table));
	if (!larger.table)
		return -1;
	for (size_t i = 0; i < map->cap; i++) {
		if (map->table[i].bytes)
			*place_of(&larger, map->table[i].number) = map->table[i];
	}
	free(map->table);
	*map = larger;
	return 0;
}

uint8_t *ntfs_map_find(const struct ntfs_map *map, uint64_t number)
{
	return map->cap ? place_of(map, number)->bytes : NULL;
}

uint8_t *ntfs_map_add(struct ntfs_map *map, uint64_t number, bool *fresh)
{
	if (2 * map->n >= map->cap && grow(map) != 0)
		return NULL;
	struct ntfs_sector *s = place_of(map, number);
	*fresh = !s->bytes;
	if (s->bytes)
		return s->bytes;
	s->number = number;
	s->bytes = calloc(1, map->sector);
	map->n += s->bytes != NULL;
	return s->bytes;
}

static int by_number(const void *a, const void *b)
{
	const struct ntfs_sector *x = a, *y = b;
	return (x->number > y->number) - (x->number < y->number);
}

struct ntfs_sector *ntfs_map_sort(struct ntfs_map *map)
{
	size_t n = 0;
	for (size_t i = 0; i < map->cap; i++) {
		if (map->table[i].bytes)
			map->table[n++] = map->table[i];
	}
	map->cap = n;
	if (n > 1)
		qsort(map->table, n, sizeof(*map->table), by_number);
	return map->table;
}

void ntfs_map_free(struct ntfs_map *map)
{
	for (size_t i = 0; i < map->cap; i++)
		free(map->table[i].bytes);
	free(map->table);
	*map = (struct ntfs_map){0};
}
