/* SPDX-License-Identifier: MIT */
/*
 * The two tables that tie driver files together: what a file imports and what it exports.
 *
 * A damaged import table keeps a file from being loaded and so is the file's problem; a damaged
 * export table only means that nobody can say what importers will find. Tables end at a limit,
 * not only at their terminator: two names may point at each other's bytes, and thunks may loop
 * nowhere, because each step moves on by a fixed size.
 * Not read: delay-load tables (the kernel's loader ignores them at boot) and bound imports.
 * Source: "PE Format", Microsoft Learn (.idata and .edata sections).
 */
#include "pe_internal.h"

#include <stdlib.h>
#include <string.h>

#include "stop7b/list.h"

#define DESCRIPTOR    20u
#define AT_LOOKUP     0u
#define AT_DLL        12u
#define AT_ADDRESSES  16u
#define HINT          2u
#define EXPORT_HEADER 40u

static const char damaged_imports[] = "its import table is damaged";

/* ---- imports ---- */

static void to_lower(char *s)
{
	for (; *s; s++) {
		if (*s >= 'A' && *s <= 'Z')
			*s = (char)(*s - 'A' + 'a');
	}
}

/* One thunk: 1 a symbol, 0 the end of the table, -1 damaged (or E_MEMORY in err). */
static int read_thunk(struct pe_file *f, struct span table, uint64_t i, struct pe_symbol *out,
		      struct err *err)
{
	unsigned size = f->out->wide ? 8 : 4;
	char *name;
	if (!span_holds(table, i * size, size))
		return -1;
	uint64_t raw = f->out->wide ? le64(table, i * size) : le32(table, i * size);
	uint64_t by_ordinal = f->out->wide ? UINT64_C(1) << 63 : UINT64_C(1) << 31;
	if (raw == 0)
		return 0;
	*out = (struct pe_symbol){.ordinal = (uint16_t)(raw & 0xffff)};
	if (raw & by_ordinal)
		return 1;
	if (raw > UINT32_MAX - HINT || pe_name(f, (uint32_t)raw + HINT, &name, err) < 0 || !name)
		return -1;
	*out = (struct pe_symbol){.name = name};
	return 1;
}

static int read_symbols(struct pe_file *f, uint32_t rva, struct pe_import *import, size_t *left,
			struct err *err)
{
	struct span table = pe_at(f, rva);
	size_t cap = 0;
	for (;;) {
		struct pe_symbol s;
		struct err why = {0};
		int got = read_thunk(f, table, import->n, &s, &why);
		if (why.code == E_MEMORY)
			return err_set(err, E_MEMORY, "%s", ERR_ARG(&why));
		if (got <= 0 || *left == 0) {
			if (got != 0)
				pe_problem(f, damaged_imports);
			return 0;
		}
		--*left;
		import->symbols = list_grow(f->arena, import->symbols, import->n, &cap, sizeof(s),
					    err);
		if (!import->symbols)
			return -1;
		import->symbols[import->n++] = s;
	}
}

static int add_import(struct pe_file *f, struct span entry, size_t *cap, size_t *left,
		      struct err *err)
{
	struct pe *out = f->out;
	struct pe_import import = {0};
	uint32_t lookup = le32(entry, AT_LOOKUP);
	char *dll;
	if (pe_name(f, le32(entry, AT_DLL), &dll, err) < 0)
		return -1;
	if (!dll || strpbrk(dll, "\\/:")) {
		pe_problem(f, damaged_imports);
		return 0;
	}
	to_lower(dll);
	import.dll = dll;
	if (read_symbols(f, lookup ? lookup : le32(entry, AT_ADDRESSES), &import, left, err) < 0)
		return -1;
	out->imports = list_grow(f->arena, out->imports, out->n_imports, cap, sizeof(import), err);
	if (!out->imports)
		return -1;
	out->imports[out->n_imports++] = import;
	return 0;
}

int pe_read_imports(struct pe_file *f, struct err *err)
{
	uint32_t rva, size;
	size_t cap = 0, left = PE_SYMBOLS_MAX;
	if (!pe_directory(f, PE_DIRECTORY_IMPORT, &rva, &size))
		return 0;
	struct span table = pe_at(f, rva);
	for (uint64_t i = 0; !f->out->problem; i++) {
		struct span entry = span_sub(table, i * DESCRIPTOR, DESCRIPTOR);
		if (entry.len == 0 || i > PE_DLLS_MAX) {
			pe_problem(f, damaged_imports);
			break;
		}
		if (le32(entry, AT_DLL) == 0)
			break;
		if (add_import(f, entry, &cap, &left, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- exports ---- */

static int by_text(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;
	return strcmp(*x, *y);
}

static int read_names(struct pe_file *f, struct span names, uint32_t n, struct err *err)
{
	struct pe *out = f->out;
	out->exports = arena_array(f->arena, n, sizeof(*out->exports), err);
	if (!out->exports)
		return -1;
	for (uint32_t i = 0; i < n; i++) {
		char *name;
		if (pe_name(f, le32(names, (uint64_t)i * 4), &name, err) < 0)
			return -1;
		if (name)
			out->exports[out->n_exports++] = name;
		else
			out->exports_known = false;
	}
	if (out->n_exports)
		qsort(out->exports, out->n_exports, sizeof(*out->exports), by_text);
	return 0;
}

int pe_read_exports(struct pe_file *f, struct err *err)
{
	uint32_t rva, size;
	struct pe *out = f->out;
	if (!pe_directory(f, PE_DIRECTORY_EXPORT, &rva, &size))
		return 0;
	struct span table = span_sub(pe_at(f, rva), 0, EXPORT_HEADER);
	uint32_t n = le32(table, 24);
	struct span names = pe_at(f, le32(table, 32));
	out->ordinal_base = le32(table, 16);
	out->n_ordinals = le32(table, 20);
	if (table.len == 0 || n > PE_SYMBOLS_MAX || !span_holds(names, 0, (uint64_t)n * 4)) {
		out->exports_known = false;
		return 0;
	}
	return read_names(f, names, n, err);
}

bool pe_exports(const struct pe *pe, const struct pe_symbol *symbol)
{
	if (!pe->exports_known)
		return true;
	if (!symbol->name)
		return symbol->ordinal >= pe->ordinal_base &&
		       symbol->ordinal - pe->ordinal_base < pe->n_ordinals;
	return pe->n_exports &&
	       bsearch(&symbol->name, pe->exports, pe->n_exports, sizeof(*pe->exports), by_text);
}
