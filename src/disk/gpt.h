/* SPDX-License-Identifier: MIT */
/*
 * What partition.c, gpt.c and partition_type.c share. Inside disk/ only.
 */
#ifndef STOP7B_GPT_H
#define STOP7B_GPT_H

#include "stop7b/partition.h"

#define GPT_SIGNATURE      "EFI PART"
#define GPT_SIGNATURE_LEN  8
#define GPT_PARTITIONS_MAX 1024 /* Windows makes 128 */

/* Add a note to the table; NULL means no memory for it. 0, or -1 with E_MEMORY. */
int partition_note(struct partition_table *t, struct said text, struct err *err);

/* True if the first sector of the place for a GPT header carries its signature. */
bool gpt_is_there(struct image *img);

/*
 * Read the GPT into out (scheme, items, disk id, notes); problems and file systems are left to
 * partition_list(). 0, or -1 with err as there.
 */
int gpt_read(struct image *img, struct arena *arena, struct partition_table *out, struct err *err);

/* A partition's type in words; NULL for one that is not in the table. */
const char *mbr_type_name(uint8_t type);
const char *gpt_type_name(const char *guid);

bool mbr_type_is_extended(uint8_t type);
#define MBR_GPT_PROTECTIVE 0xee
#define MBR_LDM            0x42
extern const char gpt_ldm_words[]; /* type words of both kinds of LDM partition start so */

/* The file system that a volume's first 512 bytes announce. */
enum filesystem filesystem_probe(struct span boot);

#endif
