/* SPDX-License-Identifier: MIT */
/*
 * Work counted in steps, so that "linear" and "no hang" are asked without a clock. A step is a
 * checked read of the bytes at hand (le16, le32, span_sub). Programs that include this are linked
 * with $(COUNT_STEPS) of Makefile.am, which leads those calls here.
 */
#ifndef STOP7B_STEPS_H
#define STOP7B_STEPS_H

#include "stop7b/bytes.h"

static uint64_t steps; /* so far; the tests set it back */

uint16_t __real_le16(struct span s, uint64_t off);
uint32_t __real_le32(struct span s, uint64_t off);
struct span __real_span_sub(struct span s, uint64_t off, uint64_t len);
uint16_t __wrap_le16(struct span s, uint64_t off);
uint32_t __wrap_le32(struct span s, uint64_t off);
struct span __wrap_span_sub(struct span s, uint64_t off, uint64_t len);

uint16_t __wrap_le16(struct span s, uint64_t off)
{
	steps++;
	return __real_le16(s, off);
}

uint32_t __wrap_le32(struct span s, uint64_t off)
{
	steps++;
	return __real_le32(s, off);
}

struct span __wrap_span_sub(struct span s, uint64_t off, uint64_t len)
{
	steps++;
	return __real_span_sub(s, off, len);
}

#endif
