/* SPDX-License-Identifier: MIT */
/*
 * A driver file as the boot loader sees it: is it a whole PE file, for which machine, what does it
 * import and what does it export.
 *
 * The bytes are hostile. Every offset is checked, every table has a limit, and all names together
 * may take only so much memory; what exceeds a limit is said to be damaged, as no real driver
 * comes near it.
 */
#ifndef STOP7B_PE_H
#define STOP7B_PE_H

#include "stop7b/bytes.h"
#include "stop7b/said.h"

#define PE_SECTIONS_MAX 96u             /* limit of Windows' loader */
#define PE_DLLS_MAX     256u            /* DLLs of one import table; real drivers: below 20 */
#define PE_SYMBOLS_MAX  16384u          /* imported, and exported, names; the kernel: 3,500 */
#define PE_NAME_MAX     512u            /* bytes of one name */
#define PE_TEXT_MAX     (1024u * 1024u) /* bytes of all names of one file; the kernel: 100 KB */

#define PE_MACHINE_X86   0x014cu
#define PE_MACHINE_X64   0x8664u
#define PE_MACHINE_ARM64 0xaa64u

struct pe_symbol {
	const char *name; /* escaped; NULL when imported by ordinal */
	uint16_t ordinal; /* when name is NULL */
};

struct pe_import {
	const char *dll; /* lower case, escaped: "ntoskrnl.exe" */
	struct pe_symbol *symbols;
	size_t n;
};

struct pe {
	uint16_t machine;
	uint16_t subsystem;
	bool native;        /* subsystem of drivers */
	uint16_t made_for;  /* version of the subsystem, major << 8 | minor: the oldest Windows */
	bool has_signature; /* a signature is embedded; nobody verifies it here */
	bool wide;          /* PE32+ */
	uint32_t built;     /* time stamp of the file header */
	uint32_t checksum;  /* as stored */
	bool checksum_ok;   /* false when stored and wrong; a stored 0 counts as none */
	bool truncated;     /* sections or signature run past the end of the file */
	struct pe_import *imports;
	size_t n_imports;
	const char **exports; /* sorted by strcmp() */
	size_t n_exports;
	bool exports_known; /* false when the export table is damaged */
	uint32_t ordinal_base, n_ordinals;
	const char *problem; /* why this PE file cannot be loaded, in words, or NULL */
	size_t text_bytes;   /* memory that the names take */
};

/*
 * Read headers, import and export table of a whole file. Names live in arena. 0 also when
 * out->problem says what is wrong with it; -1 with err: E_CORRUPT (not a PE file, with the place),
 * E_MEMORY.
 * Source: "PE Format", Microsoft Learn.
 */
int pe_read(struct span file, struct arena *arena, struct pe *out, struct err *err);

/*
 * Read headers alone: machine, subsystem, build time, and whether the file is whole. No names are read,
 * and the checksum counts as right.
 *   head  the first bytes of the file, PE_HEAD of them where it has so many
 *   size  bytes of the whole file
 * 0 as pe_read(); -1 with err: E_CORRUPT, E_UNSUPPORTED (its headers lie further inside).
 */
int pe_read_head(struct span head, uint64_t size, struct pe *out, struct err *err);
#define PE_HEAD 4096u /* bytes; real drivers: below 2,000 */

/*
 * Why a Windows for this processor cannot load the file, in words; NULLs when nothing in its
 * headers says so, and without memory with err set.
 *   wanted  as pe_machine_name(); NULL: any known one
 */
struct said pe_unfit(const struct pe *pe, const char *wanted, struct arena *arena, struct err *err);

/* Does the file export what somebody imports? Always true where the table is not known. */
bool pe_exports(const struct pe *pe, const struct pe_symbol *symbol);

/* "x86" | "x64" | "arm64"; NULL for any other machine. */
const char *pe_machine_name(uint16_t machine);

#endif
