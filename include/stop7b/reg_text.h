/* SPDX-License-Identifier: MIT */
/*
 * Registry texts (".reg", "Windows Registry Editor Version 5.00"): read into a list of changes,
 * and written from a key and all below it.
 *
 * Reading knows no hive and changes nothing: who applies the changes maps the key paths with
 * reg_text_strip_root() and gives them to the editor. What Windows' own editor passes over in
 * silence (a line that is no entry, a value below a deleted key) is an error here.
 */
#ifndef STOP7B_REG_TEXT_H
#define STOP7B_REG_TEXT_H

#include "stop7b/hive.h"

/* Own limits: bytes of a text (a whole SYSTEM hive gives under 150 MB), bytes of one value. */
#define REG_TEXT_FILE_MAX (256u * 1024 * 1024)
#define REG_TEXT_DATA_MAX (4u * 1024 * 1024)
/* Units of UTF-16 in the name of a key, of a value ("Registry Element Size Limits"). */
#define REG_TEXT_NAME_MAX       255u
#define REG_TEXT_VALUE_NAME_MAX 16383u

enum reg_op { REG_OP_CREATE_KEY, REG_OP_DELETE_KEY, REG_OP_SET, REG_OP_DELETE_VALUE };

struct reg_change {
	enum reg_op op;
	/* UTF-8, in the file's case; a lone surrogate as its three bytes, nothing is escaped. */
	const char *key;  /* names separated by '\', as in the file, no '\' at the end */
	const char *name; /* of the value, "" for the default value; "" for the other operations */
	uint32_t type;    /* of REG_OP_SET */
	struct span data; /* of REG_OP_SET, as a hive stores it */
	unsigned line;    /* from 1, where the entry begins */
};

/*
 * Read a whole registry text: UTF-16LE with a mark, UTF-8 with or without one; lines end in LF or
 * CR LF. "REGEDIT4" is read when it is all ASCII, because it does not name its code page.
 *
 *   file   may be any bytes; not needed afterwards
 *   arena  owns the list, the names and the data
 *   out    n changes in the order of the file; every [key] is one
 *
 * 0, or -1 with err: E_FORMAT (the first line is another one), E_UNSUPPORTED (UTF-16BE; REGEDIT4
 * with other characters than ASCII), E_CORRUPT ("line N: ..."), E_MEMORY (also above the limits).
 */
int reg_text_read(struct span file, struct arena *arena, struct reg_change **out, size_t *n,
		  struct err *err);

/*
 * The path below the root of a hive that a key of a registry text means. The first two names of
 * HKEY_LOCAL_MACHINE\NAME\... and HKEY_USERS\NAME\... are the place where some program had the
 * hive mounted; NAME can be any one name. A key without a root is meant as it is.
 * Points into key; NULL when key is in another root, or is a root itself.
 */
const char *reg_text_strip_root(const char *key);

/* Takes the next bytes of a text. 0, or -1 with err; then nothing more comes. */
typedef int reg_text_sink(void *ctx, struct span bytes, struct err *err);

/*
 * Write k and all below it as Windows' own editor does: UTF-16LE with a mark, CR LF, keys before
 * their subkeys, in the order of the lists.
 *
 *   k       its own name is not written: prefix stands for it
 *   prefix  path of k, UTF-8, "HKEY_LOCAL_MACHINE\\SYSTEM\\Setup"; not empty
 *   arena   working memory, and big data
 *
 * Texts that the form cannot hold are written as hex. A key or value whose name it cannot hold (a
 * NUL, the end of a line), and one that is damaged, is left out, and a comment line says so.
 * The number of those left out, or -1 with err: what sink set, E_CORRUPT (a hive that leads to
 * the same keys or data again and again), E_MEMORY.
 */
int reg_text_write(struct key k, const char *prefix, struct arena *arena, reg_text_sink *sink,
		   void *ctx, struct err *err);

#endif
