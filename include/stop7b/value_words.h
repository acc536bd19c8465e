/* SPDX-License-Identifier: MIT */
/*
 * The data of a registry value on one line, for reading.
 */
#ifndef STOP7B_VALUE_WORDS_H
#define STOP7B_VALUE_WORDS_H

#include "stop7b/hive.h"

/* How it is put; ".." stands for what is too much. */
struct value_form {
	const char *quote;   /* around each text */
	const char *between; /* the texts of a list */
	size_t texts, bytes; /* of a list and of hex at most; SIZE_MAX: all */
	bool length;         /* behind hex that was cut: how many bytes there are */
};

/*
 * Texts as they are, escaped; all other data, and texts that are broken, as pairs of hex digits.
 * NULL with err: E_CORRUPT, E_MEMORY.
 */
const char *value_words(struct value v, const struct value_form *form, struct arena *arena,
			struct err *err);

#endif
