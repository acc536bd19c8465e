/* SPDX-License-Identifier: MIT */
/*
 * What a VHDX file demands before its first changed byte: new headers, and the pages that its log
 * still held. Inside disk/ only.
 */
#ifndef STOP7B_VHDX_UPDATE_H
#define STOP7B_VHDX_UPDATE_H

#include "vhdx_file.h"
#include "vhdx_header.h"

/* Both headers as they shall be; made once, so that every list of one open image is the same. */
struct vhdx_update {
	bool made;
	uint8_t raw[VHDX_HEADERS][VHDX_HEADER_LEN];
};

/*
 * Why the file may not be written, or NULL: pages of the log lie behind the file's end, there are
 * more than VHDX_UPDATE_PAGES of them, or the headers cannot be numbered.
 */
const char *vhdx_update_refusal(const struct vhdx_file *f, const struct vhdx_headers *headers);

/*
 * Append the recovered pages that differ from the file and both new headers, unless out has them
 * already. 0, or -1 with err: E_IO, E_MEMORY, E_UNSUPPORTED.
 * Source: [MS-VHDX] 2.2.2.1 and 2.3.3.
 */
int vhdx_update_add(struct vhdx_update *u, struct vhdx_file *f, const struct vhdx_headers *headers,
		    struct write_list *out, struct err *err);

#endif
