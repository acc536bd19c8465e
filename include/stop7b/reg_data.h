/* SPDX-License-Identifier: MIT */
/*
 * The data of a registry value from words that a person wrote, and back into such words.
 */
#ifndef STOP7B_REG_DATA_H
#define STOP7B_REG_DATA_H

#include "stop7b/hive.h"

/* The type that a word means: "dword", "qword", "sz", "expand-sz", "multi-sz", "binary", "none".
 * 0, or -1 with E_USAGE. */
int reg_type_parse(const char *word, uint32_t *type, struct err *err);

/*
 * Data as a hive stores it.
 *
 *   type   enum reg_type; what has no form of its own is given in hex, like REG_BINARY
 *   words  n words: one number (decimal, or 0x and hex) for dword and qword; one text for sz and
 *          expand-sz; one for each string of multi-sz; pairs of hex digits, blanks between them
 *          or not, for all others; none is empty data
 *
 * 0, or -1 with err: E_USAGE (in words), E_MEMORY.
 */
int reg_data_parse(uint32_t type, const char *const *words, size_t n, struct arena *arena,
		   struct span *out, struct err *err);

/*
 * The words that reg_data_parse() would make the same data of, for an editor that begins with what
 * is there. Data that its type's form cannot hold (an odd length, no final NUL, text that is not
 * valid) comes back as hex, and *as_hex says so. 0, or -1 with err: E_CORRUPT, E_MEMORY.
 */
int reg_data_words(struct value v, struct arena *arena, char ***words, size_t *n, bool *as_hex,
		   struct err *err);

#endif
