/* SPDX-License-Identifier: MIT */
/*
 * Shared by the rehearsal*.c files only.
 */
#ifndef STOP7B_REHEARSAL_INTERNAL_H
#define STOP7B_REHEARSAL_INTERNAL_H

#include "stop7b/rehearsal.h"

#include "stop7b/list.h"
#include "stop7b/pe.h"

#define MODULE_NONE SIZE_MAX

struct module {
	struct rehearsal_module shown;
	const char *raw_file;    /* to open it by, where its path had to be escaped; else NULL */
	const char *other_place; /* where to look next; NULL: nowhere */
	struct arena *names;     /* of pe; NULL until it is read */
	struct pe pe;
	bool parsed;
	size_t *from; /* for each import the module that gives it, or MODULE_NONE */
};

/* The files of one boot, each once. */
struct files {
	const struct rehearsal_request *request;
	struct arena *arena;
	struct module *modules;
	size_t n, cap;
	uint64_t bytes, names; /* read and kept so far */
};

/* ---- rehearsal_imports.c: which files lack what they import. 0, or -1 with E_MEMORY. ---- */
int rehearsal_judge_imports(struct files *f, struct err *err);

/* A rehearsal in the making. */
struct stage {
	const struct rehearsal_request *request;
	const struct target_verdict *verdict;
	const struct control_set *set;
	struct arena *arena;
	struct rehearsal *out;
	size_t cap_findings;
};

/* ---- rehearsal_places.c ---- */

/* Fill in what each step needs, and the titles that depend on it. 0, or -1 with E_MEMORY. */
int rehearsal_list_services(struct stage *st, struct err *err);
bool name_is_among(const char *const *names, size_t n, const char *name);

/* ---- rehearsal_words.c ---- */

/* Words for every step that has none. 0, or -1 with E_MEMORY. */
int rehearsal_describe(struct stage *st, struct err *err);
/* The driver's place in the load list, or NULL when it is not loaded. */
const struct load_item *rehearsal_item_of(const struct stage *st, const char *service);

/* ---- rehearsal_files.c ---- */

/*
 * Check the files of out->list, of the kernel and of all that they import: fills in the states of
 * the list, and out->modules. 0, or -1 with E_MEMORY.
 */
int rehearsal_check_files(const struct rehearsal_request *request, struct arena *arena,
			  struct rehearsal *out, struct err *err);

/* The file of that name, or MODULE_NONE. */
size_t module_named(const struct files *f, const char *name);
/* -1 with E_MEMORY when words are not there. */
int module_say(struct module *m, enum load_file state, struct said words, struct err *err);

/* This state keeps the loader from using the file. */
bool load_file_fails(enum load_file s);

/* The last name of a path; NULL for NULL. */
const char *path_name(const char *path);
/* The name of a driver's file, to be shown; NULL without memory. */
const char *item_file_name(const struct load_item *item, struct arena *arena);

#endif
