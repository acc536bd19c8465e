/* SPDX-License-Identifier: MIT */
/*
 * What the files of the boot store module share.
 *
 * bcd.c         hive -> objects and elements, and the questions asked of them
 * bcd_value.c   an element's bytes -> its value and text
 * bcd_device.c  a device element's bytes -> a device and its parents
 * bcd_names.c   types of objects, names of elements, well-known ids
 * bcd_text.c    devices in words, and the store as bcdedit lays it out
 */
#ifndef STOP7B_BCD_INTERNAL_H
#define STOP7B_BCD_INTERNAL_H

#include "stop7b/bcd.h"

#define BCD_GUID_LEN 38u /* "{8-4-4-4-12}" */

/* How an integer is printed. */
enum bcd_style { BCD_HEX, BCD_DECIMAL, BCD_WORDS };

struct bcd_name {
	uint32_t id;
	const char *name;
	enum bcd_style style;
	const char *const *words; /* BCD_WORDS: ended by NULL */
};

/* What element id is called in an object of that type; NULL when it has no name. */
const struct bcd_name *bcd_name(uint32_t type, uint32_t id);
/* What bcdedit writes above an object; NULL for a type that is not known. */
const char *bcd_kind(uint32_t type, const char *guid);
/* Where objects of that type stand in the list of bcdedit: smaller is earlier. */
unsigned bcd_rank(uint32_t type);

/*
 * Fill e from value v; e->id is set. What is wrong with the value is put into e->problem in words,
 * the text is then hex. 0, or -1 with E_MEMORY.
 *   name    what the element is called there, or NULL
 *   budget  bytes of data that may still be taken from the hive; lowered
 */
int bcd_value_read(struct bcd_element *e, struct value v, const struct bcd_name *name,
		   uint64_t *budget, struct arena *arena, struct err *err);

#endif
