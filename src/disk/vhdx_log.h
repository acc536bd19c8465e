/* SPDX-License-Identifier: MIT */
/*
 * The log of a VHDX file: changes of its own structures that a crashed machine had recorded but
 * perhaps not yet made. Inside disk/ only.
 */
#ifndef STOP7B_VHDX_LOG_H
#define STOP7B_VHDX_LOG_H

#include "vhdx_file.h"
#include "vhdx_header.h"

/*
 * Lay over f the pages of the log that header names; nothing when the log is empty. The pages'
 * bytes go to arena. 0, or -1 with err: E_CORRUPT (no valid sequence, an entry that breaks its
 * rules, a file shorter than the log demands), E_UNSUPPORTED (a log above the limits), E_IO,
 * E_MEMORY.
 * Source: [MS-VHDX] 2.3, "Log".
 */
int vhdx_log_replay(const struct vhdx_header *header, struct vhdx_file *f, struct arena *arena,
		    struct err *err);

#endif
