/* SPDX-License-Identifier: MIT */
/*
 * The two headers of a VHDX file: which one counts, and the bytes that both must get before the
 * file is written. Inside disk/ only.
 */
#ifndef STOP7B_VHDX_HEADER_H
#define STOP7B_VHDX_HEADER_H

#include "container.h"

#define VHDX_HEADERS    2u
#define VHDX_HEADER_LEN 4096u
#define VHDX_GUID_LEN   16u

struct vhdx_header {
	uint64_t sequence;
	char data_id[GUID_TEXT]; /* DataWriteGuid: what a child names as its parent's */
	uint8_t log_id[VHDX_GUID_LEN];
	bool log_used; /* log_id is not zero: there may be something to replay */
	uint64_t log_at;
	uint32_t log_len;
};

struct vhdx_headers {
	uint8_t raw[VHDX_HEADERS][VHDX_HEADER_LEN]; /* as they are in the file */
	bool damaged[VHDX_HEADERS];
	unsigned current; /* index of the one that counts */
	struct vhdx_header header;
};

/* File offset of header 0 or 1. */
uint64_t vhdx_header_at(unsigned index);

/*
 * Read both headers and choose the current one. 0, or -1 with err: E_CORRUPT (none is sound, both
 * claim to be current, the log's place is impossible), E_UNSUPPORTED (version), E_IO.
 * Source: [MS-VHDX] 2.2.2, "Headers".
 */
int vhdx_headers_read(struct image_file *f, struct vhdx_headers *out, struct err *err);

/*
 * Both headers as they must be before the first change that a reader of the disk can see: new
 * random write identifiers, an empty log, sequence numbers one and two above the current one.
 * 0, or -1 with err: E_IO (no random bytes), E_UNSUPPORTED (no sequence number left).
 * Source: [MS-VHDX] 2.2.2.1, "Updating the Headers".
 */
int vhdx_headers_update(const struct vhdx_headers *h, uint8_t out[VHDX_HEADERS][VHDX_HEADER_LEN],
			struct err *err);

/* True if two more updates of the headers can be numbered. */
bool vhdx_headers_can_update(const struct vhdx_headers *h);

#endif
