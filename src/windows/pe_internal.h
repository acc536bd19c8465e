/* SPDX-License-Identifier: MIT */
/*
 * Shared by the pe*.c files only: a file being read, and addresses turned into offsets.
 */
#ifndef STOP7B_PE_INTERNAL_H
#define STOP7B_PE_INTERNAL_H

#include "stop7b/pe.h"

enum pe_directory { PE_DIRECTORY_EXPORT = 0, PE_DIRECTORY_IMPORT = 1, PE_DIRECTORY_SECURITY = 4 };

struct pe_file {
	struct span bytes; /* its first ones, or all */
	uint64_t size;     /* of the whole file */
	struct arena *arena;
	struct pe *out;
	uint64_t optional; /* offset of the optional header */
	uint16_t optional_size;
	uint64_t sections; /* offset of the section table */
	uint16_t n_sections;
	uint32_t headers_size;
};

/*
 * A data directory: false when the file has none, which the address says and not the size. For
 * PE_DIRECTORY_SECURITY rva is an offset.
 */
bool pe_directory(const struct pe_file *f, enum pe_directory which, uint32_t *rva, uint32_t *size);

/* Bytes from an address to the end of what the file stores of its section; empty when none. */
struct span pe_at(const struct pe_file *f, uint32_t rva);

/*
 * The NUL-terminated name at an address, escaped; *out is NULL when it is not one or there are too
 * many. -1 only with E_MEMORY.
 */
int pe_name(struct pe_file *f, uint32_t rva, char **out, struct err *err);

/* Keep the first sentence about why the file cannot be loaded. */
void pe_problem(struct pe_file *f, const char *words);

/* ---- pe_tables.c; -1 only with E_MEMORY ---- */
int pe_read_imports(struct pe_file *f, struct err *err);
int pe_read_exports(struct pe_file *f, struct err *err);

#endif
