/* SPDX-License-Identifier: MIT */
/*
 * Shared by package_registry*.c only: a list of edits that grows, against a hive.
 */
#ifndef STOP7B_PACKAGE_REGISTRY_INTERNAL_H
#define STOP7B_PACKAGE_REGISTRY_INTERNAL_H

#include "stop7b/package_registry.h"

struct edits {
	const struct package_install *request;
	const struct hive *hive;
	struct arena *arena;
	struct edit *items;
	size_t n, cap;
	struct err *err;
};

/* All return 0, or -1 with the err of the list: E_MEMORY. Nothing that is so already is added. */
int edits_key(struct edits *e, const char *key);
int edits_set(struct edits *e, const char *key, const char *name, uint32_t type, struct span data);
int edits_number(struct edits *e, const char *key, const char *name, uint32_t number);
int edits_text(struct edits *e, const char *key, const char *name, uint32_t type, const char *text);
/* The list that is there with these words behind it, without those that it has. */
int edits_words(struct edits *e, const char *key, const char *name, const char *const *words,
		size_t n);
int edits_delete_key(struct edits *e, const char *key);

/* What the hive holds; false for a key or value that is not there, or is of another type. */
bool edits_has(const struct edits *e, const char *key, const char *name);
/* A text in the arena as it is stored, NULL where there is none or memory ran out. */
const char *edits_text_of(const struct edits *e, const char *key, const char *name);

/* "a\b" in the arena; NULL and the err of the list without memory. */
const char *edits_path(struct edits *e, const char *above, const char *below);

/* In package_registry_database.c: DriverDatabase. */
int package_bind_database(struct edits *e);

#endif
